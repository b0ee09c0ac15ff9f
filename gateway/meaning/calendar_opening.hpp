#pragma once
// Opening times as the calendar of working days has them.

#include "gateway/meaning/opening_times.hpp"
#include "gateway/meaning/work_calendar.hpp"

namespace xalink::meaning {

/// `calendar` outlives it. In a year that the calendar does not know, weekends alone are free.
class CalendarOpening final : public OpeningTimes {
 public:
  explicit CalendarOpening(const WorkCalendar& calendar) : calendar_(calendar) {}
  [[nodiscard]] bool is_working_day(registry::Date day) const override {
    return calendar_.is_working_day(day);
  }
  [[nodiscard]] std::vector<OpenWindow> windows(registry::Date day, std::string_view name) const override {
    const auto hours = calendar_.hours(day, name);
    return {{hours.morning_start, hours.morning_end}, {hours.afternoon_start, hours.afternoon_end}};
  }

 private:
  const WorkCalendar& calendar_;
};

}  // namespace xalink::meaning
