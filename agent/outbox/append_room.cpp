#include "agent/outbox/append_room.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/outbox/change_memory.hpp"
#include "agent/outbox/space_plan.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

// How much of the WAL appends leave to transactions of marks or counts.
constexpr std::uint64_t kPagesForOthers = 64;

std::uint64_t written_by(const AppendRoom::Need& need) {
  return need.pages + need.touched + kPagesForOthers;
}

}  // namespace

AppendRoom::AppendRoom(std::filesystem::path file, const OutboxOptions& options, DiskSpace& space,
                       Retention& retention)
    : file_(std::move(file)), options_(options), space_(space), retention_(retention) {}

AppendRoom::Need AppendRoom::need_of(const std::vector<const Pending*>& records, const OutboxNote* note,
                                     std::size_t tellings) {
  constexpr std::uint64_t kAlways = 24;  // tails, positions and what is above them
  Need need;
  need.events = note != nullptr;
  const auto usable = space_.plan().page_bytes - 40;
  std::uint64_t bytes = 0;
  for (const Pending* pending : records) {
    const auto& [schema, record] = *pending;
    (schema.lane == Lane::events ? need.events : need.measurements) = true;
    pack_into(body_, schema.columns, record.values);
    bytes += row_bytes(body_.size());
    if (body_.size() > usable / 2) bytes += usable;  // ends in a page of its own
  }
  if (note != nullptr) bytes += 2 * (note->key.size() + note->value.size()) + usable;
  need.pages = bytes * 21 / 20 / usable + tellings / 6 + kAlways;
  // Digests lie anywhere in their table.
  const auto table = ChangeMemory::subjects_for(options_.max_bytes) / 6;
  need.touched = std::min<std::uint64_t>(tellings + tellings / 4 + 8, table);
  if (tellings == 0) need.touched = 0;
  return need;
}

void AppendRoom::refuse_too_large(const Need& need) const {
  const auto pages = written_by(need);
  const auto& plan = space_.plan();
  if (pages > plan.transaction_pages) {
    throw NoRoom(Error{file_.string(),
                       "an append of " + std::to_string(pages * plan.page_bytes / 1024) +
                           " KiB is too large for an outbox of this size, which takes " +
                           std::to_string(plan.transaction_pages * plan.page_bytes / 1024) + " KiB at a time",
                       "Raise [outbox] max_bytes, or deliver in smaller pieces"});
  }
}

std::uint64_t AppendRoom::limit_of(const Need& need) const {
  return need.events ? space_.plan().event_pages : space_.plan().measurement_pages;
}

bool AppendRoom::has(const Need& need) {
  return space_.used_pages() + need.pages <= limit_of(need);
}

bool AppendRoom::make(const Need& need, const Horizon& horizon) {
  const auto limit = limit_of(need);
  const auto headroom = space_.plan().headroom_pages;
  if (has(need)) {
    // One step may free more than the headroom: that alone is no end of the pressure.
    const auto step = space_.plan().step_bytes / space_.plan().page_bytes;
    if (space_.used_pages() + need.pages + headroom + 2 * step < space_.plan().measurement_pages) {
      pressure_ = OutboxSpace::Pressure::none;
    }
    return true;
  }
  while (space_.used_pages() + need.pages + headroom > limit) {
    const auto step = retention_.free_some(horizon);
    if (step == Retention::Step::nothing) break;
    pressure_ = step == Retention::Step::spares    ? OutboxSpace::Pressure::spares_go
                : step == Retention::Step::thinned ? OutboxSpace::Pressure::thinning
                                                   : OutboxSpace::Pressure::dropping;
  }
  if (has(need)) return true;
  pressure_ = OutboxSpace::Pressure::events_refused;
  if (!need.events) return false;
  throw NoRoom(Error{file_.string(),
                     "the outbox is full of events that the gateway has not confirmed, and none of them may "
                     "be given up; sources keep what is new",
                     "Bring the board and the gateway together, or carry the events there "
                     "(xalink-agent export), or raise [outbox] max_bytes"});
}

void AppendRoom::prepare(const Need& need) {
  space_.prepare(written_by(need));
}

void AppendRoom::forget_aged(const std::vector<Pending>& records, const Horizon& horizon) {
  constexpr auto kNotBefore = std::chrono::hours(1);
  if (records.empty()) return;
  const auto& stamp = records.back().record.stamp;
  if (stamp.quality != ClockQuality::synchronised) return;
  if (aged_at_ && stamp.wall >= *aged_at_ && stamp.wall - *aged_at_ < kNotBefore) return;
  aged_at_ = stamp.wall;
  retention_.forget_before(stamp.wall - options_.max_age, horizon);
}

}  // namespace xalink
