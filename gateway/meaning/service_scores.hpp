#pragma once
// The groups of Decision 766 as far as this gateway measures them. Points, thresholds and bands are rows of
// the registry (tables scores and score_bands): another decision is another table.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/registry/entry.hpp"

namespace xalink::meaning {

/// The set that the registry's table of scores ships with.
inline constexpr std::string_view kDecision766 = "766/QĐ-TTg";

enum class ScoreStatus : std::uint8_t {
  scored,        ///< rate and points
  rate_only,     ///< the source does not say how the rate becomes points
  no_cases,      ///< measured, but the period has nothing to divide by
  not_measured,  ///< see the reason
};

struct ScoreLine {
  std::string id;  ///< "2.1"
  std::string group;
  Said name;
  std::optional<double> maximum;
  std::optional<double> threshold;  ///< percent
  std::string formula;
  ScoreStatus status = ScoreStatus::not_measured;
  std::optional<Figure> figure;
  std::optional<double> points;
  Said reason;  ///< why there are no points, or what to know of them; as the table says it
};

struct ScoreGroup {
  std::string id;
  Said name;
  std::optional<double> maximum;
  double points = 0;          ///< of the scored lines alone
  double scored_maximum = 0;  ///< what these could reach
  bool complete = false;      ///< every indicator with points is scored: `points` is the group's score
};

struct Scores {
  std::string decision;
  std::vector<ScoreLine> lines;
  std::vector<ScoreGroup> groups;
  double points = 0;
  double scored_maximum = 0;
  bool complete = false;
  std::string band;  ///< empty unless complete: part of a score has no band
};

/// `rows`: in kept form without errors; those of `scores` and `score_bands` of that decision are looked at.
[[nodiscard]] Scores scores_of(const std::vector<registry::Entry>& rows, std::string_view decision,
                               const std::vector<Figure>& figures);

/// Pmax if R ≥ T, else R·Pmax/T; `figure` must have a value.
[[nodiscard]] double points_by_threshold(const Figure& figure, double maximum, double threshold);
/// Name of the band; empty: none holds these points.
[[nodiscard]] std::string band_of(const std::vector<registry::Entry>& rows, std::string_view decision,
                                  double points);

}  // namespace xalink::meaning
