#include "agent/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace xalink {
namespace {

// Between the end of a run and the write that it is to go with: a busy board is not exact.
constexpr Duration kGatherMargin = std::chrono::milliseconds(100);

}  // namespace

std::size_t Schedule::add(const Timing& timing, SteadyTime start) {
  assert(timing.interval > Duration::zero());
  Entry entry;
  entry.timing = timing;
  entry.timing.jitter = std::clamp(timing.jitter, Duration::zero(), timing.interval - Duration(1));
  entry.slot = start + timing.phase;
  choose_slot_due(entry);
  choose_due(entry, start);
  entries_.push_back(entry);
  return entries_.size() - 1;
}

bool Schedule::hurry(std::size_t number, std::optional<Duration> every, SteadyTime now) {
  Entry& entry = entries_[number];
  if (entry.hurry == every) return false;
  entry.hurry = every;
  if (entry.running) return false;
  const auto before = entry.due;
  choose_due(entry, now);
  return entry.due != before;
}

void Schedule::set_interval(std::size_t number, Duration interval, SteadyTime now) {
  assert(interval > Duration::zero());
  Entry& entry = entries_[number];
  const Duration before = std::exchange(entry.timing.interval, interval);
  if (before == interval) return;
  const double share = static_cast<double>(interval.count()) / static_cast<double>(before.count());
  const auto jitter = static_cast<Duration::rep>(share * static_cast<double>(entry.timing.jitter.count()));
  entry.timing.jitter = std::clamp(Duration(jitter), Duration::zero(), interval - Duration(1));
  // A run in its slot goes by the new one when it ends; one that never had a slot does not wait longer for
  // it.
  const bool in_slot = entry.running && !entry.extra;
  if (in_slot || !entry.last_begin) return;
  entry.slot = std::max(now, entry.slot - before + interval);
  choose_slot_due(entry);
  if (!entry.running) choose_due(entry, now);
}

bool Schedule::begin(std::size_t number, SteadyTime now) {
  Entry& entry = entries_[number];
  if (entry.running || now < entry.due) return false;
  entry.running = true;
  entry.last_begin = now;
  entry.extra = now < entry.slot;
  entry.answers = std::exchange(entry.asked, false);
  if (entry.extra) return true;
  const auto missed = (now - entry.slot) / entry.timing.interval;
  entry.slot += missed * entry.timing.interval;
  entry.skipped += static_cast<std::uint64_t>(missed);
  return true;
}

void Schedule::end(std::size_t number, SteadyTime now) {
  Entry& entry = entries_[number];
  assert(entry.running);
  entry.running = false;
  entry.lasts = now - *entry.last_begin;
  // A slot that came during an extra run is not lost: it is due at once.
  if (!entry.extra) {
    const auto passed = std::max<std::int64_t>(0, (now - entry.slot) / entry.timing.interval);
    entry.slot += (passed + 1) * entry.timing.interval;
    entry.skipped += static_cast<std::uint64_t>(passed);
    choose_slot_due(entry);
  }
  choose_due(entry, now);
}

bool Schedule::ask(std::size_t number, SteadyTime now) {
  Entry& entry = entries_[number];
  if (entry.running) return false;
  entry.asked = true;
  entry.due = std::min(entry.due, now);
  return true;
}

void Schedule::choose_slot_due(Entry& entry) {
  std::uniform_int_distribution<std::int64_t> later(0, entry.timing.jitter.count());
  entry.slot_due = entry.slot + Duration(later(random_));
  gather(entry);
}

void Schedule::gather(Entry& entry) const {
  if (!gather_by_) return;
  const auto latest = *gather_by_ - entry.lasts - entry.lasts / 8 - kGatherMargin;
  if (latest < entry.slot || entry.slot_due <= latest) return;
  // Still spread over the time that is left: probes that run together measure each other's traffic.
  const auto jitter = std::max(entry.timing.jitter, entry.slot_due - entry.slot);
  const double share =
      static_cast<double>((entry.slot_due - entry.slot).count()) / static_cast<double>(jitter.count());
  const auto room = static_cast<double>((latest - entry.slot).count());
  entry.slot_due = entry.slot + Duration(static_cast<Duration::rep>(share * room));
}

bool Schedule::gather_by(SteadyTime by) {
  gather_by_ = by;
  bool changed = false;
  for (auto& entry : entries_) {
    if (entry.running) continue;
    const auto before = entry.slot_due;
    gather(entry);
    // Never later than it was: whatever else made it due still does.
    if (entry.slot_due == before) continue;
    entry.due = std::min(entry.due, entry.slot_due);
    changed = true;
  }
  return changed;
}

void Schedule::choose_due(Entry& entry, SteadyTime now) {
  entry.due = entry.asked ? now : entry.slot_due;
  if (!entry.hurry || !entry.last_begin) return;
  // What a province misses together it must not ask for together.
  const auto most = std::min<std::int64_t>(entry.timing.jitter.count(), entry.hurry->count() / 10);
  std::uniform_int_distribution<std::int64_t> later(0, most);
  const auto soon = std::max(now, *entry.last_begin + *entry.hurry + Duration(later(random_)));
  entry.due = std::min(entry.due, soon);
}

}  // namespace xalink
