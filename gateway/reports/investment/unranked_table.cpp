#include "gateway/reports/investment/cells.hpp"
#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {

Table unranked(const Ranking& ranking) {
  Table table;
  table.key = "unranked";
  table.title = {"Not ranked for want of data", "Chưa xếp hạng do thiếu dữ liệu"};
  table.note = {
      "Nothing says that these are well connected. Next: bring a board to them, or see why it is silent "
      "(xalink-gateway boards).",
      "Không có gì cho thấy các xã này có kết nối tốt. Tiếp theo: lắp máy, hoặc xem vì sao máy im lặng "
      "(xalink-gateway boards)."};
  table.columns = {{"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
                   {"state", {"Need", "Nhu cầu"}, ColumnKind::state, 0},
                   {"zone", {"Region", "Khu vực"}, ColumnKind::text, 0},
                   {"completeness_percent", {"Time known", "Thời gian biết được"}, ColumnKind::percent, 1},
                   {"villages", {"Villages surveyed", "Thôn đã khảo sát"}, ColumnKind::integer, 0},
                   {"villages_without_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
                   {"villages_without_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0},
                   {"population", {"Population", "Dân số"}, ColumnKind::integer, 0},
                   {"lines", {"Contracted lines", "Đường truyền hợp đồng"}, ColumnKind::text, 0},
                   {"programmes", {"Programmes", "Chương trình"}, ColumnKind::text, 0}};
  for (const auto* evidence : ranking.unranked) {
    table.rows.push_back(
        {{evidence->name, State{"no_data", {"no data", "không có dữ liệu"}, Tone::unknown},
          zone_cell(*evidence), percent(evidence->completeness), given(evidence->villages),
          surveyed(evidence->villages_without_signal, evidence->villages),
          surveyed(evidence->villages_without_power, evidence->villages_power_told),
          given(evidence->population), given(evidence->contract.lines), given(evidence->programmes)},
         evidence->place,
         evidence->key});
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
