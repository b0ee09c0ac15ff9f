#include <utility>

#include "gateway/reports/investment/cells.hpp"
#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {

Table evidence(const Ranking& ranking) {
  Table table;
  table.key = "evidence";
  table.title = {"Evidence", "Bằng chứng"};
  table.note = {"Measured by boards; villages as the newest survey in the registry declares them.",
                "Do máy đo ghi nhận; thôn theo khảo sát mới nhất trong danh bạ."};
  table.columns = {
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"completeness_percent", {"Time known", "Thời gian biết được"}, ColumnKind::percent, 0},
      {"outage_time", {"Time of outages", "Thời gian mất"}, ColumnKind::duration, 0},
      {"coverage_gap_percent", {"Gap to thresholds", "Thiếu so với ngưỡng"}, ColumnKind::percent, 1},
      {"dossiers", {"Dossiers", "Hồ sơ"}, ColumnKind::integer, 0},
      {"dossiers_delayed", {"Delayed offline", "Chậm do mất kết nối"}, ColumnKind::integer, 0},
      {"villages", {"Villages surveyed", "Thôn đã khảo sát"}, ColumnKind::integer, 0},
      {"villages_without_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
      {"villages_with_gaps", {"Gaps", "Lõm sóng"}, ColumnKind::integer, 0},
      {"villages_without_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0},
      {"newest_survey", {"Newest survey", "Khảo sát mới nhất"}, ColumnKind::date, 0},
  };
  for (const auto& commune : ranking.ranked) {
    const auto& evidence = *commune.evidence;
    Row row;
    row.place = evidence.place;
    row.code = evidence.key;
    row.cells = {
        evidence.name,
        percent(evidence.completeness),
        outage_time(evidence),
        percent(evidence.coverage_gap),
        evidence.dossiers ? count_or_suppressed(*evidence.dossiers) : Cell(Missing::not_measured),
        evidence.dossiers ? count_or_suppressed(evidence.dossiers_delayed) : Cell(Missing::not_measured),
        given(evidence.villages),
        surveyed(evidence.villages_without_signal, evidence.villages),
        surveyed(evidence.villages_with_gaps, evidence.villages),
        surveyed(evidence.villages_without_power, evidence.villages_power_told),
        given(evidence.newest_survey)};
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
