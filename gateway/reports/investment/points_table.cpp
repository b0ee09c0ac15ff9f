#include <string>
#include <utility>

#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {

Table points(const InvestmentReportInput& input, const Ranking& ranking) {
  Table table;
  table.key = "points";
  table.title = {"What each score is made of", "Điểm gồm những gì"};
  table.note = {
      "Points of each criterion: 100 × weight × need / sum of the weights with evidence. They add up to "
      "the score.",
      "Điểm từng tiêu chí: 100 × trọng số × nhu cầu / tổng trọng số có bằng chứng. Cộng lại bằng điểm."};
  table.columns = {{"commune", {"Commune", "Xã"}, ColumnKind::text, 0}};
  for (std::size_t i = 0; i < kCriteria; ++i) {
    table.columns.push_back({std::string(to_string(static_cast<Criterion>(i))),
                             words_of(static_cast<Criterion>(i)), ColumnKind::decimal, 2});
  }
  table.columns.push_back({"score", {"Score", "Điểm"}, ColumnKind::decimal, 2});
  for (const auto& commune : ranking.ranked) {
    double known = 0;
    for (std::size_t i = 0; i < kCriteria; ++i) known += commune.need[i] ? input.weights[i] : 0;
    Row row;
    row.code = commune.evidence->key;
    row.cells.emplace_back(commune.evidence->name);
    for (std::size_t i = 0; i < kCriteria; ++i) {
      row.cells.push_back(commune.need[i] && known > 0
                              ? Cell(100 * input.weights[i] * *commune.need[i] / known)
                              : Cell(Missing::no_data));
    }
    row.cells.emplace_back(commune.score);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
