#pragma once
// The report of outages: how long offices were cut off, why, and when.

#include <cstdint>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports {

/// Availability in office hours, in percent: from the first on good, from the second on limited.
inline constexpr double kGoodAvailability = 99.0;
inline constexpr double kLimitedAvailability = 95.0;
/// Outages that the list holds: the longest.
inline constexpr std::size_t kMostOutages = 1000;

struct OutageReportInput {
  const meaning::SiteTimelines& sites;
  const registry::Registry& registry;
  std::int64_t registry_version = 0;
  meaning::ReportPeriod period;
  meaning::Interval span;  ///< of the period, what has passed
  Scope scope = Scope::commune;
  const meaning::OpeningTimes& opening;
  bool calendar_known = false;  ///< holidays of the period are in the registry
};

/// Pure: the same input gives the same report. Tables "units" (on the map; those without data last, the
/// longest outages first), "causes", "outages".
[[nodiscard]] Document outage_report(const OutageReportInput& input);

/// 100 times the share, or no_data.
[[nodiscard]] Cell percent_of(const meaning::Share& share);
/// By availability in office hours.
[[nodiscard]] State availability_state(const meaning::Tally& office_hours);

/// What every report on availability says of the ground it stands on: registry, calendar, records, communes
/// without data, and the notes that follow from them.
void add_ground(Document& document, const OutageReportInput& input);

}  // namespace xalink::reports
