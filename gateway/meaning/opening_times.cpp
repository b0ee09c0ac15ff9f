#include "gateway/meaning/opening_times.hpp"

#include <utility>

#include "gateway/meaning/period.hpp"

namespace xalink::meaning {

using std::chrono::minutes;

std::vector<OpenWindow> usual_windows() {
  return {{minutes(7 * 60), minutes(11 * 60 + 30)}, {minutes(13 * 60 + 30), minutes(17 * 60)}};
}

bool MondayToFriday::is_working_day(registry::Date day) const {
  return std::chrono::weekday(day).iso_encoding() <= 5;
}

std::vector<OpenWindow> MondayToFriday::windows(registry::Date /*day*/, std::string_view /*name*/) const {
  return usual_windows();
}

std::vector<Interval> open_within(const Interval& period, const OpeningTimes& times, std::string_view name) {
  std::vector<Interval> open;
  if (period.empty()) return open;
  const auto last = day_of(period.end - Milliseconds(1));
  for (auto day = day_of(period.begin); day <= last; day += std::chrono::days(1)) {
    if (!times.is_working_day(day)) continue;
    for (const auto& window : times.windows(day, name)) {
      open.push_back(common_part({start_of(day) + window.opens, start_of(day) + window.closes}, period));
    }
  }
  return united(std::move(open));
}

}  // namespace xalink::meaning
