#pragma once
// Whether a dossier is on time, by the rules of Decision 766's indicator 2.1.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/meaning/dossier.hpp"
#include "gateway/meaning/procedures.hpp"
#include "gateway/meaning/work_calendar.hpp"

namespace xalink::meaning {

/// Production one-stop software compares days, of Vietnam.
enum class Granularity : std::uint8_t { date, exact };
/// Against which due date of those that were told.
enum class DueDate : std::uint8_t { latest, first };

struct JudgementRules {
  Granularity granularity = Granularity::date;
  DueDate due_date = DueDate::latest;
  HolidaysInDays holidays = HolidaysInDays::count;
};

enum class Standing : std::uint8_t {
  early,       ///< ended on a day before the due one
  on_time,     ///< ended by the due date
  late,        ///< ended after it
  in_time,     ///< in progress, not yet due
  overdue,     ///< in progress, past due
  not_judged,  ///< see why
};

enum class NotJudged : std::uint8_t {
  none,
  not_accepted,        ///< registered, refused or withdrawn before acceptance: nobody had begun
  no_due_date,         ///< none was told, and the procedure's legal limit is not known
  no_acceptance_time,  ///< a legal limit alone, and it is not known since when it runs
  unknown_calendar,    ///< a legal limit that reaches into a year without a calendar
};

struct Judgement {
  Standing standing = Standing::not_judged;
  NotJudged why = NotJudged::none;
  std::optional<WallTime> due;       ///< what was compared against
  std::optional<WallTime> compared;  ///< end, request or end of the period, less the citizen's time
  bool by_legal_limit = false;       ///< `due` is computed
  bool by_requests = false;          ///< late because papers were asked for more than once
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// `as_of`: the end of the period, or now; that for which dossier_at() was asked.
///
/// What is compared: the end of processing; of a dossier in progress the last moment before `as_of`; of one
/// that waits for papers, asked for once, the moment of the request. Each completed supplement's time is
/// subtracted, unless the due date was set anew after that request: then it is in the date already. Papers
/// asked for more than once make it late or overdue whatever the dates. Without a due date the legal limit of
/// the procedure runs from acceptance. In exact granularity a due date without a time of the day (00:00)
/// holds to the end of its day.
/// A legal limit runs in the hours that `office` names in the calendar; empty: the default ones.
[[nodiscard]] Judgement judge(const Dossier& dossier, WallTime as_of, const WorkCalendar& calendar,
                              const Procedures& procedures, const JudgementRules& rules = {},
                              std::string_view office = {});

/// Until when the office has to be done with a dossier in progress: the due date it was judged by, moved as
/// the one-stop software does (WorkCalendar::due_after_supplement) by each supplement that came and is not in
/// the date already. Indicator 2.1 subtracts the citizen's time instead; that is judge()'s. Nothing: no due
/// date, or the calendar does not know the days.
[[nodiscard]] std::optional<WallTime> due_for_office(const Dossier& dossier, const Judgement& judged,
                                                     WallTime as_of, const WorkCalendar& calendar,
                                                     const JudgementRules& rules = {});

}  // namespace xalink::meaning
