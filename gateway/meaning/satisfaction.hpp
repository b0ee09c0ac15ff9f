#pragma once
// Answers to questions of satisfaction, as tables of boards tell them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "sparkplug/clock.hpp"

namespace xalink::meaning {

/// One row: group "Satisfaction" of device "indicators".
struct SatisfactionCount {
  std::string site;     ///< node id of the board that reported it
  std::string commune;  ///< code, as of the period
  std::string agency;
  registry::Date first;  ///< of the row's own period, both days included
  registry::Date last;
  std::string channel;
  std::optional<std::int64_t> asked;
  std::int64_t answers = 0;
  std::optional<std::int64_t> satisfied;
  WallTime recorded{};
  friend bool operator==(const SatisfactionCount&, const SatisfactionCount&) = default;
  friend auto operator<=>(const SatisfactionCount&, const SatisfactionCount&) = default;
};

struct ChosenAnswers {
  std::vector<SatisfactionCount> rows;
  std::size_t reach_outside = 0;  ///< left out: their days lie in the period in part only
  std::size_t overlapping = 0;    ///< left out: their days are counted by shorter rows already
};

/// The rows that count in a period, each answer once. Of a row that was told again, corrected, the one taken
/// last counts; of rows of one office and channel whose days overlap (months, and the quarter of them) the
/// shorter ones. The order of `rows` does not matter.
[[nodiscard]] ChosenAnswers answers_of(std::vector<SatisfactionCount> rows, const ReportPeriod& period);

}  // namespace xalink::meaning
