#pragma once
// Boards added up, by unit and all together.

#include <cstdint>
#include <map>
#include <string>

#include "gateway/reports/fleet/board_figures.hpp"
#include "gateway/reports/fleet_report.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports::fleet_tables {

struct Sum {
  std::uint64_t boards = 0;
  std::map<Life, std::uint64_t> lives;
  std::uint64_t backlog = 0;
  std::uint64_t told_backlog = 0;  ///< boards
  std::uint64_t given_up = 0;
  std::uint64_t records = 0;
  store::Connected connected;

  [[nodiscard]] std::uint64_t of(Life life) const;
  /// No data when no board of these tells.
  [[nodiscard]] Cell backlog_cell() const;
};

/// The worst that is there: one silent board of three is worth a visit.
[[nodiscard]] State state_of(const Sum& sum);

struct FleetSums {
  std::map<std::string, Sum> units;   ///< by the unit's key; "": at no site of the registry
  std::map<std::string, Unit> shown;  ///< those that have boards
  Sum all;
  std::uint64_t estimated = 0;  ///< records
  std::uint64_t timed = 0;      ///< records
};

/// Communes and districts are those of `registry_day`.
[[nodiscard]] FleetSums sums_of(const FleetReportInput& input, const Units& units, Date registry_day);

}  // namespace xalink::reports::fleet_tables
