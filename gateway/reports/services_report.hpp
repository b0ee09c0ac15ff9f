#pragma once
// The report of public services as offices find them: how often each answered as it should, and how long it
// was missing while the line was well.

#include "gateway/reports/coverage_report.hpp"
#include "gateway/reports/document.hpp"

namespace xalink::reports {

/// Pure. Tables "services" over all communes, and "units": a row for each unit and service, the poorest
/// first. What a service was missing while the way to it was missing too is no fault of it, and is not
/// counted.
[[nodiscard]] Document services_report(const CoverageReportInput& input);

}  // namespace xalink::reports
