#include "gateway/reports/fleet/board_figures.hpp"

#include <algorithm>

#include "gateway/reports/fleet_report.hpp"

namespace xalink::reports::fleet_tables {

std::optional<WallTime> last_heard(const Board& board) {
  std::optional<WallTime> latest;
  const auto take = [&](WallTime time) {
    if (time > WallTime{} && (!latest || time > *latest)) latest = time;
  };
  for (const auto& lane : board.lanes) {
    if (lane.last) take(lane.last->received);
    if (lane.backlog) take(lane.backlog->as_of);
  }
  if (board.state != Board::State::unborn) take(board.since);
  if (board.last_plain) take(*board.last_plain);
  return latest;
}

std::int64_t days_silent(const Board& board, Date today) {
  const auto heard = last_heard(board);
  if (board.state == Board::State::online || !heard) return 0;
  return std::max<std::int64_t>(0, (today - meaning::day_of(*heard)).count());
}

Life life_of(const Board& board, Date today) {
  if (!last_heard(board)) return Life::never;
  const auto days = days_silent(board, today);
  return days <= kLiveDays ? Life::live : days <= kAtRiskDays ? Life::at_risk : Life::silent;
}

State state_of(Life life) {
  switch (life) {
    case Life::live: return {"live", {"live", "đang hoạt động"}, Tone::good};
    case Life::at_risk: return {"at_risk", {"at risk", "có nguy cơ mất"}, Tone::limited};
    case Life::silent: return {"silent", {"silent", "im lặng"}, Tone::bad};
    case Life::never: break;
  }
  return {"never", {"never heard of", "chưa có tin"}, Tone::unknown};
}

std::optional<std::uint64_t> backlog_of(const Board& board) {
  std::optional<std::uint64_t> rows;
  for (const auto& lane : board.lanes) {
    if (lane.backlog) rows = rows.value_or(0) + lane.backlog->rows;
  }
  return rows;
}

std::uint64_t records_of(const Board& board) {
  return board.lanes[0].records + board.lanes[1].records;
}

std::uint64_t given_up_of(const Board& board) {
  return board.lanes[0].given_up + board.lanes[1].given_up;
}

std::uint64_t timed_records_of(const Board& board) {
  const auto& times = board.record_times;
  return times.synchronised + times.holdover + times.corrected + times.estimated;
}

Cell connected_percent(const store::Connected& connected) {
  if (connected.looked_at.count() == 0) return Missing::no_data;
  return 100.0 * static_cast<double>(connected.connected.count()) /
         static_cast<double>(connected.looked_at.count());
}

}  // namespace xalink::reports::fleet_tables
