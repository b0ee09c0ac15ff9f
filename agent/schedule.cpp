#include "agent/schedule.hpp"

#include <algorithm>
#include <cassert>

namespace xalink {

std::size_t Schedule::add(const Timing& timing, SteadyTime start) {
  assert(timing.interval > Duration::zero());
  Entry entry;
  entry.timing = timing;
  entry.timing.jitter = std::clamp(timing.jitter, Duration::zero(), timing.interval - Duration(1));
  entry.slot = start + timing.phase;
  choose_due(entry);
  entries_.push_back(entry);
  return entries_.size() - 1;
}

bool Schedule::begin(std::size_t number, SteadyTime now) {
  Entry& entry = entries_[number];
  if (entry.running || now < entry.due) return false;
  const auto missed = (now - entry.slot) / entry.timing.interval;
  entry.slot += missed * entry.timing.interval;
  entry.skipped += static_cast<std::uint64_t>(missed);
  entry.running = true;
  return true;
}

void Schedule::end(std::size_t number, SteadyTime now) {
  Entry& entry = entries_[number];
  assert(entry.running);
  entry.running = false;
  const auto passed = std::max<std::int64_t>(0, (now - entry.slot) / entry.timing.interval);
  entry.slot += (passed + 1) * entry.timing.interval;
  entry.skipped += static_cast<std::uint64_t>(passed);
  choose_due(entry);
}

void Schedule::choose_due(Entry& entry) {
  std::uniform_int_distribution<std::int64_t> later(0, entry.timing.jitter.count());
  entry.due = entry.slot + Duration(later(random_));
}

}  // namespace xalink
