#include "gateway/meaning/satisfaction.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace xalink::meaning {

ChosenAnswers answers_of(std::vector<SatisfactionCount> rows, const ReportPeriod& period) {
  ChosenAnswers chosen;
  std::ranges::sort(rows);
  // Two boards of one commune may tell the same table: who is asked about is the commune and the office.
  using Office = std::tuple<std::string, std::string, std::string>;
  std::map<Office, std::map<std::pair<registry::Date, registry::Date>, SatisfactionCount>> offices;
  for (auto& row : rows) {
    if (row.last < period.first || period.last < row.first) continue;
    if (row.first < period.first || period.last < row.last) {
      ++chosen.reach_outside;
      continue;
    }
    auto& kept = offices[{row.commune.empty() ? "site " + row.site : row.commune, row.agency, row.channel}];
    const auto [place, is_new] = kept.try_emplace({row.first, row.last}, row);
    if (!is_new && place->second.recorded <= row.recorded) place->second = std::move(row);
  }
  for (auto& [office, spans] : offices) {
    std::vector<SatisfactionCount> shortest;
    for (auto& [span, row] : spans) shortest.push_back(std::move(row));
    std::ranges::stable_sort(shortest, {}, [](const SatisfactionCount& row) { return row.last - row.first; });
    std::vector<SatisfactionCount> taken;
    for (auto& row : shortest) {
      const bool overlaps = std::ranges::any_of(taken, [&](const SatisfactionCount& other) {
        return row.first <= other.last && other.first <= row.last;
      });
      if (overlaps) {
        ++chosen.overlapping;
      } else {
        taken.push_back(std::move(row));
      }
    }
    std::ranges::move(taken, std::back_inserter(chosen.rows));
  }
  std::ranges::sort(chosen.rows);
  return chosen;
}

}  // namespace xalink::meaning
