#include "gateway/store/records.hpp"

#include <algorithm>
#include <limits>

#include "gateway/store/database.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink::store {
namespace {

// Epochs, boots and shapes of a fleet of thousands fit many times over; a flood of invented ones must not
// fill the memory.
constexpr std::size_t kMostCached = 100'000;

constexpr RowId kHighestRow = static_cast<RowId>(std::numeric_limits<std::int64_t>::max());
constexpr std::int64_t kRowsOfSpan = 512;   // as schema_7.sql has it
constexpr std::size_t kGapCountColumn = 2;  // First, Last, Count, Reason

bool is_gap(const Schema& schema) {
  return schema.device == kBacklogDevice && schema.group == "Gap";
}

bool is_sound(const Batch& batch, const Batch::Item& item) {
  return item.schema < batch.schemas.size() && item.first >= 1 && item.first <= item.last &&
         item.last <= kHighestRow && item.record.values.size() == batch.schemas[item.schema].columns.size();
}

std::uint64_t gap_count(const Record& record) {
  if (record.values.size() <= kGapCountColumn) return 0;
  const auto* count = std::get_if<std::uint64_t>(&record.values[kGapCountColumn]);
  return count == nullptr ? 0 : *count;
}

// Positions of insert_record_'s parameters.
enum RecordColumn : int {
  kEpoch = 1,
  kLane,
  kRowId,
  kFirst,
  kSchema,
  kBoot,
  kBootMs,
  kWallMs,
  kQuality,
  kReceivedMs,
  kBody
};

}  // namespace

Records::Records(SQLite::Database& database)
    : database_(database),
      insert_record_(
          database,
          "INSERT INTO record(epoch, lane, row_id, first, schema, boot, boot_ms, wall_ms, quality, "
          "received_ms, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      find_epoch_(database, "SELECT id FROM epoch WHERE node = ? AND uuid = ?"),
      insert_epoch_(database, "INSERT INTO epoch(node, uuid, first_seen_ms) VALUES(?, ?, ?)"),
      find_schema_(database, "SELECT id FROM schema WHERE device = ? AND grp = ? AND columns = ?"),
      insert_schema_(database, "INSERT INTO schema(device, grp, columns) VALUES(?, ?, ?)"),
      find_boot_(database, "SELECT id FROM boot WHERE uuid = ?"),
      insert_boot_(database, "INSERT INTO boot(uuid) VALUES(?)"),
      find_mark_(database,
                 "SELECT row_id, records, given_up, last_wall_ms, last_quality, last_received_ms FROM mark "
                 "WHERE epoch = ? AND lane = ?"),
      write_mark_(
          database,
          "INSERT INTO mark(epoch, lane, row_id, records, given_up, last_wall_ms, last_quality, "
          "last_received_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT(epoch, lane) DO UPDATE SET row_id = excluded.row_id, records = excluded.records, "
          "given_up = excluded.given_up, last_wall_ms = excluded.last_wall_ms, "
          "last_quality = excluded.last_quality, last_received_ms = excluded.last_received_ms"),
      widen_span_(database,
                  "INSERT INTO record_span(epoch, lane, part, earliest_ms, latest_ms) VALUES(?, ?, ?, ?, ?) "
                  "ON CONFLICT(epoch, lane, part) DO UPDATE SET earliest_ms = min(earliest_ms, "
                  "excluded.earliest_ms), "
                  "latest_ms = max(latest_ms, excluded.latest_ms)"),
      insert_continuation_(
          database, "INSERT OR IGNORE INTO continuation(epoch, predecessor, lane, last) VALUES(?, ?, ?, ?)"),
      all_continuations_(database, "SELECT epoch, predecessor, lane, last FROM continuation"),
      boot_clocks_(database) {}

std::int64_t Records::epoch_number(std::int64_t node, const std::string& uuid, WallTime at) {
  auto key = std::make_pair(node, uuid);
  if (const auto found = epochs_.find(key); found != epochs_.end()) return found->second;
  std::int64_t number = 0;
  {
    const Use find(find_epoch_);
    find->bind(1, node);
    find->bindNoCopy(2, uuid);
    if (find->executeStep()) number = find->getColumn(0).getInt64();
  }
  if (number == 0) {
    const Use insert(insert_epoch_);
    insert->bind(1, node);
    insert->bindNoCopy(2, uuid);
    insert->bind(3, to_column(at));
    insert->exec();
    number = database_.getLastInsertRowid();
  }
  epochs_.emplace(std::move(key), number);
  return number;
}

void Records::continue_from(std::int64_t node, std::int64_t epoch,
                            const std::vector<Predecessor>& predecessors, WallTime at) {
  for (const auto& predecessor : predecessors) {
    const auto number = epoch_number(node, predecessor.epoch, at);
    if (number == epoch) continue;
    for (const Lane lane : kLanes) {
      const Use insert(insert_continuation_);
      insert->bind(1, epoch);
      insert->bind(2, number);
      insert->bind(3, static_cast<std::int64_t>(index(lane)));
      insert->bind(4, to_column(std::min(predecessor.last[index(lane)], kHighestRow)));
      twins_loaded_ = insert->exec() == 0 && twins_loaded_;
    }
  }
  for (const Lane lane : kLanes) (void)raised_state(epoch, lane, at);
}

void Records::load_twins() {
  twins_.clear();
  const Use all(all_continuations_);
  while (all->executeStep()) {
    const auto epoch = all->getColumn(0).getInt64();
    const auto predecessor = all->getColumn(1).getInt64();
    const auto lane = static_cast<Lane>(all->getColumn(2).getInt() % static_cast<int>(kLaneCount));
    const auto last = static_cast<RowId>(all->getColumn(3).getInt64());
    // Both ways: rows of the old outbox may come by hand when those of the new one are here already.
    twins_[{epoch, lane}].push_back(Twin{predecessor, last});
    twins_[{predecessor, lane}].push_back(Twin{epoch, last});
  }
  twins_loaded_ = true;
}

Records::LaneState& Records::raised_state(std::int64_t epoch, Lane lane, WallTime at) {
  if (!twins_loaded_) load_twins();
  auto& own = state(epoch, lane);
  const auto twins = twins_.find({epoch, lane});
  if (twins == twins_.end()) return own;
  for (const auto& twin : twins->second) {
    const auto held = std::min(state(twin.epoch, lane).row_id, twin.last);
    if (held <= own.row_id) continue;
    own.row_id = held;
    own.last_received_ms = to_column(at);
    own.raised = true;
  }
  return own;
}

bool Records::take(std::int64_t node, std::int64_t epoch, const Batch& batch, WallTime at,
                   ClockQuality host_clock) {
  const RowId before = raised_state(epoch, batch.lane, at).row_id;
  taking_epoch_ = epoch;
  taking_heard_ = host_clock == ClockQuality::synchronised ? std::optional(at) : std::nullopt;
  const bool whole = take_rows(epoch, batch, at);
  learn_of_boots(node, batch, before, state(epoch, batch.lane).row_id);
  return whole;
}

// What a board states of its boots' time, from the rows that are new: the same statement again is no news,
// and an older one must not take the place of a newer one.
void Records::learn_of_boots(std::int64_t node, const Batch& batch, RowId after, RowId up_to) {
  const auto ours = boot_clock_schema();
  for (const auto& item : batch.items) {
    if (item.first <= after || item.last > up_to || item.first != item.last) continue;
    const auto& schema = batch.schemas[item.schema];
    if (schema.device != ours.device || schema.group != ours.group) continue;
    const auto clock = read_boot_clock(schema, item.record);
    // One that makes no sense stays a record like others, for whoever wants to see it.
    if (clock && *clock) boot_clocks_.learn(node, boot_number((*clock)->boot_id), **clock);
  }
}

bool Records::take_rows(std::int64_t epoch, const Batch& batch, WallTime at) {
  auto& lane = state(epoch, batch.lane);
  batch_schemas_.assign(batch.schemas.size(), 0);
  // Bindings outlive reset(): what a batch shares is bound once.
  insert_record_.bind(kEpoch, epoch);
  insert_record_.bind(kLane, static_cast<std::int64_t>(index(batch.lane)));
  insert_record_.bind(kReceivedMs, to_column(at));
  for (const auto& item : batch.items) {
    if (!is_sound(batch, item)) return false;
    if (item.last <= lane.row_id) continue;
    if (item.first > lane.row_id + 1) return false;
    const auto& schema = batch.schemas[item.schema];
    auto& schema_id = batch_schemas_[item.schema];
    if (schema_id == 0) schema_id = schema_number(schema);
    insert(lane, item, schema, schema_id);
    lane.last_received_ms = to_column(at);
  }
  return true;
}

void Records::insert(LaneState& lane, const Batch::Item& item, const Schema& schema, std::int64_t schema_id) {
  const auto& stamp = item.record.stamp;
  const bool gap = is_gap(schema) || item.first < item.last;
  const RowId first = lane.row_id + 1;  // the part of a gap that is below the mark is covered already
  pack_into(body_, schema.columns, item.record.values);
  const std::int64_t boot = boot_number(stamp.boot_id);

  const Use row(insert_record_);
  row->bind(kRowId, to_column(item.last));
  if (gap) {
    row->bind(kFirst, to_column(first));
  } else {
    row->bind(kFirst);
  }
  row->bind(kSchema, schema_id);
  row->bind(kBoot, boot);
  row->bind(kBootMs, std::int64_t{stamp.boot_time.count()});
  row->bind(kWallMs, to_column(stamp.wall));
  row->bind(kQuality, static_cast<std::int64_t>(stamp.quality));
  row->bindNoCopy(kBody, body_.data(), static_cast<int>(body_.size()));
  row->exec();

  if (gap) {
    lane.given_up += std::min(gap_count(item.record), item.last - lane.row_id);
  } else {
    ++lane.records;
    boot_clocks_.count(taking_epoch_, boot, stamp, taking_heard_);
    if (stamp.quality != ClockQuality::unset) span(lane, to_column(item.last), to_column(stamp.wall));
    lane.last_wall_ms = to_column(stamp.wall);
    lane.last_quality = static_cast<std::int64_t>(stamp.quality);
  }
  lane.row_id = item.last;
  lane.raised = true;
}

void Records::span(LaneState& lane, std::int64_t row, std::int64_t wall_ms) {
  const auto part = row / kRowsOfSpan;
  if (lane.spans.empty() || lane.spans.back().part != part) lane.spans.push_back({part, wall_ms, wall_ms});
  auto& last = lane.spans.back();
  last.earliest_ms = std::min(last.earliest_ms, wall_ms);
  last.latest_ms = std::max(last.latest_ms, wall_ms);
}

Records::LaneState& Records::state(std::int64_t epoch, Lane lane) {
  const auto key = std::make_pair(epoch, lane);
  if (const auto found = lanes_.find(key); found != lanes_.end()) return found->second;
  LaneState loaded;
  const Use find(find_mark_);
  find->bind(1, epoch);
  find->bind(2, static_cast<std::int64_t>(index(lane)));
  if (find->executeStep()) {
    loaded.row_id = static_cast<RowId>(find->getColumn(0).getInt64());
    loaded.records = static_cast<std::uint64_t>(find->getColumn(1).getInt64());
    loaded.given_up = static_cast<std::uint64_t>(find->getColumn(2).getInt64());
    loaded.last_wall_ms = find->getColumn(3).getInt64();
    loaded.last_quality = find->getColumn(4).getInt64();
    loaded.last_received_ms = find->getColumn(5).getInt64();
  }
  return lanes_.emplace(key, loaded).first->second;
}

std::int64_t Records::schema_number(const Schema& schema) {
  const auto columns = pack_columns(schema.columns);
  // NUL cannot stand in a Sparkplug id or metric name that passed the decoder, and a packed list of
  // columns is last: no two shapes make the same key.
  auto key = schema.device + '\0' + schema.group + '\0' + columns;
  if (const auto found = schemas_.find(key); found != schemas_.end()) return found->second;
  const auto bind = [&](const Use& use) {
    use->bindNoCopy(1, schema.device);
    use->bindNoCopy(2, schema.group);
    use->bindNoCopy(3, columns.data(), static_cast<int>(columns.size()));
  };
  std::int64_t number = 0;
  {
    const Use find(find_schema_);
    bind(find);
    if (find->executeStep()) number = find->getColumn(0).getInt64();
  }
  if (number == 0) {
    const Use insert(insert_schema_);
    bind(insert);
    insert->exec();
    number = database_.getLastInsertRowid();
  }
  schemas_.emplace(std::move(key), number);
  return number;
}

std::int64_t Records::boot_number(const std::string& uuid) {
  if (last_boot_number_ != 0 && last_boot_ == uuid) return last_boot_number_;
  auto found = boots_.find(uuid);
  if (found == boots_.end()) {
    std::int64_t number = 0;
    {
      const Use find(find_boot_);
      find->bindNoCopy(1, uuid);
      if (find->executeStep()) number = find->getColumn(0).getInt64();
    }
    if (number == 0) {
      const Use insert(insert_boot_);
      insert->bindNoCopy(1, uuid);
      insert->exec();
      number = database_.getLastInsertRowid();
    }
    found = boots_.emplace(uuid, number).first;
  }
  last_boot_ = uuid;
  last_boot_number_ = found->second;
  return last_boot_number_;
}

void Records::write_marks() {
  for (auto& [key, lane] : lanes_) {
    if (!lane.raised) continue;
    const Use write(write_mark_);
    write->bind(1, key.first);
    write->bind(2, static_cast<std::int64_t>(index(key.second)));
    write->bind(3, to_column(lane.row_id));
    write->bind(4, to_column(lane.records));
    write->bind(5, to_column(lane.given_up));
    write->bind(6, lane.last_wall_ms);
    write->bind(7, lane.last_quality);
    write->bind(8, lane.last_received_ms);
    write->exec();
    for (const auto& span : lane.spans) {
      const Use widen(widen_span_);
      widen->bind(1, key.first);
      widen->bind(2, static_cast<std::int64_t>(index(key.second)));
      widen->bind(3, span.part);
      widen->bind(4, span.earliest_ms);
      widen->bind(5, span.latest_ms);
      widen->exec();
    }
    lane.spans.clear();
    lane.raised = false;
  }
  boot_clocks_.write_counts();
}

void Records::forget_cached() {
  epochs_.clear();
  lanes_.clear();
  twins_.clear();
  twins_loaded_ = false;
  schemas_.clear();
  boots_.clear();
  last_boot_.clear();
  last_boot_number_ = 0;
  boot_clocks_.forget_cached();
}

void Records::bound_caches() {
  if (std::max({epochs_.size(), lanes_.size(), schemas_.size(), boots_.size()}) > kMostCached)
    forget_cached();
}

}  // namespace xalink::store
