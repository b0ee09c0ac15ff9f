#include <map>
#include <string>
#include <vector>

#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {
namespace {

Said names_of(const std::vector<std::string>& keys, const std::map<std::string, Said>& names) {
  Said all;
  for (const auto& key : keys) {
    const auto& name = names.at(key);
    if (!all.empty()) all += Said::same(", ");
    all += name;
  }
  return all.empty() ? Said{"nobody", "không có"} : all;
}

}  // namespace

Table sensitivity(const InvestmentReportInput& input, const Ranking& ranking) {
  std::map<std::string, Said> names;
  for (const auto& commune : input.communes) names[commune.key] = commune.name;
  Table table;
  table.key = "sensitivity";
  table.title = {"How the first ten change when a weight does",
                 "Mười xã đầu thay đổi thế nào khi đổi trọng số"};
  table.columns = {{"criterion", {"Weight of", "Trọng số"}, ColumnKind::text, 0},
                   {"weight", {"Weight", "Giá trị"}, ColumnKind::decimal, 1},
                   {"change_percent", {"Changed by", "Thay đổi"}, ColumnKind::percent, 0},
                   {"entered", {"Come among the first ten", "Vào mười xã đầu"}, ColumnKind::text, 0},
                   {"left", {"Leave them", "Ra khỏi"}, ColumnKind::text, 0},
                   {"largest_move", {"Largest move, ranks", "Đổi hạng nhiều nhất"}, ColumnKind::integer, 0}};
  for (const auto& change : ranking.sensitivity) {
    table.rows.push_back(
        {{words_of(change.criterion), input.weights[static_cast<std::size_t>(change.criterion)],
          change.factor < 1 ? -20.0 : 20.0, names_of(change.entered, names), names_of(change.left, names),
          std::int64_t{change.largest_move}},
         std::nullopt});
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
