#include <utility>

#include "gateway/reports/investment/cells.hpp"
#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {
namespace {

Cell border_cell(const CommuneEvidence& commune) {
  if (!commune.border) return Missing::not_given;
  return *commune.border ? Said{"yes", "có"} : Said{"no", "không"};
}

}  // namespace

Table registered(const Ranking& ranking) {
  Table table;
  table.key = "registry";
  table.title = {"People, contracts, programmes", "Dân cư, hợp đồng, chương trình"};
  table.note = {
      "As the province's registry has it (tables communes and lines); what it does not hold is not given. "
      "Speeds are those of the fastest contract of the commune's sites, the price is the sum of all their "
      "contracts, and not given where one has none.",
      "Theo danh bạ của tỉnh (bảng communes và lines); mục chưa nhập ghi \"chưa cung cấp\". Tốc độ là của "
      "hợp đồng nhanh nhất tại các điểm của xã; giá là tổng mọi hợp đồng, để trống nếu một hợp đồng chưa có "
      "giá."};
  table.columns = {
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"population", {"Population", "Dân số"}, ColumnKind::integer, 0},
      {"ethnic_minority_percent", {"Ethnic minorities", "Dân tộc thiểu số"}, ColumnKind::percent, 1},
      {"border", {"Border", "Biên giới"}, ColumnKind::text, 0},
      {"lines", {"Contracted lines", "Đường truyền hợp đồng"}, ColumnKind::text, 0},
      {"contracted_down_mbps", {"Down, Mbit/s", "Tải xuống, Mbit/s"}, ColumnKind::decimal, 1},
      {"contracted_up_mbps", {"Up, Mbit/s", "Tải lên, Mbit/s"}, ColumnKind::decimal, 1},
      {"price_vnd_month", {"Price, VND a month", "Giá, đồng/tháng"}, ColumnKind::integer, 0},
      {"programmes", {"Programmes", "Chương trình"}, ColumnKind::text, 0},
  };
  for (const auto& commune : ranking.ranked) {
    const auto& evidence = *commune.evidence;
    Row row;
    row.place = evidence.place;
    row.code = evidence.key;
    row.cells = {evidence.name,
                 given(evidence.population),
                 given(evidence.ethnic_minority_percent),
                 border_cell(evidence),
                 given(evidence.contract.lines),
                 given(evidence.contract.down_mbps),
                 given(evidence.contract.up_mbps),
                 given(evidence.contract.price_vnd_month),
                 given(evidence.programmes)};
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
