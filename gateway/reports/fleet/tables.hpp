#pragma once
// The tables of the report of boards, one file each. All are pure.

#include "gateway/reports/document.hpp"
#include "gateway/reports/fleet/fleet_sums.hpp"
#include "gateway/reports/fleet_report.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports::fleet_tables {

/// Units that have boards, and how those are: "units".
[[nodiscard]] Table units(const FleetSums& sums, Scope scope);
/// Each board; its commune is that of `registry_day`: "boards".
[[nodiscard]] Table boards(const FleetReportInput& input, const Units& units, Date registry_day);
/// How many boards run which version: "software".
[[nodiscard]] Table software(const Fleet& fleet);

}  // namespace xalink::reports::fleet_tables
