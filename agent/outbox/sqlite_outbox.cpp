#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <string_view>
#include <system_error>

#include "agent/outbox/batch_reader.hpp"
#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/change_memory.hpp"
#include "agent/outbox/database_error.hpp"
#include "agent/outbox/lane_table.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/outbox_file.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

// A mark is written with the next append, or when it is this far ahead of the disk: a power cut in the
// middle of a long drain then repeats at most so many records, and the drain pays no fsync for each
// acknowledgement.
constexpr RowId kMostUnwrittenMarks = 10'000;

constexpr std::string_view kLast = "last";
constexpr std::string_view kAcknowledged = "acknowledged";
constexpr std::string_view kNewest = "newest";

using LaneRows = std::array<RowId, kLaneCount>;

struct Note {
  const std::string& key;
  const std::string& value;
};

std::string name_of(const Schema& schema) {
  return schema.device + "/" + schema.group;
}

class SqliteOutbox final : public Outbox {
 public:
  /// Throws SQLite::Exception and ContradictionError.
  SqliteOutbox(OutboxFile file, const OutboxOptions& options)
      : file_(std::move(file)),
        catalogue_(database()),
        memory_(database(), ChangeMemory::subjects_for(options.max_bytes)),
        tables_{LaneTable(database(), Lane::events), LaneTable(database(), Lane::measurements)},
        positions_(database(),
                   "SELECT lane, what, row_id FROM position WHERE what IN ('last', 'acknowledged')"),
        newest_(database(),
                "SELECT schema, row_id FROM position WHERE lane = ? AND what = 'newest' ORDER BY schema"),
        set_position_(database(),
                      "INSERT INTO position(lane, what, schema, row_id) VALUES (?, ?, ?, ?) "
                      "ON CONFLICT(lane, what, schema) DO UPDATE SET row_id = excluded.row_id"),
        next_bdseq_(database(),
                    "UPDATE meta SET bdseq = CASE WHEN bdseq IS NULL THEN 0 ELSE (bdseq + 1) % 256 END "
                    "WHERE only = 1 RETURNING bdseq"),
        get_note_(database(), "SELECT value FROM note WHERE key = ?"),
        set_note_(database(),
                  "INSERT INTO note(key, value) VALUES (?, ?) "
                  "ON CONFLICT(key) DO UPDATE SET value = excluded.value"),
        given_up_(database(), "SELECT reason, sum(records) FROM given_up GROUP BY reason"),
        give_up_(database(),
                 "INSERT INTO given_up(lane, reason, records) VALUES (?, ?, ?) "
                 "ON CONFLICT(lane, reason) DO UPDATE SET records = records + excluded.records") {
    load();
  }

  ~SqliteOutbox() override {
    // Refused: the records between are sent again, and the gateway skips them.
    if (written_ != acknowledged_) (void)write_marks();
  }

  [[nodiscard]] const std::string& epoch() const override { return file_.epoch; }

  [[nodiscard]] Result<std::uint8_t> next_bdseq() override {
    return attempt("store the next bdSeq", [&] {
      StatementUse next(next_bdseq_);
      if (!next->executeStep()) throw ContradictionError("it has no bdSeq");
      const auto bdseq = static_cast<std::uint8_t>(next->getColumn(0).getUInt());
      next->executeStep();  // commits
      return bdseq;
    });
  }

  [[nodiscard]] Result<LaneRows> append(const std::vector<Pending>& records) override {
    return append(records, nullptr);
  }

  [[nodiscard]] Result<LaneRows> append_with_note(const std::vector<Pending>& records, const std::string& key,
                                                  const std::string& value) override {
    const Note note{key, value};
    return append(records, &note);
  }

  [[nodiscard]] Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                         const std::string& value, NoteWhen when,
                                         const std::string& remembered) override {
    for (const Telling& telling : tellings) {
      if (auto wrong = check(telling.pending)) return Unexpected(std::move(*wrong));
    }
    return attempt("append events", [&] {
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      Told told;
      std::vector<const Pending*> news;
      for (const Telling& telling : tellings) {
        told.news.push_back(memory_.take(telling));
        if (told.news.back()) news.push_back(&telling.pending);
      }
      told.last = last_;
      told.displaced = memory_.displaced();
      if (news.empty() && when == NoteWhen::with_news) return told;
      if (!remembered.empty()) {
        Telling itself;
        itself.subject = remembered;
        (void)memory_.take(itself);
      }
      told.last = insert(news);
      const Note note{key, value};
      set_note(note);
      told.noted = true;
      finish(transaction, told.last);
      return told;
    });
  }

  [[nodiscard]] Result<bool> remembers(const std::string& subject) override {
    return attempt("read the outbox", [&] { return memory_.remembers(subject); });
  }

  [[nodiscard]] Result<Batch> read(Lane lane, RowId first, std::size_t max_items) override {
    return attempt("read the outbox", [&] {
      return BatchReader(catalogue_, table(lane), epoch(), lane).read(first, last_[index(lane)], max_items);
    });
  }

  [[nodiscard]] Result<void> acknowledge(Lane lane, RowId mark) override {
    const auto loaded = attempt("read the outbox", [] { return true; });
    if (!loaded) return Unexpected(loaded.error());
    auto& acknowledged = acknowledged_[index(lane)];
    if (mark > last_[index(lane)]) {
      return failure(file_.path.string(),
                     "row " + std::to_string(mark) + " of lane " + std::to_string(index(lane)) +
                         " was acknowledged, but the last one is " + std::to_string(last_[index(lane)]),
                     "Check that no copy of this outbox runs on another board");
    }
    acknowledged = std::max(acknowledged, mark);
    // Refused: the mark holds all the same, and goes with the next append that the disk takes.
    if (acknowledged - written_[index(lane)] >= kMostUnwrittenMarks) (void)write_marks();
    return {};
  }

  [[nodiscard]] Result<LaneDepth> depth(Lane lane) override {
    return attempt("read the outbox", [&] {
      LaneDepth depth;
      depth.acknowledged = acknowledged_[index(lane)];
      depth.last = last_[index(lane)];
      depth.oldest_held = table(lane).oldest();
      depth.oldest_unacknowledged = table(lane).wall_after(depth.acknowledged);
      return depth;
    });
  }

  [[nodiscard]] Result<std::vector<Schema>> schemas() override {
    return attempt("read the outbox", [&] {
      std::vector<Schema> schemas;
      for (const auto& [number, schema] : catalogue_.schemas()) schemas.push_back(schema);
      return schemas;
    });
  }

  [[nodiscard]] Result<std::vector<Pending>> latest() override {
    return attempt("read the outbox", [&] {
      std::vector<Pending> latest;
      for (const auto lane : kLanes) {
        for (const auto row : newest_rows(lane)) {
          auto batch = BatchReader(catalogue_, table(lane), epoch(), lane).read(row, row, 1);
          // A row that is not held any more comes as a gap, and a gap has no current value.
          if (batch.empty() || batch.schemas.front() == gap_schema(lane)) continue;
          latest.push_back(Pending{std::move(batch.schemas.front()), std::move(batch.items.front().record)});
        }
      }
      return latest;
    });
  }

  [[nodiscard]] Result<std::map<std::string, std::uint64_t>> given_up() override {
    return attempt("read the outbox", [&] {
      std::map<std::string, std::uint64_t> reasons;
      StatementUse all(given_up_);
      while (all->executeStep()) {
        reasons[all->getColumn(0).getString()] = static_cast<std::uint64_t>(all->getColumn(1).getInt64());
      }
      return reasons;
    });
  }

  [[nodiscard]] Result<void> count_dropped(std::uint64_t records) override {
    const auto counted = attempt("count dropped measurements", [&] {
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      count_given_up(Lane::measurements, given_up::kMemory, static_cast<std::int64_t>(records));
      transaction.commit();
      return true;
    });
    if (!counted) return Unexpected(counted.error());
    return {};
  }

  [[nodiscard]] std::uint64_t bytes_on_disk() const override {
    std::uint64_t bytes = 0;
    for (const char* part : {"", "-wal", "-shm"}) {
      auto path = file_.path;
      path += part;
      std::error_code absent;
      const auto size = std::filesystem::file_size(path, absent);
      if (!absent) bytes += size;
    }
    return bytes;
  }

  [[nodiscard]] Result<std::optional<std::string>> note(const std::string& key) override {
    return attempt("read the outbox", [&] {
      std::optional<std::string> value;
      StatementUse get(get_note_);
      get->bindNoCopy(1, key);
      if (get->executeStep()) value = get->getColumn(0).getString();
      return value;
    });
  }

 private:
  [[nodiscard]] SQLite::Database& database() { return *file_.database; }
  [[nodiscard]] LaneTable& table(Lane lane) { return tables_[index(lane)]; }

  /// Does what may be refused. After a refusal all that is kept in memory is read again first, so that it
  /// says what the database says.
  template <class F>
  Result<std::invoke_result_t<F&>> attempt(std::string_view what, F step) {
    try {
      if (!loaded_) load();
      return step();
    } catch (const SQLite::Exception& refusal) {
      loaded_ = false;
      return Unexpected(database_error(file_.path, what, refusal));
    } catch (const ContradictionError& contradiction) {
      loaded_ = false;
      return Unexpected(damaged_database(file_.path, contradiction.what()));
    }
  }

  void load() {
    catalogue_.load();
    memory_.forget_count();
    LaneRows last{};
    LaneRows acknowledged{};
    std::size_t found = 0;
    StatementUse positions(positions_);
    while (positions->executeStep()) {
      const auto lane = positions->getColumn(0).getInt64();
      const auto row = positions->getColumn(2).getInt64();
      if (lane < 0 || lane >= static_cast<std::int64_t>(kLaneCount) || row < 0) {
        throw ContradictionError("a lane has an impossible position");
      }
      auto& place = positions->getColumn(1).getString() == kLast ? last : acknowledged;
      place[static_cast<std::size_t>(lane)] = static_cast<RowId>(row);
      ++found;
    }
    if (found != 2 * kLaneCount) throw ContradictionError("a lane has no position");
    for (const auto lane : kLanes) {
      // Row ids that were given out must never be given out again.
      if (acknowledged[index(lane)] > last[index(lane)] || table(lane).highest() > last[index(lane)]) {
        throw ContradictionError("lane " + std::to_string(index(lane)) + " has rows behind its last one");
      }
      acknowledged_[index(lane)] = std::max(acknowledged_[index(lane)], acknowledged[index(lane)]);
    }
    last_ = last;
    written_ = acknowledged;
    loaded_ = true;
  }

  [[nodiscard]] std::optional<Error> check(const Pending& pending) const {
    const auto& [schema, record] = pending;
    if (record.values.size() != schema.columns.size()) {
      return Error{file_.path.string(),
                   "a record of " + name_of(schema) + " has " + std::to_string(record.values.size()) +
                       " values for " + std::to_string(schema.columns.size()) + " columns",
                   {}};
    }
    if (!catalogue_.can_hold(schema)) {
      return Error{
          file_.path.string(), "a column of " + name_of(schema) + " has a type that is no value's", {}};
    }
    return std::nullopt;
  }

  [[nodiscard]] Result<LaneRows> append(const std::vector<Pending>& records, const Note* note) {
    std::vector<const Pending*> all;
    for (const Pending& record : records) {
      if (auto wrong = check(record)) return Unexpected(std::move(*wrong));
      all.push_back(&record);
    }
    return attempt("append " + std::to_string(records.size()) + " records", [&] {
      if (records.empty() && note == nullptr) return last_;
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      const LaneRows last = insert(all);
      if (note != nullptr) set_note(*note);
      finish(transaction, last);
      return last_;
    });
  }

  /// Within a transaction; returns the last rows, which become ours when it is committed.
  [[nodiscard]] LaneRows insert(const std::vector<const Pending*>& records) {
    LaneRows last = last_;
    std::map<std::pair<Lane, std::int64_t>, RowId> newest;
    for (const Pending* pending : records) {
      const auto& [schema, record] = *pending;
      const auto number = catalogue_.number_of(schema);
      const auto boot = catalogue_.number_of_boot(record.stamp);
      const RowId row = ++last[index(schema.lane)];
      pack_into(body_, schema.columns, record.values);
      table(schema.lane).append(row, number, boot, record.stamp, body_);
      newest[{schema.lane, number}] = row;
    }
    for (const auto& [schema, row] : newest) set_position(schema.first, kNewest, schema.second, row);
    for (const auto lane : kLanes) {
      if (last[index(lane)] != last_[index(lane)]) set_position(lane, kLast, 0, last[index(lane)]);
    }
    return last;
  }

  void finish(SQLite::Transaction& transaction, const LaneRows& last) {
    set_marks();
    transaction.commit();
    last_ = last;
    written_ = acknowledged_;
  }

  void set_note(const Note& note) {
    StatementUse set(set_note_);
    set->bindNoCopy(1, note.key);
    set->bindNoCopy(2, note.value);
    set->exec();
  }

  [[nodiscard]] Result<bool> write_marks() {
    return attempt("write what was acknowledged", [&] {
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      set_marks();
      transaction.commit();
      written_ = acknowledged_;
      return true;
    });
  }

  void set_marks() {
    for (const auto lane : kLanes) {
      if (acknowledged_[index(lane)] == written_[index(lane)]) continue;
      set_position(lane, kAcknowledged, 0, acknowledged_[index(lane)]);
    }
  }

  void set_position(Lane lane, std::string_view what, std::int64_t schema, RowId row) {
    StatementUse set(set_position_);
    set->bind(1, static_cast<std::int64_t>(index(lane)));
    set->bind(2, std::string(what));
    set->bind(3, schema);
    set->bind(4, static_cast<std::int64_t>(row));
    set->exec();
  }

  void count_given_up(Lane lane, std::string_view reason, std::int64_t records) {
    StatementUse give_up(give_up_);
    give_up->bind(1, static_cast<std::int64_t>(index(lane)));
    give_up->bind(2, std::string(reason));
    give_up->bind(3, records);
    give_up->exec();
  }

  [[nodiscard]] std::vector<RowId> newest_rows(Lane lane) {
    std::vector<RowId> rows;
    StatementUse newest(newest_);
    newest->bind(1, static_cast<std::int64_t>(index(lane)));
    while (newest->executeStep()) rows.push_back(static_cast<RowId>(newest->getColumn(1).getInt64()));
    return rows;
  }

  OutboxFile file_;
  Catalogue catalogue_;
  ChangeMemory memory_;
  std::array<LaneTable, kLaneCount> tables_;
  SQLite::Statement positions_;
  SQLite::Statement newest_;
  SQLite::Statement set_position_;
  SQLite::Statement next_bdseq_;
  SQLite::Statement get_note_;
  SQLite::Statement set_note_;
  SQLite::Statement given_up_;
  SQLite::Statement give_up_;

  bool loaded_ = false;  ///< what follows says what the database says
  LaneRows last_{};
  LaneRows written_{};       ///< marks on the disk
  LaneRows acknowledged_{};  ///< marks in force, never behind written_
  std::string body_;         ///< of the row being packed
};

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(const std::filesystem::path& path, OutboxOptions options) {
  auto file = open_outbox_file(path);
  if (!file) return Unexpected(file.error());
  try {
    return std::make_unique<SqliteOutbox>(std::move(*file), options);
  } catch (const SQLite::Exception& refusal) {
    return Unexpected(database_error(path, "open the outbox", refusal));
  } catch (const ContradictionError& contradiction) {
    return Unexpected(damaged_database(path, contradiction.what()));
  }
}

}  // namespace xalink
