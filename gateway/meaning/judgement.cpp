#include "gateway/meaning/judgement.hpp"

namespace xalink::meaning {
namespace {

using std::chrono::days;

struct Due {
  std::optional<WallTime> date;
  NotJudged why = NotJudged::none;
  bool by_legal_limit = false;
};

Due due_of(const Dossier& dossier, const WorkCalendar& calendar, const Procedures& procedures,
           const JudgementRules& rules, std::string_view office) {
  const auto& told = rules.due_date == DueDate::first ? dossier.first_due : dossier.due;
  if (told) return {told, NotJudged::none, false};
  const Procedure* procedure = procedures.find(dossier.procedure, day_of(*dossier.accepted));
  if (procedure == nullptr || !procedure->limit) return {std::nullopt, NotJudged::no_due_date, false};
  if (dossier.accepted_by_later_state) return {std::nullopt, NotJudged::no_acceptance_time, false};
  const auto due = calendar.due(*dossier.accepted, *procedure->limit, office, rules.holidays);
  return {due, due ? NotJudged::none : NotJudged::unknown_calendar, true};
}

/// The due date was set anew at or after this request, so that it holds the citizen's time.
bool in_due_date(const Dossier& dossier, const Supplement& supplement, bool by_legal_limit,
                 const JudgementRules& rules) {
  if (by_legal_limit || rules.due_date == DueDate::first) return false;
  return dossier.due_changes > 0 && dossier.due_since && *dossier.due_since >= supplement.requested;
}

}  // namespace

Judgement judge(const Dossier& dossier, WallTime as_of, const WorkCalendar& calendar,
                const Procedures& procedures, const JudgementRules& rules, std::string_view office) {
  Judgement judgement;
  if (!dossier.accepted) {
    judgement.why = NotJudged::not_accepted;
    return judgement;
  }
  const Due due = due_of(dossier, calendar, procedures, rules, office);
  judgement.due = due.date;
  judgement.by_legal_limit = due.by_legal_limit;

  const bool awaiting = !dossier.ended && dossier.state == DossierState::supplement_requested;
  const WallTime end = dossier.ended ? *dossier.ended
                       : awaiting    ? dossier.supplements.back().requested
                                     : as_of - Milliseconds(1);
  WallTime compared = end;
  for (const auto& supplement : dossier.supplements) {
    if (!in_due_date(dossier, supplement, due.by_legal_limit, rules))
      compared -= citizens_time(dossier, supplement, end);
  }
  judgement.compared = compared;

  const auto standing = [&](bool in_time, bool before) {
    if (!dossier.ended) return in_time ? Standing::in_time : Standing::overdue;
    if (!in_time) return Standing::late;
    return before ? Standing::early : Standing::on_time;
  };
  if (dossier.supplement_requests > 1) {
    judgement.standing = standing(false, false);
    judgement.by_requests = true;
    return judgement;
  }
  if (!due.date) {
    judgement.why = due.why;
    return judgement;
  }
  const Date due_day = day_of(*due.date);
  const bool before = day_of(compared) < due_day;
  bool in_time = day_of(compared) <= due_day;
  if (rules.granularity == Granularity::exact) {
    const bool whole_day = *due.date == start_of(due_day);
    in_time = compared <= (whole_day ? start_of(due_day + days(1)) - Milliseconds(1) : *due.date);
  }
  judgement.standing = standing(in_time, before);
  return judgement;
}

std::optional<WallTime> due_for_office(const Dossier& dossier, const Judgement& judged, WallTime as_of,
                                       const WorkCalendar& calendar, const JudgementRules& rules) {
  auto due = judged.due;
  for (const auto& supplement : dossier.supplements) {
    if (!due || !supplement.completed) continue;
    if (in_due_date(dossier, supplement, judged.by_legal_limit, rules)) continue;
    if (citizens_time(dossier, supplement, as_of).count() == 0) continue;
    due = calendar.due_after_supplement(*due, supplement.requested, *supplement.completed);
  }
  return due;
}

}  // namespace xalink::meaning
