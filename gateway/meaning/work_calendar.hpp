#pragma once
// Working days and office hours of Vietnam's administration, and the due dates that follow from them
// (domain rules: the one-stop software's reference algorithm). All times of the day are Vietnam's, UTC+7.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "gateway/registry/entry.hpp"
#include "gateway/registry/field_text.hpp"
#include "gateway/registry/registry.hpp"
#include "sparkplug/clock.hpp"

namespace xalink::meaning {

using registry::Date;
using std::chrono::minutes;

/// Since midnight; morning_end == afternoon_start: no lunch break.
struct OfficeHours {
  minutes morning_start{7 * 60};
  minutes morning_end{11 * 60 + 30};
  minutes afternoon_start{13 * 60 + 30};
  minutes afternoon_end{17 * 60};
  friend bool operator==(const OfficeHours&, const OfficeHours&) = default;
};

enum class LimitUnit : std::uint8_t {
  working_days,
  days,   ///< calendar days
  hours,  ///< of office time
};

/// A legal time limit. Eight hours of office time are one working day, whatever the office's own hours.
struct TimeLimit {
  LimitUnit unit = LimitUnit::working_days;
  minutes amount{};  ///< of office time, 480 a working day; for `days` 1440 a day

  [[nodiscard]] static TimeLimit of_working_days(double days);
  [[nodiscard]] static TimeLimit of_days(int days);
  [[nodiscard]] static TimeLimit of_hours(double hours);
  friend bool operator==(const TimeLimit&, const TimeLimit&) = default;
};

/// Whether a calendar day that is a holiday counts in a limit of calendar days.
enum class HolidaysInDays : std::uint8_t { count, are_skipped };

/// Thread-safety: immutable after it is made.
class WorkCalendar {
 public:
  /// Knows no year, and the default hours.
  WorkCalendar() = default;
  /// Of rows in kept form without errors; only those of `calendar` and `office_hours` are looked at.
  explicit WorkCalendar(const std::vector<registry::Entry>& entries);

  /// Whether there is a holiday in that year: else nothing can be said of its working days.
  [[nodiscard]] bool knows(Date day) const;
  /// Of a year that is not known weekends alone are free.
  [[nodiscard]] bool is_working_day(Date day) const;
  /// Those of the name, else the default ones.
  [[nodiscard]] OfficeHours hours(Date day, std::string_view name = {}) const;

  /// The moment from which a limit runs. After the end of the day, and on a day off: the next working day's
  /// beginning; before the beginning: the beginning; in the lunch break: its end. The very ends of morning
  /// and day are office time.
  [[nodiscard]] WallTime counted_from(WallTime received, std::string_view hours_name = {}) const;

  /// When a dossier that was received then is due: whole working days first, at the reception's time of the
  /// day, counting from the working day after it; what is left of a limit in hours runs in office time.
  /// Calendar days keep the time of the day and roll forward to a working day. Nothing: the days reach into a
  /// year that is not known.
  [[nodiscard]] std::optional<WallTime> due(WallTime received, TimeLimit limit,
                                            std::string_view hours_name = {},
                                            HolidaysInDays holidays = HolidaysInDays::count) const;

  /// After the citizen has supplied what was asked for: the days from request to completion less one, then
  /// one working day, as the one-stop software has it. Keeps the time of the day.
  [[nodiscard]] std::optional<WallTime> due_after_supplement(WallTime due, WallTime requested,
                                                             WallTime completed) const;

  /// Working days after the day of the one up to and with the day of the other; the day of reception is day
  /// 0.
  [[nodiscard]] std::int64_t working_days(WallTime after, WallTime up_to) const;

 private:
  struct NamedHours {
    registry::Period valid;
    OfficeHours hours;
  };
  [[nodiscard]] Date next_working_day(Date day) const;
  [[nodiscard]] WallTime add_office_time(WallTime from, minutes time, std::string_view hours_name) const;

  std::map<Date, bool> days_;  ///< false: holiday, true: made up
  std::map<int, int> holidays_of_year_;
  std::map<std::string, std::vector<NamedHours>, std::less<>> hours_;
};

}  // namespace xalink::meaning
