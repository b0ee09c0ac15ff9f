#include "gateway/retention.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/meaning/rollup.hpp"
#include "gateway/store/database.hpp"
#include "gateway/store/record_query.hpp"
#include "gateway/store/removed_block.hpp"
#include "gateway/store/rollup_tables.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

using meaning::Hour;
using meaning::HourRollups;
using meaning::RollupBuilder;
using store::StoredRecord;
using store::to_column;
using store::Use;

constexpr int kBusyTimeoutMs = 5'000;
// Of one step: a transaction of some ten milliseconds.
constexpr std::size_t kRowsOfOneStep = 2'000;
// A block is worth its row in the table.
constexpr std::size_t kEnough = 500;
constexpr Milliseconds kWaitForCompany = std::chrono::hours(24);
// A row may tell for how many measurements one less than an hour before it stands (meaning/rollup.hpp).
constexpr BootTime kTellsBack = std::chrono::hours(1);

// The measurements of one outbox.
struct Outbox {
  std::int64_t epoch = 0;
  std::string uuid;
  std::int64_t node_number = 0;
  NodeId node;
  std::int64_t after = 0;      // looked at so far
  std::int64_t rolled_up = 0;  // nothing above this may go
};

constexpr auto kLane = static_cast<std::int64_t>(index(Lane::measurements));

bool has_hour(const StoredRecord& record) {
  return record.quality != ClockQuality::unset;
}

}  // namespace

struct Retention::State {
  State(std::filesystem::path path, std::unique_ptr<SQLite::Database> opened, store::RecordQuery reader)
      : file(std::move(path)),
        database(std::move(opened)),
        records(std::move(reader)),
        tables(*database),
        lanes(*database,
              "SELECT e.id, e.uuid, e.node, n.grp, n.node, coalesce(d.row_id, 0), u.row_id "
              "FROM rolled_up AS u JOIN epoch AS e ON e.id = u.epoch JOIN node AS n ON n.id = e.node "
              "LEFT JOIN removed_up_to AS d ON d.epoch = u.epoch AND d.lane = u.lane "
              "WHERE u.lane = ?1 AND u.row_id > coalesce(d.row_id, 0) AND u.epoch > ?2 ORDER BY u.epoch"),
        first(*database,
              "SELECT received_ms FROM record WHERE epoch = ? AND lane = ? AND row_id > ? ORDER BY row_id "
              "LIMIT 1"),
        enough(*database,
               "SELECT received_ms FROM record WHERE epoch = ? AND lane = ? AND row_id > ? ORDER BY row_id "
               "LIMIT 1 OFFSET ?"),
        block(*database,
              "INSERT INTO removed_block(epoch, lane, last, records, earliest_ms, latest_ms, body) "
              "VALUES(?, ?, ?, ?, ?, ?, ?)"),
        // Rows beside a gap say when it began and ended.
        edges(*database,
              "INSERT OR IGNORE INTO gap_edge(epoch, lane, row_id, wall_ms) "
              "SELECT r.epoch, r.lane, r.row_id, r.wall_ms FROM record AS g INDEXED BY gap "
              "JOIN record AS r ON r.epoch = g.epoch AND r.lane = g.lane "
              "AND r.row_id IN (g.first - 1, g.row_id + 1) "
              "WHERE g.epoch = ?1 AND g.lane = ?2 AND g.row_id BETWEEN ?3 - 1 AND ?4 + 1 + "
              "(SELECT coalesce(max(row_id - first), 0) FROM record INDEXED BY gap WHERE epoch = ?1 "
              "AND lane = ?2 AND first IS NOT NULL) AND g.first IS NOT NULL "
              "AND r.first IS NULL AND r.row_id BETWEEN ?3 AND ?4"),
        remove(
            *database,
            "DELETE FROM record WHERE epoch = ? AND lane = ? AND row_id BETWEEN ? AND ? AND first IS NULL"),
        raise(*database,
              "INSERT INTO removed_up_to(epoch, lane, row_id) VALUES(?, ?, ?) ON CONFLICT(epoch, lane) "
              "DO UPDATE SET row_id = excluded.row_id") {}

  std::filesystem::path file;
  std::unique_ptr<SQLite::Database> database;
  store::RecordQuery records;
  store::RollupTables tables;
  SQLite::Statement lanes;
  SQLite::Statement first;
  SQLite::Statement enough;
  SQLite::Statement block;
  SQLite::Statement edges;
  SQLite::Statement remove;
  SQLite::Statement raise;
  std::int64_t looked_at = 0;  // epochs up to this one had nothing to remove in this round

  [[nodiscard]] std::vector<Outbox> lanes_with_rows() {
    std::vector<Outbox> all;
    const Use each(lanes);
    each->bind(1, kLane);
    each->bind(2, looked_at);
    while (each->executeStep()) {
      Outbox lane;
      lane.epoch = each->getColumn(0).getInt64();
      lane.uuid = each->getColumn(1).getString();
      lane.node_number = each->getColumn(2).getInt64();
      lane.node = NodeId{each->getColumn(3).getString(), each->getColumn(4).getString()};
      lane.after = each->getColumn(5).getInt64();
      lane.rolled_up = each->getColumn(6).getInt64();
      all.push_back(std::move(lane));
    }
    return all;
  }

  // Old rows that make a block worth its row in the table.
  [[nodiscard]] bool has_old_rows(const Outbox& lane, WallTime before) {
    const auto is_before = [&](const Use& found, WallTime time) {
      return found->executeStep() && found->getColumn(0).getInt64() < to_column(time);
    };
    {
      const Use oldest(first);
      oldest->bind(1, lane.epoch);
      oldest->bind(2, kLane);
      oldest->bind(3, lane.after);
      if (is_before(oldest, before - kWaitForCompany)) return true;
    }
    const Use last(enough);
    last->bind(1, lane.epoch);
    last->bind(2, kLane);
    last->bind(3, lane.after);
    last->bind(4, static_cast<std::int64_t>(kEnough) - 1);
    return is_before(last, before);
  }

  // What is to go of a lane, and what has to stay behind it to be asked.
  struct Batch {
    std::map<std::int64_t, Schema> schemas;  // by number; of the records
    std::vector<StoredRecord> go;
    std::vector<StoredRecord> behind;
  };

  [[nodiscard]] Result<Batch> read(const Outbox& lane, WallTime before) {
    Batch batch;
    bool hour_behind = false;
    store::RecordSelection selection;
    selection.group = lane.node.group;
    selection.node = lane.node.node;
    selection.lane = Lane::measurements;
    selection.rows = store::RecordSelection::Rows{lane.uuid, static_cast<RowId>(lane.after + 1),
                                                  static_cast<RowId>(lane.rolled_up)};
    bool going = true;
    const auto done = records.for_each(selection, [&](const StoredRecord& record) {
      going = going && record.received < before && batch.go.size() < kRowsOfOneStep;
      if (!going && batch.go.empty()) return false;
      auto& list = going ? batch.go : batch.behind;
      list.push_back(record);
      list.back().schema = &batch.schemas.try_emplace(record.schema_number, *record.schema).first->second;
      if (going) return true;
      const auto& last = batch.go.back();
      hour_behind = record.boot != last.boot || record.boot_time - last.boot_time >= kTellsBack;
      return !hour_behind;
    });
    if (!done) return Unexpected(done.error());
    if (!hour_behind) keep_last_hour(batch);
    keep_split_hour(batch);
    return batch;
  }

  // What comes next may still tell of them.
  static void keep_last_hour(Batch& batch) {
    if (batch.go.empty()) return;
    const auto& newest = batch.behind.empty() ? batch.go.back() : batch.behind.back();
    const auto boot = newest.boot;
    const auto at = newest.boot_time;
    while (!batch.go.empty() && batch.go.back().boot == boot && at - batch.go.back().boot_time < kTellsBack)
      move_back(batch);
  }

  // An hour that goes in two parts could differ in the last bit of its sum.
  static void keep_split_hour(Batch& batch) {
    if (batch.behind.empty() || !has_hour(batch.behind.front())) return;
    const auto hour = meaning::hour_of(batch.behind.front().time);
    const auto is_of_it = [&](const StoredRecord& record) {
      return has_hour(record) && meaning::hour_of(record.time) == hour;
    };
    if (batch.go.size() >= kRowsOfOneStep && std::ranges::all_of(batch.go, is_of_it)) return;  // no other way
    while (!batch.go.empty() && is_of_it(batch.go.back())) move_back(batch);
  }

  static void move_back(Batch& batch) {
    batch.behind.insert(batch.behind.begin(), std::move(batch.go.back()));
    batch.go.pop_back();
  }

  [[nodiscard]] static std::map<Hour, HourRollups> kept(const Batch& batch, const std::set<Hour>& hours) {
    std::map<Hour, HourRollups> made;
    for (const auto& [begin, final] : meaning::runs_of(hours)) {
      RollupBuilder builder(begin, final);
      for (const auto& record : batch.go) builder.take(record);
      for (const auto& record : batch.behind) builder.take_for_others(record);
      made.merge(builder.finish());
    }
    return made;
  }

  // Of the rows that stay, in the hours of those that go.
  [[nodiscard]] Result<std::map<Hour, HourRollups>> left(const Outbox& lane, const Batch& batch,
                                                         const std::set<Hour>& hours) {
    const auto last = batch.go.back().row;
    std::map<Hour, HourRollups> made;
    for (const auto& [begin, final] : meaning::runs_of(hours)) {
      RollupBuilder builder(begin, final);
      store::RecordSelection selection;
      selection.group = lane.node.group;
      selection.node = lane.node.node;
      selection.lane = Lane::measurements;
      selection.from = meaning::start_of_hour(begin);
      selection.to = meaning::start_of_hour(final + 2);
      const auto done = records.for_each(selection, [&](const StoredRecord& record) {
        if (record.epoch != lane.uuid || record.row > last) builder.take(record);
        return true;
      });
      if (!done) return Unexpected(done.error());
      made.merge(builder.finish());
    }
    return made;
  }

  void write_block(const Outbox& lane, const Batch& batch) {
    store::RemovedBlockWriter writer;
    for (const auto& record : batch.go) writer.add(record, record.schema_number, record.boot_number);
    const auto body = writer.bytes();
    const Use insert(block);
    insert->bind(1, lane.epoch);
    insert->bind(2, kLane);
    insert->bind(3, to_column(writer.last()));
    insert->bind(4, to_column(writer.records()));
    insert->bind(5, to_column(writer.earliest()));
    insert->bind(6, to_column(writer.latest()));
    insert->bindNoCopy(7, body.data(), static_cast<int>(body.size()));
    insert->exec();
  }

  // False: somebody else has changed them meanwhile, and nothing was done.
  [[nodiscard]] Result<bool> remove_batch(const Outbox& lane, const Batch& batch, std::int64_t seen) {
    std::set<Hour> hours;
    for (const auto& record : batch.go) {
      if (has_hour(record)) hours.insert(meaning::hour_of(record.time));
    }
    const auto going = kept(batch, hours);
    const auto staying = left(lane, batch, hours);
    if (!staying) return Unexpected(staying.error());
    const auto last = to_column(batch.go.back().row);

    SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
    if (!tables.is_next_after(seen)) return false;
    write_block(lane, batch);
    {
      const Use keep(edges);
      keep->bind(1, lane.epoch);
      keep->bind(2, kLane);
      keep->bind(3, lane.after + 1);
      keep->bind(4, last);
      keep->exec();
    }
    int removed = 0;
    {
      const Use rows(remove);
      rows->bind(1, lane.epoch);
      rows->bind(2, kLane);
      rows->bind(3, lane.after + 1);
      rows->bind(4, last);
      removed = rows->exec();
    }
    if (static_cast<std::size_t>(removed) != batch.go.size()) {
      return Unexpected(refusal(
          file.string(),
          {"rows to be removed are not those that were read", "các dòng cần xóa không phải các dòng đã đọc"},
          {"Nothing was removed. Keep this message and report it",
           "Chưa xóa gì. Giữ thông báo này và báo lại"}));
    }
    {
      const Use mark(raise);
      mark->bind(1, lane.epoch);
      mark->bind(2, kLane);
      mark->bind(3, last);
      mark->exec();
    }
    if (auto written = tables.keep(lane.node_number, going); !written) return Unexpected(written.error());
    if (auto written = tables.replace(lane.node_number, hours, *staying); !written)
      return Unexpected(written.error());
    transaction.commit();
    return true;
  }

  [[nodiscard]] Result<Step> step(WallTime before) {
    const auto seen = tables.generation();
    for (const auto& lane : lanes_with_rows()) {
      if (has_old_rows(lane, before)) {
        looked_at = lane.epoch;  // one that cannot be read stops no other
        const auto batch = read(lane, before);
        if (!batch) return Unexpected(batch.error());
        if (!batch->go.empty()) {
          const auto done = remove_batch(lane, *batch, seen);
          if (!done) return Unexpected(done.error());
          looked_at = lane.epoch - 1;
          return Step{*done ? batch->go.size() : 0, true};
        }
      }
    }
    looked_at = 0;
    return Step{};
  }
};

Retention::Retention(std::unique_ptr<State> state) : state_(std::move(state)) {}
Retention::Retention(Retention&&) noexcept = default;
Retention& Retention::operator=(Retention&&) noexcept = default;
Retention::~Retention() = default;

Result<Retention> Retention::open(const std::filesystem::path& file) {
  auto records = store::RecordQuery::open(file);  // says what is wrong with the store, where something is
  if (!records) return Unexpected(records.error());
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    // All of a step is in one transaction: what a power cut takes of it is done again.
    database->exec("PRAGMA synchronous = NORMAL");
    return Retention(std::make_unique<State>(file, std::move(database), std::move(*records)));
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(file, error));
  }
}

Result<Retention::Step> Retention::step(WallTime before) {
  try {
    return state_->step(before);
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(state_->file, error));
  }
}

}  // namespace xalink
