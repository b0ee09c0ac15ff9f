#pragma once
// The evidence of each commune for the investment report, out of figures, registry and dossiers.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/coverage.hpp"
#include "gateway/meaning/threshold_profiles.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/outage_report.hpp"

namespace xalink::reports {

using MeasuredSites = std::map<std::string, meaning::MeasuredFigures>;

/// Mean shortfall below the requirements that were measured, without availability: 0 to 1. Nothing: none was.
[[nodiscard]] std::optional<double> shortfall_of(const meaning::SiteCoverage& coverage);

/// Of the communes that are in force on the last day of what has passed, by key. Over a merger within the
/// period the new commune's evidence is of its own days.
[[nodiscard]] std::vector<CommuneEvidence> commune_evidence(const OutageReportInput& ground,
                                                            const MeasuredSites& measured,
                                                            const meaning::ThresholdProfile& profile);

}  // namespace xalink::reports
