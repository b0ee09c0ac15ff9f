#include "gateway/reports/fleet/tables.hpp"

namespace xalink::reports::fleet_tables {

Table units(const FleetSums& sums, Scope scope) {
  Table table;
  table.key = "units";
  table.title = {"Boards by unit", "Máy theo đơn vị"};
  table.columns = {
      {"unit", heading_of(scope), ColumnKind::text, 0},
      {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
      {"boards", {"Boards", "Số máy"}, ColumnKind::integer, 0},
      {"live", {"Live", "Đang hoạt động"}, ColumnKind::integer, 0},
      {"at_risk", {"At risk", "Có nguy cơ"}, ColumnKind::integer, 0},
      {"silent", {"Silent", "Im lặng"}, ColumnKind::integer, 0},
      {"never", {"Never heard of", "Chưa có tin"}, ColumnKind::integer, 0},
      {"connected_percent", {"Connected in the period", "Có kết nối trong kỳ"}, ColumnKind::percent, 1},
      {"backlog", {"Records waiting", "Bản ghi chờ"}, ColumnKind::integer, 0},
      {"given_up", {"Records given up", "Bản ghi đã mất"}, ColumnKind::integer, 0},
  };
  // Communes without a board would make hundreds of empty rows: they are listed by name.
  for (const auto& [key, unit] : sums.shown) {
    const auto& sum = sums.units.at(key);
    table.rows.push_back(
        {{unit.name, state_of(sum), count(sum.boards), count(sum.of(Life::live)),
          count(sum.of(Life::at_risk)), count(sum.of(Life::silent)), count(sum.of(Life::never)),
          connected_percent(sum.connected), sum.backlog_cell(), count(sum.given_up)},
         unit.place});
  }
  return table;
}

}  // namespace xalink::reports::fleet_tables
