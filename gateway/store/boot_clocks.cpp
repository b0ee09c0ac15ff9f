#include "gateway/store/boot_clocks.hpp"

#include "gateway/store/database.hpp"

namespace xalink::store {

BootClocks::BootClocks(SQLite::Database& database)
    : learn_(database,
             "INSERT INTO boot_clock(node, boot, at_ms, offset_ms, earliest_ms, latest_ms, quality) "
             "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(node, boot, at_ms) DO UPDATE SET "
             "offset_ms = excluded.offset_ms, earliest_ms = excluded.earliest_ms, "
             "latest_ms = excluded.latest_ms, quality = excluded.quality"),
      add_(database,
           "INSERT INTO boot_use(epoch, boot, unset, holdover, synchronised, heard_offset_ms, heard_at_ms) "
           "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(epoch, boot) DO UPDATE SET unset = unset + "
           "excluded.unset, "
           "holdover = holdover + excluded.holdover, synchronised = synchronised + excluded.synchronised, "
           "heard_at_ms = iif(excluded.heard_offset_ms < coalesce(heard_offset_ms, 9223372036854775807), "
           "excluded.heard_at_ms, heard_at_ms), "
           "heard_offset_ms = min(coalesce(heard_offset_ms, excluded.heard_offset_ms), "
           "coalesce(excluded.heard_offset_ms, heard_offset_ms))") {}

void BootClocks::learn(std::int64_t node, std::int64_t boot, const BootClock& clock) {
  const Use learn(learn_);
  learn->bind(1, node);
  learn->bind(2, boot);
  learn->bind(3, std::int64_t{clock.at.count()});
  learn->bind(4, std::int64_t{clock.offset.count()});
  learn->bind(5, std::int64_t{clock.bounds.earliest.count()});
  if (clock.bounds.latest) {
    learn->bind(6, std::int64_t{clock.bounds.latest->count()});
  } else {
    learn->bind(6);
  }
  learn->bind(7, static_cast<std::int64_t>(clock.quality));
  learn->exec();
}

void BootClocks::count(std::int64_t epoch, std::int64_t boot, const Stamp& stamp,
                       std::optional<WallTime> heard) {
  const auto key = std::make_pair(epoch, boot);
  if (last_counts_ == nullptr || last_ != key) {
    last_counts_ = &counts_[key];
    last_ = key;
  }
  ++last_counts_->by_quality[static_cast<std::size_t>(stamp.quality)];
  if (!heard) return;
  const std::int64_t offset = (heard->time_since_epoch() - stamp.boot_time).count();
  auto& least = last_counts_->heard_offset_ms;
  if (least && *least <= offset) return;
  least = offset;
  last_counts_->heard_at_ms = stamp.boot_time.count();
}

void BootClocks::write_counts() {
  for (const auto& [key, counts] : counts_) {
    const Use add(add_);
    add->bind(1, key.first);
    add->bind(2, key.second);
    for (int quality = 0; quality < 3; ++quality) {
      add->bind(3 + quality, to_column(counts.by_quality[quality]));
    }
    if (counts.heard_offset_ms) {
      add->bind(6, *counts.heard_offset_ms);
      add->bind(7, counts.heard_at_ms);
    } else {
      add->bind(6);
      add->bind(7);
    }
    add->exec();
  }
  forget_cached();
}

void BootClocks::forget_cached() {
  counts_.clear();
  last_counts_ = nullptr;
}

}  // namespace xalink::store
