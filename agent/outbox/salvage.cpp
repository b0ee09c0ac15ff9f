#include "agent/outbox/salvage.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "agent/outbox/change_memory.hpp"
#include "agent/outbox/database_error.hpp"
#include "agent/outbox/lane_table.hpp"
#include "agent/outbox/outbox_file.hpp"
#include "agent/outbox/page_reader.hpp"
#include "agent/outbox/row_id_doubt.hpp"
#include "agent/outbox/row_seal.hpp"
#include "agent/outbox/salvaged_tables.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

/// Where a lane stood, as far as it can be told.
struct Standing {
  RowId last = 0;
  RowId acknowledged = 0;
};

void bind_bytes(SQLite::Statement& statement, int place, std::string_view bytes) {
  statement.bindNoCopy(place, bytes.data(), static_cast<int>(bytes.size()));
}

/// The rows of one lane on their way into the new outbox.
class LaneRescue {
 public:
  LaneRescue(SQLite::Database& database, Lane lane)
      : database_(database),
        lane_(lane),
        table_("lane_" + std::to_string(index(lane))),
        insert_(database, "INSERT OR IGNORE INTO " + table_ +
                              "(row_id, first, schema, boot, boot_ms, wall_ms, quality, body, seal) "
                              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

  void take(const LaneRow& row, std::optional<std::int64_t> seal) {
    insert_.bind(1, static_cast<std::int64_t>(row.row_id));
    row.first == row.row_id ? insert_.bind(2) : insert_.bind(2, static_cast<std::int64_t>(row.first));
    row.schema ? insert_.bind(3, *row.schema) : insert_.bind(3);
    insert_.bind(4, row.boot);
    insert_.bind(5, std::int64_t{row.boot_time.count()});
    insert_.bind(6, std::int64_t{row.wall.time_since_epoch().count()});
    insert_.bind(7, static_cast<std::int32_t>(row.quality));
    insert_.bind(8, row.body.data(), static_cast<int>(row.body.size()));
    seal ? insert_.bind(9, *seal) : insert_.bind(9);
    insert_.exec();
    insert_.reset();
    if (row.first < row.row_id) ranges_.emplace_back(row.first, row.row_id);
  }

  /// Rows that stand in a later summary or gap, found on pages that were given up since.
  void drop_covered() {
    SQLite::Statement drop(database_, "DELETE FROM " + table_ + " WHERE row_id >= ? AND row_id < ?");
    for (const auto& [first, last] : ranges_) {
      drop.bind(1, static_cast<std::int64_t>(first));
      drop.bind(2, static_cast<std::int64_t>(last));
      drop.exec();
      drop.reset();
    }
  }

  /// Makes gaps of what is missing above the mark, drops what lies behind a hole below it; counts both.
  void close(Standing& standing, std::int64_t boot, std::uint64_t& salvaged, std::uint64_t& lost) {
    drop_covered();
    std::vector<std::pair<RowId, RowId>> holes;
    RowId next = 0;
    LaneRow stamp;  // of the row behind the hole
    std::vector<LaneRow> stamps;
    {
      SQLite::Statement rows(database_,
                             "SELECT row_id, coalesce(first, row_id), boot, boot_ms, wall_ms, quality "
                             "FROM " +
                                 table_ + " ORDER BY row_id");
      while (rows.executeStep()) {
        const auto row = static_cast<RowId>(rows.getColumn(0).getInt64());
        const auto first = static_cast<RowId>(rows.getColumn(1).getInt64());
        stamp.boot = rows.getColumn(2).getInt64();
        stamp.boot_time = BootTime(rows.getColumn(3).getInt64());
        stamp.wall = WallTime(Milliseconds(rows.getColumn(4).getInt64()));
        stamp.quality = static_cast<ClockQuality>(std::clamp(rows.getColumn(5).getInt(), 0, 2));
        // Below the first row: forgotten long ago when it is acknowledged or nobody knows the mark.
        const bool begins = next == 0 && standing.acknowledged == 0;
        const RowId expected = next == 0 ? standing.acknowledged + 1 : next;
        if (!begins && first > expected) {
          holes.emplace_back(expected, first - 1);
          stamps.push_back(stamp);
        }
        next = std::max(next, row + 1);
      }
    }
    if (next > 0) standing.last = std::max(standing.last, next - 1);
    const RowId expected = std::max<RowId>(next, standing.acknowledged + 1);
    if (standing.last >= expected) {
      holes.emplace_back(expected, standing.last);
      stamps.push_back(stamp);
    }
    for (std::size_t i = 0; i < holes.size(); ++i) {
      auto [first, last] = holes[i];
      if (last <= standing.acknowledged) {
        // Spares must be without holes; the ones behind this one go.
        database_.exec("DELETE FROM " + table_ + " WHERE row_id <= " + std::to_string(last));
        continue;
      }
      if (first <= standing.acknowledged) {
        database_.exec("DELETE FROM " + table_ + " WHERE row_id < " + std::to_string(first));
        first = standing.acknowledged + 1;
      }
      put_gap(first, last, stamps[i], boot);
      lost += last - first + 1;
    }
    salvaged = static_cast<std::uint64_t>(
        database_.execAndGet("SELECT count(*) FROM " + table_ + " WHERE schema IS NOT NULL").getInt64());
  }

 private:
  void put_gap(RowId first, RowId last, const LaneRow& stamp, std::int64_t boot) {
    const auto gap = make_gap(0, first, last, last - first + 1, std::string(given_up::kDamaged), Stamp{});
    const auto body = pack(gap_schema(lane_).columns, gap.record.values);
    LaneRow row = stamp;
    row.row_id = last;
    row.first = first;
    row.schema.reset();
    if (row.boot == 0) row.boot = boot;
    row.body = body;
    take(row, seal_of(row));
  }

  SQLite::Database& database_;
  Lane lane_;
  std::string table_;
  SQLite::Statement insert_;
  std::vector<std::pair<RowId, RowId>> ranges_;
};

class Rescue {
 public:
  Rescue(const std::filesystem::path& damaged, SQLite::Database& database)
      : pages_(damaged),
        old_(read_tables(pages_)),
        database_(database),
        lanes_{LaneRescue(database, Lane::events), LaneRescue(database, Lane::measurements)} {}

  void run(Salvage& salvage) {
    take_doubt();
    put_tables();
    pages_.read(PageReader::Leaves::tables, [this](const std::vector<LeafRow>& rows) { take_leaf(rows); });
    const auto boot = newest_boot();
    for (const Lane lane : kLanes) {
      const auto i = index(lane);
      standing_[i] = Standing{old_.last[i].value_or(0), old_.acknowledged[i].value_or(0)};
      if (old_.last[i]) standing_[i].acknowledged = std::min(standing_[i].acknowledged, *old_.last[i]);
      lanes_[i].close(standing_[i], boot, salvage.salvaged[i], salvage.lost[i]);
      put_position(lane, "last", standing_[i].last);
      put_position(lane, "acknowledged", std::min(standing_[i].acknowledged, standing_[i].last));
      put_position(lane, "sent", standing_[i].last);
      add_given_up(lane, salvage.lost[i]);
    }
    put_newest();
    put_predecessors();
    salvage.old_epoch = old_.epoch;
    salvage.bdseq_known = !old_.epoch.empty() && !pages_.wal_damaged();
    put_bdseq(salvage.bdseq_known);
  }

 private:
  /// Of the old epoch's row ids; the new one has none to doubt.
  void take_doubt() {
    const auto note = old_.notes.find(std::string(kSureRowsNote));
    if (note == old_.notes.end()) return;
    sure_ = decode_sure_rows(note->second);
    old_.notes.erase(note);
  }

  /// Up to which row the old epoch is the same as the new one. A mark above the sure rows says that the doubt
  /// was over when it came, and that the note is of a page that was not in use any more.
  [[nodiscard]] RowId same_up_to(Lane lane) const {
    const auto i = index(lane);
    const bool doubtful = sure_ && (*sure_)[i] >= standing_[i].acknowledged;
    return doubtful ? std::min((*sure_)[i], standing_[i].last) : standing_[i].last;
  }

  void put_tables() {
    SQLite::Statement schema(database_,
                             "INSERT OR IGNORE INTO schema(id, device, metric_group, lane, columns, seal) "
                             "VALUES (?, ?, ?, ?, ?, ?)");
    for (const auto& [number, known] : old_.schemas) {
      const auto columns = pack_columns(known.columns);
      schema.bind(1, number);
      schema.bind(2, known.device);
      schema.bind(3, known.group);
      schema.bind(4, static_cast<std::int64_t>(index(known.lane)));
      bind_bytes(schema, 5, columns);
      schema.bind(6, static_cast<std::int32_t>(seal_of(number, known)));
      schema.exec();
      schema.reset();
    }
    for (const auto& [number, boot] : old_.boots) put_boot(number, boot);
    SQLite::Statement note(database_, "INSERT OR REPLACE INTO note(key, value) VALUES (?, ?)");
    for (const auto& [key, value] : old_.notes) {
      note.bind(1, key);
      note.bind(2, value);
      note.exec();
      note.reset();
    }
    SQLite::Statement given_up(database_,
                               "INSERT OR REPLACE INTO given_up(lane, reason, records) VALUES (?, ?, ?)");
    for (const auto& [place, records] : old_.given_up) {
      given_up.bind(1, static_cast<std::int64_t>(index(place.first)));
      given_up.bind(2, place.second);
      given_up.bind(3, records);
      given_up.exec();
      given_up.reset();
    }
    put_memory();
  }

  void put_memory() {
    if (old_.said.empty()) return;
    database_.exec(kChangeMemoryTable);
    SQLite::Statement said(database_, "INSERT OR IGNORE INTO said(subject, contents) VALUES (?, ?)");
    for (const auto& [subject, contents] : old_.said) {
      bind_bytes(said, 1, subject);
      bind_bytes(said, 2, contents);
      said.exec();
      said.reset();
    }
  }

  void put_boot(std::int64_t number, const SalvagedTables::Boot& boot) {
    SQLite::Statement insert(database_,
                             "INSERT OR IGNORE INTO boot(id, boot_id, boot_ms, wall_ms, quality) "
                             "VALUES (?, ?, ?, ?, ?)");
    insert.bind(1, number);
    insert.bind(2, boot.boot_id);
    insert.bind(3, boot.boot_ms);
    insert.bind(4, boot.wall_ms);
    insert.bind(5, boot.quality);
    insert.exec();
  }

  /// All rows of a leaf are of one lane: a gap, which does not tell its own, is of its neighbours'.
  void take_leaf(const std::vector<LeafRow>& rows) {
    std::vector<std::pair<LaneRow, std::optional<std::int64_t>>> sound;
    std::optional<Lane> lane;
    for (const auto& leaf : rows) {
      std::optional<std::int64_t> seal;
      auto row = lane_row(leaf, seal);
      if (!row) continue;
      if (row->schema) {
        const auto schema = old_.schemas.find(*row->schema);
        if (schema == old_.schemas.end() || !unpack(schema->second.columns, row->body)) continue;
        lane = schema->second.lane;
        if (old_.last[index(*lane)] && !seal && row->row_id > *old_.last[index(*lane)]) continue;
      } else if (!unpack(gap_schema(Lane::events).columns, row->body)) {
        continue;
      }
      sound.emplace_back(*row, seal);
    }
    for (auto& [row, seal] : sound) {
      if (!old_.boots.contains(row.boot)) {
        // Which boot it was is lost, not what was measured.
        old_.boots[row.boot] = SalvagedTables::Boot{"lost-" + std::to_string(row.boot), row.boot_time.count(),
                                                    row.wall.time_since_epoch().count(), 0};
        put_boot(row.boot, old_.boots[row.boot]);
      }
      lanes_[index(lane.value_or(Lane::measurements))].take(row, seal);
    }
  }

  static std::optional<LaneRow> lane_row(const LeafRow& leaf, std::optional<std::int64_t>& seal) {
    using Kind = Field::Kind;
    const auto& fields = leaf.fields;
    if (fields.size() < 8 || fields.size() > 9 || fields[0].kind != Kind::null || leaf.row_id <= 0) return {};
    for (const std::size_t at : {3U, 4U, 5U, 6U}) {
      if (fields[at].kind != Kind::integer) return {};
    }
    if (fields[7].kind != Kind::blob) return {};
    LaneRow row;
    row.row_id = static_cast<RowId>(leaf.row_id);
    row.first = row.row_id;
    if (fields[1].kind == Kind::integer) row.first = static_cast<RowId>(fields[1].integer);
    if (row.first == 0 || row.first > row.row_id) return {};
    if (fields[2].kind == Kind::integer) row.schema = fields[2].integer;
    row.boot = fields[3].integer;
    row.boot_time = BootTime(fields[4].integer);
    row.wall = WallTime(Milliseconds(fields[5].integer));
    if (fields[6].integer < 0 || fields[6].integer > 2) return {};
    row.quality = static_cast<ClockQuality>(fields[6].integer);
    row.body = fields[7].bytes;
    if (fields.size() == 9 && fields[8].kind == Kind::integer) {
      seal = fields[8].integer;
      if (*seal != seal_of(row)) return {};
    }
    return row;
  }

  std::int64_t newest_boot() {
    if (old_.boots.empty()) {
      old_.boots[1] = SalvagedTables::Boot{"lost-1", 0, 0, 0};
      put_boot(1, old_.boots[1]);
    }
    return old_.boots.rbegin()->first;
  }

  void put_position(Lane lane, const char* what, RowId row, std::int64_t schema = 0) {
    SQLite::Statement put(database_,
                          "INSERT OR REPLACE INTO position(lane, what, schema, row_id) VALUES (?, ?, ?, ?)");
    put.bind(1, static_cast<std::int64_t>(index(lane)));
    put.bind(2, what);
    put.bind(3, schema);
    put.bind(4, static_cast<std::int64_t>(row));
    put.exec();
  }

  void put_newest() {
    for (const auto& [number, schema] : old_.schemas) {
      SQLite::Statement newest(database_, "SELECT max(row_id) FROM lane_" +
                                              std::to_string(index(schema.lane)) + " WHERE schema = ?");
      newest.bind(1, number);
      if (newest.executeStep() && !newest.getColumn(0).isNull()) {
        put_position(schema.lane, "newest", static_cast<RowId>(newest.getColumn(0).getInt64()), number);
      }
    }
  }

  void add_given_up(Lane lane, std::uint64_t records) {
    if (records == 0) return;
    SQLite::Statement add(database_,
                          "INSERT INTO given_up(lane, reason, records) VALUES (?, ?, ?) ON CONFLICT(lane, "
                          "reason) DO UPDATE SET records = records + excluded.records");
    add.bind(1, static_cast<std::int64_t>(index(lane)));
    add.bind(2, std::string(given_up::kDamaged));
    add.bind(3, static_cast<std::int64_t>(records));
    add.exec();
  }

  void put_predecessors() {
    SQLite::Statement put(database_, "INSERT INTO predecessor(epoch, last_0, last_1) VALUES (?, ?, ?)");
    const auto add = [&](const std::string& epoch, const std::array<RowId, kLaneCount>& last) {
      put.bind(1, epoch);
      put.bind(2, static_cast<std::int64_t>(std::min(last[0], same_up_to(Lane::events))));
      put.bind(3, static_cast<std::int64_t>(std::min(last[1], same_up_to(Lane::measurements))));
      put.exec();
      put.reset();
    };
    // The oldest first; what was of the same rows there is so here too.
    for (const auto& [epoch, last] : old_.predecessors) add(epoch, last);
    if (!old_.epoch.empty()) add(old_.epoch, {standing_[0].last, standing_[1].last});
  }

  void put_bdseq(bool known) {
    if (known && !old_.bdseq) return;  // none was ever given
    std::int64_t bdseq = old_.bdseq.value_or(0);
    if (!known) {
      // Nobody knows what the last CONNECT said: a number by chance that no page remembers.
      std::random_device dice;
      bdseq = dice() % 256;
      while (old_.bdseqs_seen.contains((bdseq + 1) % 256) && old_.bdseqs_seen.size() < 256) ++bdseq;
    }
    SQLite::Statement set(database_, "UPDATE meta SET bdseq = ?");
    set.bind(1, bdseq % 256);
    set.exec();
  }

  PageReader pages_;
  SalvagedTables old_;
  SQLite::Database& database_;
  std::array<LaneRescue, kLaneCount> lanes_;
  std::array<Standing, kLaneCount> standing_;
  std::optional<std::array<RowId, kLaneCount>> sure_;
};

Result<void> sync_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return failure(file.string(), "what was salvaged of the outbox cannot be made durable",
                 "Look for errors of the card or disk with dmesg, and replace it if they go on");
}

}  // namespace

Result<Salvage> salvage_outbox(const std::filesystem::path& damaged, const std::filesystem::path& fresh,
                               std::string reason, std::string kept_as) {
  Salvage salvage;
  salvage.reason = std::move(reason);
  salvage.kept_as = std::move(kept_as);
  try {
    auto made = make_outbox_file(fresh);
    if (!made) return Unexpected(made.error());
    {
      SQLite::Database& database = *made->database;
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      Rescue rescue(damaged, database);
      rescue.run(salvage);
      salvage.new_epoch = made->epoch;
      SQLite::Statement note(database, "INSERT OR REPLACE INTO note(key, value) VALUES (?, ?)");
      note.bind(1, std::string(kSalvageNote));
      note.bind(2, encode(salvage));
      note.exec();
      transaction.commit();
    }
    made->database.reset();  // all of it is in the one file now
  } catch (const SQLite::Exception& refusal) {
    return Unexpected(database_error(fresh, "salvage the damaged outbox", refusal));
  }
  if (auto synced = sync_file(fresh); !synced) return Unexpected(synced.error());
  return salvage;
}

}  // namespace xalink
