#include "gateway/reports/fleet/fleet_sums.hpp"

namespace xalink::reports::fleet_tables {

std::uint64_t Sum::of(Life life) const {
  const auto found = lives.find(life);
  return found == lives.end() ? 0 : found->second;
}

Cell Sum::backlog_cell() const {
  return told_backlog == 0 ? Cell(Missing::no_data) : count(backlog);
}

State state_of(const Sum& sum) {
  if (sum.boards == 0) return {"no_board", {"no board", "chưa có máy"}, Tone::unknown};
  for (const auto life : {Life::silent, Life::at_risk, Life::live}) {
    if (sum.of(life) == 0) continue;
    auto state = state_of(life);
    // Some of a larger unit's boards are silent: limited, not bad.
    if (life == Life::silent && sum.of(Life::live) > 0) {
      return {"partly_silent", {"partly silent", "một phần im lặng"}, Tone::limited};
    }
    return state;
  }
  return state_of(Life::never);
}

FleetSums sums_of(const FleetReportInput& input, const Units& units, Date registry_day) {
  FleetSums sums;
  for (const auto& board : input.fleet.boards) {
    const auto unit = units.of(input.registry.commune_of(board.site.node, registry_day));
    sums.shown.try_emplace(unit.key, unit);
    const auto found = input.connected.find(board.site);
    for (auto* each : {&sums.units[unit.key], &sums.all}) {
      ++each->boards;
      ++each->lives[life_of(board, input.today)];
      if (const auto rows = backlog_of(board)) {
        each->backlog += *rows;
        ++each->told_backlog;
      }
      each->given_up += given_up_of(board);
      each->records += records_of(board);
      if (found == input.connected.end()) continue;
      each->connected.connected += found->second.connected;
      each->connected.looked_at += found->second.looked_at;
    }
    sums.estimated += board.record_times.estimated;
    sums.timed += timed_records_of(board);
  }
  return sums;
}

}  // namespace xalink::reports::fleet_tables
