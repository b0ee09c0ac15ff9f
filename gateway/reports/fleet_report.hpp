#pragma once
// The report of boards: which are heard of, what they run, what waits in them, what was lost.

#include <cstdint>
#include <map>

#include "gateway/boards.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/scope.hpp"
#include "gateway/store/connected_query.hpp"

namespace xalink::reports {

/// A board is live up to so many days after it was last heard of, at risk up to the second number, silent
/// then: Giga's, domain.md 4.3.
inline constexpr std::int64_t kLiveDays = 21;
inline constexpr std::int64_t kAtRiskDays = 28;

struct FleetReportInput {
  Fleet fleet;
  std::map<NodeId, store::Connected> connected;  ///< within the period
  registry::Registry registry;
  std::int64_t registry_version = 0;
  meaning::ReportPeriod period;
  Scope scope = Scope::commune;
  Date today{};  ///< silence is counted up to this day: boards are shown as they stand, not as they stood
};

/// Pure: the same input gives the same report. Tables "units" (by scope, on the map), "boards", "software".
[[nodiscard]] Document fleet_report(const FleetReportInput& input);

}  // namespace xalink::reports
