#include <algorithm>
#include <map>

#include "gateway/reports/fleet/tables.hpp"

namespace xalink::reports::fleet_tables {

Table software(const Fleet& fleet) {
  std::map<std::string, std::int64_t> versions;
  for (const auto& board : fleet.boards) ++versions[board.software];
  Table table;
  table.key = "software";
  table.title = {"Software", "Phiên bản phần mềm"};
  table.columns = {{"version", {"Version", "Phiên bản"}, ColumnKind::text, 0},
                   {"boards", {"Boards", "Số máy"}, ColumnKind::integer, 0}};
  for (const auto& [version, boards] : versions) {
    const Cell name = version.empty() ? Cell(Said{"does not say", "không khai báo"}) : Cell(version);
    table.rows.push_back({{name, boards}, std::nullopt});
  }
  std::ranges::stable_sort(table.rows, std::ranges::greater{},
                           [](const Row& row) { return std::get<std::int64_t>(row.cells[1]); });
  return table;
}

}  // namespace xalink::reports::fleet_tables
