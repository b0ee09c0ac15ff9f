#include "gateway/meaning/service_tally.hpp"

#include <algorithm>

namespace xalink::meaning {

void ServiceTally::add_received(const Dossier& dossier, OnlineLevel level) {
  ++received;
  const bool online = dossier.channel == 2;
  if (!dossier.channel) {
    ++channel_untold;
  } else {
    ++(online ? filed_online : dossier.channel == 3 ? filed_by_post : filed_directly);
  }
  switch (level) {
    case OnlineLevel::full:
      ++full_level;
      full_level_online += online ? 1 : 0;
      break;
    case OnlineLevel::partial:
      ++partial_level;
      partial_level_online += online ? 1 : 0;
      break;
    case OnlineLevel::information: break;
    case OnlineLevel::unknown: ++level_untold; break;
  }
  const bool paid = dossier.online_payment.value_or(0) > 0;
  if (paid || (dossier.fee == true && dossier.online_payment)) {
    ++fee_bearing;
    paid_online += paid ? 1 : 0;
  } else if (dossier.fee == true) {
    ++payment_untold;
  } else if (!dossier.fee) {
    ++fee_untold;
  }
  if (dossier.digitised) ++(*dossier.digitised ? digitised : not_digitised);
}

void ServiceTally::add_resolved(const Dossier& dossier, const Judgement& judgement,
                                const Judgement& against_first, Count working_days) {
  ++resolved;
  switch (judgement.standing) {
    case Standing::early: ++early; break;
    case Standing::on_time: ++on_time; break;
    case Standing::late: ++late; break;
    case Standing::in_time:
    case Standing::overdue:
    case Standing::not_judged: ++resolved_not_judged; break;
  }
  const bool good = judgement.standing == Standing::early || judgement.standing == Standing::on_time;
  saved_by_new_due += good && against_first.standing == Standing::late ? 1 : 0;
  late_by_requests += judgement.standing == Standing::late && judgement.by_requests ? 1 : 0;
  by_legal_limit += judgement.standing != Standing::not_judged && judgement.by_legal_limit ? 1 : 0;
  reopened += dossier.reopened ? 1 : 0;
  refused += dossier.ended_by == EndedBy::refused ? 1 : 0;
  withdrawn += dossier.ended_by == EndedBy::withdrawn ? 1 : 0;
  stopped += dossier.ended_by == EndedBy::stopped ? 1 : 0;
  if (dossier.ended_by == EndedBy::finished || dossier.ended_by == EndedBy::returned) {
    ++finished;
    if (dossier.result_file) ++(*dossier.result_file ? result_file : no_result_file);
    if (dossier.result_file && dossier.attachments) {
      ++(*dossier.result_file && *dossier.attachments ? digital : not_digital);
    }
  }
  if (const auto time = dossier.processing()) {
    processing.push_back(*time);
    processing_working_days += working_days;
  }
}

void ServiceTally::add_pending(const Dossier& dossier, const Judgement& judgement) {
  ++pending;
  ++(judgement.standing == Standing::in_time   ? in_time
     : judgement.standing == Standing::overdue ? overdue
                                               : pending_not_judged);
  by_legal_limit += judgement.standing != Standing::not_judged && judgement.by_legal_limit ? 1 : 0;
  awaiting_papers += dossier.state == DossierState::supplement_requested ? 1 : 0;
}

ServiceTally& ServiceTally::operator+=(const ServiceTally& other) {
  constexpr Count ServiceTally::*kCounts[] = {&ServiceTally::received,
                                              &ServiceTally::filed_online,
                                              &ServiceTally::filed_by_post,
                                              &ServiceTally::filed_directly,
                                              &ServiceTally::channel_untold,
                                              &ServiceTally::full_level,
                                              &ServiceTally::full_level_online,
                                              &ServiceTally::partial_level,
                                              &ServiceTally::partial_level_online,
                                              &ServiceTally::level_untold,
                                              &ServiceTally::fee_bearing,
                                              &ServiceTally::paid_online,
                                              &ServiceTally::fee_untold,
                                              &ServiceTally::payment_untold,
                                              &ServiceTally::digitised,
                                              &ServiceTally::not_digitised,
                                              &ServiceTally::not_accepted,
                                              &ServiceTally::resolved,
                                              &ServiceTally::early,
                                              &ServiceTally::on_time,
                                              &ServiceTally::late,
                                              &ServiceTally::resolved_not_judged,
                                              &ServiceTally::refused,
                                              &ServiceTally::withdrawn,
                                              &ServiceTally::stopped,
                                              &ServiceTally::late_by_requests,
                                              &ServiceTally::saved_by_new_due,
                                              &ServiceTally::by_legal_limit,
                                              &ServiceTally::reopened,
                                              &ServiceTally::finished,
                                              &ServiceTally::result_file,
                                              &ServiceTally::no_result_file,
                                              &ServiceTally::digital,
                                              &ServiceTally::not_digital,
                                              &ServiceTally::processing_working_days,
                                              &ServiceTally::pending,
                                              &ServiceTally::in_time,
                                              &ServiceTally::overdue,
                                              &ServiceTally::pending_not_judged,
                                              &ServiceTally::awaiting_papers,
                                              &ServiceTally::answers,
                                              &ServiceTally::satisfied,
                                              &ServiceTally::answers_of_asked,
                                              &ServiceTally::asked};
  static_assert(sizeof(ServiceTally) / sizeof(Count) ==
                    std::size(kCounts) + (sizeof(processing) + sizeof(Count) - 1) / sizeof(Count),
                "every count is added");
  for (const auto count : kCounts) this->*count += other.*count;
  processing.insert(processing.end(), other.processing.begin(), other.processing.end());
  std::ranges::sort(processing);
  return *this;
}

}  // namespace xalink::meaning
