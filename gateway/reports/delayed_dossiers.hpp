#pragma once
// Dossiers that were delayed because the office was offline: evidence for investment.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/meaning/dossier.hpp"
#include "gateway/meaning/procedures.hpp"
#include "gateway/meaning/work_calendar.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/outage_report.hpp"
#include "gateway/service_reading.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/result.hpp"

namespace xalink::reports {

/// Dossiers that were late while the office could not work: judged late or overdue, and on the day they fell
/// due the site was down for half of its office hours or more. Thread-safety: none.
class DelayedDossiers {
 public:
  /// All outlive it.
  DelayedDossiers(const OutageReportInput& ground, const meaning::WorkCalendar& calendar,
                  const meaning::Procedures& procedures)
      : ground_(ground), calendar_(calendar), procedures_(procedures) {}

  /// All events of one dossier. Counts dossiers that ended in the period or are pending at its end.
  void add(std::vector<meaning::DossierEvent> events);
  /// Communes of which no dossier was seen keep none: that is no evidence.
  void put_into(std::vector<CommuneEvidence>& communes) const;
  /// Which dossiers have something to tell here.
  [[nodiscard]] DossierWindow window() const { return {ground_.period.from(), ground_.span.end}; }

 private:
  struct Counts {
    std::int64_t dossiers = 0;
    std::int64_t delayed = 0;
  };
  [[nodiscard]] bool was_down(const std::string& site, Date day) const;

  const OutageReportInput& ground_;
  const meaning::WorkCalendar& calendar_;
  const meaning::Procedures& procedures_;
  std::map<std::string, Counts> counts_;  ///< by the commune's key
};

/// Every dossier of the store that one of the periods concerns, given to each of them: putting dossiers
/// together is most of the work, and is done once.
[[nodiscard]] Result<void> read_dossiers(store::RecordQuery& records,
                                         const std::vector<DelayedDossiers*>& periods,
                                         const EventProgress& progress = {});

}  // namespace xalink::reports
