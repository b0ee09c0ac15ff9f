#pragma once
// Figures that an authority published, beside those of the gateway; and targets, beside what was reached.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "gateway/meaning/service_figures.hpp"
#include "gateway/meaning/service_scores.hpp"
#include "gateway/registry/entry.hpp"

namespace xalink::meaning {

/// A row of the table `official`.
struct OfficialFigure {
  std::string indicator;
  std::string level;
  std::string unit;
  ReportPeriod period{};
  std::optional<registry::Date> as_of;
  std::string measure;  ///< percent, points, count, days or rank
  double value = 0;
  std::optional<Count> numerator;
  std::optional<Count> denominator;
  std::string source;
};

/// Those of one unit and exactly this period; of several snapshots the newest. By indicator.
[[nodiscard]] std::vector<OfficialFigure> official_of(const std::vector<registry::Entry>& rows,
                                                      std::string_view level, std::string_view unit,
                                                      const ReportPeriod& period);

struct Comparison {
  OfficialFigure official;
  std::optional<Figure> ours;        ///< of the same meaning; nothing: the gateway has none
  std::optional<double> ours_value;  ///< in the official figure's measure
  std::optional<double> difference;  ///< ours less the official one, in its measure
  Said note;                         ///< why there is no difference
};

/// An official indicator is found by the id of a figure, or by an indicator's id of `scores` (2.1).
[[nodiscard]] std::vector<Comparison> compare(const std::vector<OfficialFigure>& official,
                                              const std::vector<Figure>& figures, const Scores& scores);

enum class TargetState : std::uint8_t { reached, open, missed, not_measured };

struct Target {
  std::string indicator;
  std::string level;
  std::string unit;
  registry::Date deadline;
  bool at_least = true;
  double value = 0;
  std::string decision;
  std::optional<double> now;  ///< what the figure is
  TargetState state = TargetState::not_measured;
};

/// Targets of one unit, by deadline and indicator. `open`: not reached, and the deadline is not past on
/// `day`.
[[nodiscard]] std::vector<Target> targets_of(const std::vector<registry::Entry>& rows, std::string_view level,
                                             std::string_view unit, const std::vector<Figure>& figures,
                                             registry::Date day);

}  // namespace xalink::meaning
