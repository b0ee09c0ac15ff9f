#pragma once
// Dossiers counted: of one unit and one period, whole numbers only, so that sums of parts are the whole.

#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/meaning/dossier.hpp"
#include "gateway/meaning/judgement.hpp"
#include "sparkplug/clock.hpp"

namespace xalink::meaning {

using Count = std::int64_t;

/// Each dossier is counted as received where and when it was accepted, as resolved where and when its
/// processing ended, as pending where it stands at the end. One that nobody accepted (registered only,
/// refused, withdrawn before) is in `not_accepted` alone.
struct ServiceTally {
  // Accepted in the period.
  Count received = 0;
  Count filed_online = 0;
  Count filed_by_post = 0;
  Count filed_directly = 0;
  Count channel_untold = 0;
  Count full_level = 0;         ///< of a procedure that goes online to the end
  Count full_level_online = 0;  ///< of these, filed online
  Count partial_level = 0;
  Count partial_level_online = 0;
  Count level_untold = 0;
  Count fee_bearing = 0;  ///< with a fee, and told whether it was paid online
  Count paid_online = 0;
  Count fee_untold = 0;      ///< not told whether there is one
  Count payment_untold = 0;  ///< with a fee, not told how it was paid
  Count digitised = 0;
  Count not_digitised = 0;
  // Told of in the period first, never accepted.
  Count not_accepted = 0;
  // Ended in the period.
  Count resolved = 0;
  Count early = 0;
  Count on_time = 0;
  Count late = 0;
  Count resolved_not_judged = 0;
  Count refused = 0;  ///< of the resolved
  Count withdrawn = 0;
  Count stopped = 0;
  Count late_by_requests = 0;  ///< of the late: papers asked for more than once
  Count saved_by_new_due = 0;  ///< of the early and on time: against the first due date they are late
  Count by_legal_limit = 0;    ///< of the judged: no due date was told
  Count reopened = 0;          ///< of the resolved: had ended before
  // Of the resolved, those with a result to give: ended by state 9 or 10.
  Count finished = 0;
  Count result_file = 0;  ///< told that there is a link to the result's file
  Count no_result_file = 0;
  Count digital = 0;      ///< told that both the papers handed in and the result are there as files
  Count not_digital = 0;  ///< told of both, and one of them is not; told of one alone is in neither
  std::vector<Milliseconds>
      processing;  ///< of the resolved whose beginning is known, without the citizen's time
  Count processing_working_days = 0;  ///< sum over the same; day 0 is the day of acceptance
  // In progress at the end of the period.
  Count pending = 0;
  Count in_time = 0;
  Count overdue = 0;
  Count pending_not_judged = 0;
  Count awaiting_papers = 0;
  // From tables of answers.
  Count answers = 0;  ///< where the satisfied were counted, too
  Count satisfied = 0;
  Count answers_of_asked = 0;  ///< where those asked were counted, too
  Count asked = 0;

  void add_received(const Dossier& dossier, OnlineLevel level);
  /// `against_first`: its judgement against the due date that was told first.
  void add_resolved(const Dossier& dossier, const Judgement& judgement, const Judgement& against_first,
                    Count working_days);
  void add_pending(const Dossier& dossier, const Judgement& judgement);

  [[nodiscard]] Count resolved_judged() const { return early + on_time + late; }
  [[nodiscard]] Count pending_judged() const { return in_time + overdue; }

  ServiceTally& operator+=(const ServiceTally& other);
  friend bool operator==(const ServiceTally&, const ServiceTally&) = default;
};

}  // namespace xalink::meaning
