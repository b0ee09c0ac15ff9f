#include "agent/throughput_plan.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "agent/data_budget.hpp"
#include "sparkplug/fnv.hpp"

namespace xalink {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kDay(24 * 60);
constexpr std::string_view kForm = "plan 1";
// What was missed is spread over so long.
constexpr seconds kSpread(15 * 60);
// A moment that has just passed is now: the program woke up a little late.
constexpr seconds kLate(60);

std::optional<minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  unsigned hour = 0;
  unsigned minute = 0;
  const auto hours_read = std::from_chars(text.data(), text.data() + 2, hour);
  const auto minutes_read = std::from_chars(text.data() + 3, text.data() + 5, minute);
  if (hours_read.ec != std::errc() || hours_read.ptr != text.data() + 2) return std::nullopt;
  if (minutes_read.ec != std::errc() || minutes_read.ptr != text.data() + 5) return std::nullopt;
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return minutes(hour * 60 + minute);
}

/// FNV-1a and a last stir.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = fnv_1a(text);
  hash ^= hash >> 33U;
  hash *= 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 33U);
}

std::chrono::sys_days local_day(WallTime at) {
  return std::chrono::floor<days>(at + kLocalOffset);
}

}  // namespace

std::vector<DailyWindow> parse_window(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto from = time_of_day(text.substr(0, dash));
  const auto until = time_of_day(text.substr(dash + 1));
  if (!from || !until || *from == *until || *from == kDay) return {};
  if (*from < *until) return {{*from, *until}};
  std::vector<DailyWindow> both = {{*from, kDay}};
  if (until->count() > 0) both.push_back({minutes(0), *until});
  return both;
}

ThroughputPlan::ThroughputPlan(std::vector<DailyWindow> windows, std::uint32_t tests_per_day,
                               std::string board)
    : windows_(std::move(windows)), tests_per_day_(tests_per_day), board_(std::move(board)) {
  minutes all{};
  for (const auto& window : windows_) all += window.until - window.from;
  part_seconds_ = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(seconds(all).count()) / std::max<std::uint32_t>(1, tests_per_day_));
}

std::uint64_t ThroughputPlan::draw(std::chrono::sys_days day, std::uint32_t number,
                                   std::uint64_t salt) const {
  return hash_of(board_ + "\n" + std::to_string(day.time_since_epoch().count()) + "\n" +
                 std::to_string(number) + "\n" + std::to_string(salt));
}

WallTime ThroughputPlan::at_offset(std::chrono::sys_days day, std::uint64_t offset) const {
  seconds left(offset);
  for (const auto& window : windows_) {
    const seconds length = window.until - window.from;
    if (left < length || &window == &windows_.back())
      return WallTime(day) - kLocalOffset + window.from + std::min(left, length);
    left -= length;
  }
  return WallTime(day) - kLocalOffset;
}

bool ThroughputPlan::in_window(WallTime at) const {
  const auto of_day = at + kLocalOffset - local_day(at);
  return std::ranges::any_of(
      windows_, [&](const DailyWindow& window) { return of_day >= window.from && of_day < window.until; });
}

WallTime ThroughputPlan::within(WallTime at, WallTime until) const {
  if (at >= until || in_window(at)) return at;
  // Only between windows: to the next one's begin, as far behind it as it would have been behind the last.
  const WallTime midnight = WallTime(local_day(at)) - kLocalOffset;
  for (const auto& window : windows_) {
    if (midnight + window.from > at) return midnight + window.from + (at.time_since_epoch() % kSpread);
  }
  return until;
}

ThroughputPlan::Next ThroughputPlan::next(WallTime now) {
  for (auto day = local_day(now);; day += days(1)) {
    for (std::uint32_t number = 0; number < tests_per_day_; ++number) {
      const Slot slot{day, number};
      // The last moment of a part, not the first one of the window after a break.
      const WallTime until = at_offset(day, (number + 1) * part_seconds_ - 1) + seconds(1);
      if (done_.contains(slot) || until <= now) continue;
      const WallTime drawn = at_offset(day, number * part_seconds_ + draw(day, number, 0) % part_seconds_);
      Next next{slot, drawn, until};
      if (postponed_ && postponed_->first == slot) {
        next.at = postponed_->second;
      } else if (drawn + kLate < now) {
        postpone(next, now, Duration{});
        next.at = postponed_->second;
      }
      next.at = std::max(next.at, now);
      if (next.at < until) return next;
      done(slot);
    }
  }
}

void ThroughputPlan::done(Slot slot) {
  // Of a day that passed nothing is asked any more.
  std::erase_if(done_, [&](const Slot& old) { return old.day < slot.day; });
  done_.insert(slot);
}

void ThroughputPlan::postpone(const Next& next, WallTime now, Duration at_least) {
  const WallTime from = now + std::chrono::ceil<Milliseconds>(at_least);
  const auto left = std::max(std::chrono::floor<seconds>(next.until - from), seconds(0));
  const auto spread = std::max<std::int64_t>(1, std::min(left, kSpread).count());
  const auto later =
      draw(next.slot.day, next.slot.number, ++postponements_) % static_cast<std::uint64_t>(spread);
  postponed_.emplace(next.slot, within(from + seconds(later), next.until));
}

void ThroughputPlan::recall(std::string_view text) {
  if (!text.starts_with(kForm)) return;
  text.remove_prefix(kForm.size());
  std::vector<std::int64_t> numbers;
  while (!text.empty()) {
    text.remove_prefix(1);  // the tab before it
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number < 0 || number > 1'000'000) return;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  }
  done_.clear();
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    done_.insert(
        {std::chrono::sys_days(days(static_cast<int>(numbers[0]))), static_cast<std::uint32_t>(numbers[i])});
  }
}

std::string ThroughputPlan::to_text() const {
  std::string text(kForm);
  if (done_.empty()) return text;
  const auto newest = done_.rbegin()->day;
  text += "\t" + std::to_string(newest.time_since_epoch().count());
  for (const auto& slot : done_) {
    if (slot.day == newest) text += "\t" + std::to_string(slot.number);
  }
  return text;
}

}  // namespace xalink
