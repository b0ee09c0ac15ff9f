#include "gateway/meaning/work_calendar.hpp"

#include <algorithm>
#include <cmath>

namespace xalink::meaning {
namespace {

using std::chrono::days;

constexpr minutes kWorkingDay{8 * 60};
constexpr minutes kDay{24 * 60};

int year_of(Date day) {
  return static_cast<int>(std::chrono::year_month_day(day).year());
}
Milliseconds time_of_day(WallTime time) {
  return time - start_of(day_of(time));
}

}  // namespace

TimeLimit TimeLimit::of_working_days(double amount) {
  return {LimitUnit::working_days, minutes(std::llround(amount * 480))};
}
TimeLimit TimeLimit::of_days(int amount) {
  return {LimitUnit::days, amount * kDay};
}
TimeLimit TimeLimit::of_hours(double amount) {
  return {LimitUnit::hours, minutes(std::llround(amount * 60))};
}

WorkCalendar::WorkCalendar(const std::vector<registry::Entry>& entries) {
  using registry::Kind;
  for (const auto& entry : entries) {
    if (entry.kind == Kind::calendar) {
      const Date day = registry::read_date(entry.at("day")).value();
      const bool holiday = entry.at("day_type") == "holiday";
      days_[day] = !holiday;
      if (holiday) ++holidays_of_year_[year_of(day)];
    } else if (entry.kind == Kind::office_hours) {
      const auto time = [&](std::string_view column) {
        return registry::read_time_of_day(entry.at(column)).value();
      };
      hours_[entry.at("hours")].push_back(
          {registry::period_of(entry, "from", "to"),
           {time("morning_start"), time("morning_end"), time("afternoon_start"), time("afternoon_end")}});
    }
  }
}

bool WorkCalendar::knows(Date day) const {
  return holidays_of_year_.contains(year_of(day));
}

bool WorkCalendar::is_working_day(Date day) const {
  const auto told = days_.find(day);
  if (told != days_.end()) return told->second;
  const std::chrono::weekday weekday(day);
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

OfficeHours WorkCalendar::hours(Date day, std::string_view name) const {
  for (const std::string_view wanted : {name, std::string_view()}) {
    const auto found = hours_.find(wanted);
    if (found == hours_.end()) continue;
    for (const auto& each : found->second) {
      if (each.valid.holds(day)) return each.hours;
    }
  }
  return {};
}

Date WorkCalendar::next_working_day(Date day) const {
  do {
    day += days(1);
  } while (!is_working_day(day));
  return day;
}

WallTime WorkCalendar::counted_from(WallTime received, std::string_view hours_name) const {
  const Date day = day_of(received);
  const auto begin_of_next = [&] {
    const Date next = next_working_day(day);
    return start_of(next) + hours(next, hours_name).morning_start;
  };
  if (!is_working_day(day)) return begin_of_next();
  const OfficeHours office = hours(day, hours_name);
  const Milliseconds clock = time_of_day(received);
  if (clock > office.afternoon_end) return begin_of_next();
  if (clock < office.morning_start) return start_of(day) + office.morning_start;
  if (clock > office.morning_end && clock < office.afternoon_start)
    return start_of(day) + office.afternoon_start;
  return received;
}

WallTime WorkCalendar::add_office_time(WallTime from, minutes time, std::string_view hours_name) const {
  Milliseconds left = time;
  while (left > Milliseconds(0)) {
    // The very end of a session is office time that holds nothing more.
    const Date day = day_of(from);
    const OfficeHours office = hours(day, hours_name);
    const Milliseconds clock = time_of_day(from);
    const bool morning = clock < office.morning_end;
    const Milliseconds end = morning ? office.morning_end : office.afternoon_end;
    const Milliseconds begin = morning ? clock : std::max<Milliseconds>(clock, office.afternoon_start);
    const Milliseconds room = std::max(end - begin, Milliseconds(0));
    if (left <= room) return start_of(day) + begin + left;
    left -= room;
    if (morning) {
      from = start_of(day) + office.afternoon_start;
    } else {
      const Date next = next_working_day(day);
      from = start_of(next) + hours(next, hours_name).morning_start;
    }
  }
  return from;
}

std::optional<WallTime> WorkCalendar::due(WallTime received, TimeLimit limit, std::string_view hours_name,
                                          HolidaysInDays holidays) const {
  const WallTime begin = counted_from(received, hours_name);
  const auto known = [&](WallTime due) -> std::optional<WallTime> {
    for (Date year = day_of(received); year_of(year) <= year_of(day_of(due)); year += days(365)) {
      if (!knows(year)) return std::nullopt;
    }
    if (!knows(day_of(due))) return std::nullopt;
    return due;
  };
  Date day = day_of(begin);
  if (limit.unit == LimitUnit::days) {
    auto left = limit.amount / kDay;
    while (left > 0) {
      day += days(1);
      const auto told = days_.find(day);
      const bool holiday = told != days_.end() && !told->second;
      if (holidays == HolidaysInDays::count || !holiday) --left;
    }
    while (!is_working_day(day)) day += days(1);
    return known(start_of(day) + time_of_day(begin));
  }
  for (auto left = limit.amount / kWorkingDay; left > 0; --left) day = next_working_day(day);
  return known(add_office_time(start_of(day) + time_of_day(begin), limit.amount % kWorkingDay, hours_name));
}

std::optional<WallTime> WorkCalendar::due_after_supplement(WallTime due, WallTime requested,
                                                           WallTime completed) const {
  const days waited = std::max(day_of(completed) - day_of(requested), days(0));
  const Date day = next_working_day(day_of(due) + waited - days(1));
  if (!knows(day_of(due)) || !knows(day)) return std::nullopt;
  return start_of(day) + time_of_day(due);
}

std::int64_t WorkCalendar::working_days(WallTime after, WallTime up_to) const {
  std::int64_t count = 0;
  const Date last = day_of(up_to);
  for (Date day = day_of(after) + days(1); day <= last; day += days(1)) count += is_working_day(day) ? 1 : 0;
  return count;
}

}  // namespace xalink::meaning
