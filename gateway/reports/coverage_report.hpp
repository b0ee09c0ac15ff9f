#pragma once
// The report of coverage: whose connection is good, limited or bad by a profile of thresholds, and of whom
// nothing is known.

#include "gateway/meaning/coverage_by.hpp"
#include "gateway/meaning/threshold_profiles.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/outage_report.hpp"

namespace xalink::reports {

struct CoverageReportInput {
  const OutageReportInput& ground;
  const meaning::SiteMeasurements& measured;
  const meaning::ThresholdProfile& profile;
};

/// Pure. Tables "units" (on the map), "requirements" of each site, "services".
[[nodiscard]] Document coverage_report(const CoverageReportInput& input);

}  // namespace xalink::reports
