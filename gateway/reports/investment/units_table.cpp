#include <map>
#include <string>

#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {

Table units(const InvestmentReportInput& input, const Ranking& ranking) {
  std::map<std::string, Said> units;
  for (const auto& commune : input.communes) units[commune.unit.english] = commune.unit;
  struct Sum {
    std::int64_t ranked = 0;
    std::int64_t unranked = 0;
    std::int64_t first = 0;
    double score = 0;
  };
  std::map<std::string, Sum> sums;
  for (const auto& commune : ranking.ranked) {
    auto& sum = sums[commune.evidence->unit.english];
    ++sum.ranked;
    sum.score += commune.score;
    if (commune.rank <= static_cast<int>(kFirst)) ++sum.first;
  }
  for (const auto* evidence : ranking.unranked) ++sums[evidence->unit.english].unranked;
  Table table;
  table.key = "units";
  table.title = {"By unit", "Theo đơn vị"};
  table.columns = {{"unit", heading_of(input.scope), ColumnKind::text, 0},
                   {"ranked", {"Communes ranked", "Số xã xếp hạng"}, ColumnKind::integer, 0},
                   {"unranked", {"Not ranked", "Chưa xếp hạng"}, ColumnKind::integer, 0},
                   {"first_ten", {"Among the first ten", "Trong mười xã đầu"}, ColumnKind::integer, 0},
                   {"mean_score", {"Mean score", "Điểm trung bình"}, ColumnKind::decimal, 2}};
  for (const auto& [name, sum] : sums) {
    table.rows.push_back(
        {{units.at(name), sum.ranked, sum.unranked, sum.first,
          sum.ranked > 0 ? Cell(sum.score / static_cast<double>(sum.ranked)) : Cell(Missing::no_data)},
         std::nullopt});
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
