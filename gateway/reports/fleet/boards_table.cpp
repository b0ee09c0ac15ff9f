#include <algorithm>

#include "gateway/reports/fleet/tables.hpp"

namespace xalink::reports::fleet_tables {

namespace {

State connection_of(const Board& board) {
  switch (board.state) {
    case Board::State::online: return {"online", {"online", "trực tuyến"}, Tone::good};
    case Board::State::offline: return {"offline", {"offline", "mất kết nối"}, Tone::bad};
    case Board::State::unknown: return {"unknown", {"unknown", "không rõ"}, Tone::unknown};
    case Board::State::unborn: break;
  }
  return {"unborn", {"no birth yet", "chưa khai báo"}, Tone::unknown};
}

Cell clock_of(const Board& board) {
  if (!board.clock) return Missing::no_data;
  switch (*board.clock) {
    case ClockQuality::synchronised: return State{"synchronised", {"synchronised", "đồng bộ"}, Tone::good};
    case ClockQuality::holdover: return State{"holdover", {"runs free", "chạy tự do"}, Tone::limited};
    case ClockQuality::unset: break;
  }
  return State{"unset", {"not set", "chưa có giờ"}, Tone::bad};
}

Row row_of(const Board& board, const FleetReportInput& input, const Units& units, Date registry_day) {
  const auto* commune = input.registry.commune_of(board.site.node, registry_day);
  const auto heard = last_heard(board);
  const auto found = input.connected.find(board.site);
  const auto& times = board.record_times;
  const auto timed = timed_records_of(board);
  const auto rows = backlog_of(board);
  const Cell nothing = board.delivers ? Missing::no_data : Missing::not_applicable;
  const auto site = std::ranges::find_if(input.registry.sites(), [&](const registry::Site& each) {
    return each.id == board.site.node && each.valid.holds(registry_day);
  });
  std::optional<Place> place = commune == nullptr ? std::nullopt : place_of(*commune);
  if (site != input.registry.sites().end() && site->latitude && site->longitude) {
    place = Place{*site->latitude, *site->longitude};
  }
  return {
      {board.site.group, board.site.node, commune == nullptr ? units.of(nullptr).name : name_of(*commune),
       state_of(life_of(board, input.today)),
       heard ? Cell(days_silent(board, input.today)) : Cell(Missing::no_data),
       cell_or(heard, Missing::no_data), connection_of(board),
       found == input.connected.end() ? Cell(Missing::no_data) : connected_percent(found->second),
       board.software.empty() ? nothing : Cell(board.software), board.delivers ? clock_of(board) : nothing,
       timed == 0 ? nothing : Cell(100.0 * static_cast<double>(times.estimated) / static_cast<double>(timed)),
       rows ? count(*rows) : nothing,
       board.oldest && rows.value_or(1) > 0 ? Cell(*board.oldest) : Cell(Missing::not_applicable),
       count(records_of(board)), count(given_up_of(board))},
      place};
}

}  // namespace

Table boards(const FleetReportInput& input, const Units& units, Date registry_day) {
  Table table;
  table.key = "boards";
  table.title = {"Each board", "Từng máy"};
  table.columns = {
      {"group", {"Group", "Nhóm"}, ColumnKind::text, 0},
      {"site", {"Site", "Điểm"}, ColumnKind::text, 0},
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
      {"days_silent", {"Days silent", "Số ngày im lặng"}, ColumnKind::integer, 0},
      {"last_heard", {"Last heard of", "Tin cuối"}, ColumnKind::time, 0},
      {"connection", {"Connection", "Kết nối"}, ColumnKind::state, 0},
      {"connected_percent", {"Connected in the period", "Có kết nối trong kỳ"}, ColumnKind::percent, 1},
      {"software", {"Software", "Phiên bản"}, ColumnKind::text, 0},
      {"clock", {"Clock", "Đồng hồ"}, ColumnKind::state, 0},
      {"estimated_percent",
       {"Records whose time is estimated", "Bản ghi có thời gian ước lượng"},
       ColumnKind::percent,
       1},
      {"backlog", {"Records waiting", "Bản ghi chờ"}, ColumnKind::integer, 0},
      {"oldest", {"Oldest that waits", "Bản ghi chờ lâu nhất"}, ColumnKind::time, 0},
      {"records", {"Records stored", "Bản ghi đã lưu"}, ColumnKind::integer, 0},
      {"given_up", {"Records given up", "Bản ghi đã mất"}, ColumnKind::integer, 0},
  };
  table.fixed_columns = 2;
  for (const auto& board : input.fleet.boards) {
    table.rows.push_back(row_of(board, input, units, registry_day));
  }
  return table;
}

}  // namespace xalink::reports::fleet_tables
