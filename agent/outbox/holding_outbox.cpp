#include "agent/outbox/holding_outbox.hpp"

#include <algorithm>
#include <utility>

namespace xalink {
namespace {

// What the smallest outbox takes in one append, with room to spare.
constexpr std::size_t kMostHeld = 500;

using LaneRows = std::array<RowId, kLaneCount>;
constexpr auto kMeasurements = index(Lane::measurements);

bool events_only(const std::vector<Pending>& records) {
  return std::all_of(records.begin(), records.end(),
                     [](const Pending& pending) { return pending.schema.lane == Lane::events; });
}

}  // namespace

std::size_t HoldingOutbox::unacknowledged() const {
  if (held_.empty()) return 0;
  return static_cast<std::size_t>(last() - std::max(since_.acknowledged, since_.last));
}

Result<LaneRows> HoldingOutbox::hold(std::vector<Pending> measurements) {
  if (auto followed = follow_renewal(); !followed) return Unexpected(followed.error());
  if (held_.size() + measurements.size() > kMostHeld) return failure("", "too many rows are held");
  for (const auto& pending : measurements) {
    const bool fits = pending.record.values.size() == pending.schema.columns.size();
    if (pending.schema.lane != Lane::measurements || !fits) return failure("", "no measurement to be held");
  }
  const auto on_disk = inner_->append({});  // opens an outbox that is waited for
  if (!on_disk) return Unexpected(on_disk.error());
  if (auto followed = follow_renewal(); !followed) return Unexpected(followed.error());
  if (held_.empty()) since_ = HeldSince{inner_->epoch(), (*on_disk)[kMeasurements], 0, 0};
  std::move(measurements.begin(), measurements.end(), std::back_inserter(held_));
  return with_held(*on_disk);
}

Result<LaneRows> HoldingOutbox::keep() {
  return append_behind_held({}, std::nullopt);
}

Result<LaneRows> HoldingOutbox::append_behind_held(const std::vector<Pending>& records,
                                                   const std::optional<OutboxNote>& note) {
  // A damaged outbox that is replaced by this very append refuses it once.
  for (int attempt = 0;; ++attempt) {
    if (auto followed = follow_renewal(); !followed) return Unexpected(followed.error());
    if (held_.empty()) {
      return note ? inner_->append_with_note(records, note->key, note->value) : inner_->append(records);
    }
    auto all = held_;
    all.insert(all.end(), records.begin(), records.end());
    auto kept = inner_->append_held(all, since_, note);
    if (kept) {
      held_.clear();
      return kept;
    }
    if (inner_->epoch() == since_.epoch || attempt > 0) return kept;
  }
}

/// The outbox was damaged and begun anew. Rows that were sent under the old epoch may be at the gateway; sent
/// once more, under other ids, they would be there twice. They are given up and counted, all but those that
/// the gateway has confirmed. What never left the board goes on.
Result<void> HoldingOutbox::follow_renewal() {
  if (held_.empty() || inner_->epoch() == since_.epoch) return {};
  const auto sent = static_cast<std::size_t>(std::max(since_.sent, since_.last) - since_.last);
  const auto acknowledged =
      static_cast<std::size_t>(std::max(since_.acknowledged, since_.last) - since_.last);
  if (sent > acknowledged) {
    if (auto counted = inner_->count_dropped(sent - acknowledged); !counted) return counted;
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(std::min(sent, held_.size())));
  if (held_.empty()) return {};
  const auto depth = inner_->depth(Lane::measurements);
  if (!depth) return Unexpected(depth.error());
  since_ = HeldSince{inner_->epoch(), depth->last, 0, 0};
  return {};
}

Result<LaneRows> HoldingOutbox::with_held(Result<LaneRows> last_rows) const {
  if (last_rows && !held_.empty()) (*last_rows)[kMeasurements] = last();
  return last_rows;
}

Result<void> HoldingOutbox::begin_epoch(const std::string& of) {
  if (auto kept = keep(); !kept) return Unexpected(kept.error());
  return inner_->begin_epoch(of);
}

Result<LaneRows> HoldingOutbox::append(const std::vector<Pending>& records) {
  return append_with(records, std::nullopt);
}

Result<LaneRows> HoldingOutbox::append_with_note(const std::vector<Pending>& records, const std::string& key,
                                                 const std::string& value) {
  return append_with(records, OutboxNote{key, value});
}

Result<LaneRows> HoldingOutbox::append_with(const std::vector<Pending>& records,
                                            const std::optional<OutboxNote>& note) {
  if (!held_.empty() && held_.size() + records.size() > kMostHeld) {
    if (auto kept = keep(); !kept) return kept;
  }
  auto appended = append_behind_held(records, note);
  // Events have room where measurements have none, and need not wait for them.
  if (appended || records.empty() || held_.empty() || !events_only(records)) return appended;
  return with_held(note ? inner_->append_with_note(records, note->key, note->value)
                        : inner_->append(records));
}

Result<Told> HoldingOutbox::append_news(const std::vector<Telling>& tellings, const std::string& key,
                                        const std::string& value, NoteWhen when,
                                        const std::string& remembered, const std::vector<Pending>& company) {
  if (!held_.empty() && !company.empty()) {
    if (auto kept = keep(); !kept) return Unexpected(kept.error());
  }
  auto told = inner_->append_news(tellings, key, value, when, remembered, company);
  if (told && !held_.empty()) told->last[kMeasurements] = last();
  return told;
}

Result<Batch> HoldingOutbox::read(Lane lane, RowId first, std::size_t max_items) {
  if (auto followed = follow_renewal(); !followed) return Unexpected(followed.error());
  if (lane != Lane::measurements || held_.empty() || first <= since_.last) {
    return inner_->read(lane, first, max_items);
  }
  Batch batch;
  batch.epoch = since_.epoch;
  batch.lane = lane;
  for (RowId row = first; row <= last() && batch.items.size() < max_items; ++row) {
    const auto& pending = held_[static_cast<std::size_t>(row - since_.last - 1)];
    auto known = std::find(batch.schemas.begin(), batch.schemas.end(), pending.schema);
    if (known == batch.schemas.end()) known = batch.schemas.insert(known, pending.schema);
    const auto number = static_cast<std::size_t>(known - batch.schemas.begin());
    batch.items.push_back(Batch::Item{number, row, row, pending.record});
  }
  since_.sent = std::max(since_.sent, batch.last());
  return batch;
}

Result<void> HoldingOutbox::acknowledge(Lane lane, RowId mark) {
  if (auto followed = follow_renewal(); !followed) return followed;
  if (lane != Lane::measurements || held_.empty() || mark <= since_.last || mark > last()) {
    return inner_->acknowledge(lane, mark);
  }
  since_.acknowledged = std::max(since_.acknowledged, mark);
  return inner_->acknowledge(lane, since_.last);
}

Result<LaneDepth> HoldingOutbox::depth(Lane lane) {
  if (auto followed = follow_renewal(); !followed) return Unexpected(followed.error());
  auto depth = inner_->depth(lane);
  if (!depth || lane != Lane::measurements || held_.empty()) return depth;
  depth->last = last();
  depth->acknowledged = std::max(depth->acknowledged, since_.acknowledged);
  if (depth->oldest_held == 0) depth->oldest_held = since_.last + 1;
  if (depth->acknowledged >= since_.last) {
    depth->oldest_unacknowledged.reset();
    if (depth->acknowledged < depth->last) {
      const auto& oldest = held_[static_cast<std::size_t>(depth->acknowledged - since_.last)];
      depth->oldest_unacknowledged = oldest.record.stamp.wall;
    }
  }
  return depth;
}

}  // namespace xalink
