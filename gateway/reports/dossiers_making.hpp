#pragma once
// From the store to the report of dossiers.

#include <vector>

#include "gateway/meaning/judgement.hpp"
#include "gateway/meaning/work_calendar.hpp"
#include "gateway/registry/entry.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/dossiers_report.hpp"
#include "gateway/service_reading.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/result.hpp"

namespace xalink::reports {

/// What is referred to must outlive the call.
struct DossiersOrder {
  const std::vector<registry::Entry>& rows;  ///< of the registry
  const registry::Registry& registry;        ///< the same rows
  std::int64_t registry_version = 0;
  const meaning::WorkCalendar& calendar;  ///< the same rows
  meaning::ReportPeriod period;
  Scope scope = Scope::commune;
  Audience audience = Audience::everybody;
  meaning::JudgementRules rules;
  WallTime now{};
};

/// Reads every event of dossiers once; memory is for the figures, the dossiers in progress, and what
/// for_each_dossier() needs.
[[nodiscard]] Result<Document> make_dossiers_report(store::RecordQuery& records, const DossiersOrder& order,
                                                    const EventProgress& progress = {});

}  // namespace xalink::reports
