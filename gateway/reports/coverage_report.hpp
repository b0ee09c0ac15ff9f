#pragma once
// The report of coverage: whose connection is good, limited or bad by a profile of thresholds, and of whom
// nothing is known.

#include "gateway/meaning/coverage_by.hpp"
#include "gateway/meaning/threshold_profiles.hpp"
#include "gateway/meaning/village_counts.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/outage_report.hpp"

namespace xalink::reports {

struct CoverageReportInput {
  const OutageReportInput& ground;
  const meaning::SiteMeasurements& measured;
  const meaning::ThresholdProfile& profile;
  std::vector<meaning::VillageCount> village_counts{};  ///< of agencies' boards, as they were taken
};

/// Villages as agencies' tables count them, beside the registry's own surveys of the same commune.
/// "villages".
[[nodiscard]] Table village_table(const CoverageReportInput& input);

/// Pure. Tables "units" (on the map), "requirements" of each site, "services", "villages" where an agency
/// told of them.
[[nodiscard]] Document coverage_report(const CoverageReportInput& input);

}  // namespace xalink::reports
