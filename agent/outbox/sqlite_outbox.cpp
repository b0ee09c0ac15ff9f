#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

#include "agent/outbox/append_room.hpp"
#include "agent/outbox/batch_reader.hpp"
#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/change_memory.hpp"
#include "agent/outbox/database_error.hpp"
#include "agent/outbox/disk_space.hpp"
#include "agent/outbox/given_up_ledger.hpp"
#include "agent/outbox/lane_positions.hpp"
#include "agent/outbox/lane_table.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/outbox_file.hpp"
#include "agent/outbox/retention.hpp"
#include "agent/outbox/row_id_doubt.hpp"
#include "agent/outbox/sound_outbox.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

// A mark is written with the next append, or when it is this far ahead of the disk: a power cut in the
// middle of a long drain then repeats at most so many records, and the drain pays no fsync for each
// acknowledgement.
constexpr RowId kMostUnwrittenMarks = 10'000;

// What a transaction of marks or counts may write.
constexpr std::uint64_t kBookkeepingPages = 8;

using LaneRows = std::array<RowId, kLaneCount>;

std::string name_of(const Schema& schema) {
  return schema.device + "/" + schema.group;
}

class SqliteOutbox final : public SoundOutbox {
 public:
  /// Throws SQLite::Exception and ContradictionError.
  SqliteOutbox(OutboxFile file, const OutboxOptions& options)
      : file_(std::move(file)),
        options_(options),
        space_(database(), file_.path, options.max_bytes),
        catalogue_(database()),
        memory_(database(), ChangeMemory::subjects_for(options.max_bytes)),
        tables_{LaneTable(database(), Lane::events), LaneTable(database(), Lane::measurements)},
        positions_(database()),
        next_bdseq_(database(),
                    "UPDATE meta SET bdseq = CASE WHEN bdseq IS NULL THEN 0 ELSE (bdseq + 1) % 256 END "
                    "WHERE only = 1 RETURNING bdseq"),
        get_bdseq_(database(), "SELECT bdseq FROM meta WHERE bdseq IS NOT NULL"),
        get_note_(database(), "SELECT value FROM note WHERE key = ?"),
        set_note_(database(),
                  "INSERT INTO note(key, value) VALUES (?, ?) "
                  "ON CONFLICT(key) DO UPDATE SET value = excluded.value"),
        predecessors_(database(), "SELECT epoch, last_0, last_1 FROM predecessor ORDER BY id DESC"),
        ledger_(database()),
        retention_(database(), catalogue_, tables_, ledger_, space_),
        room_(file_.path, options, space_, retention_),
        doubt_(database()) {
    load();
    if (!file_.made) doubt_.found(last_);
  }

  ~SqliteOutbox() override {
    // Refused: the records between are sent again, and the gateway skips them.
    if (written_ != acknowledged_) (void)write_marks();
  }

  /// Whether its file was made under a larger bound than this one.
  [[nodiscard]] bool oversized() { return space_.oversized(); }
  /// Gives up what a new bound leaves no room for, and closes the file.
  static void shrink(std::unique_ptr<SqliteOutbox> outbox) {
    outbox->space_.empty_wal();
    while (outbox->space_.used_pages() > outbox->space_.plan().measurement_pages) {
      if (outbox->retention_.free_some(outbox->horizon()) == Retention::Step::nothing) break;
    }
  }

  [[nodiscard]] const std::string& epoch() const override { return file_.epoch; }
  [[nodiscard]] std::optional<OpenRefusal> take_refusal() override { return std::exchange(refusal_, {}); }

  [[nodiscard]] std::optional<std::uint8_t> last_bdseq() override {
    std::optional<std::uint8_t> last;
    const auto read = attempt("read the last bdSeq", [&] {
      StatementUse get(get_bdseq_);
      if (get->executeStep()) last = static_cast<std::uint8_t>(get->getColumn(0).getUInt());
      return true;
    });
    return read ? last : std::nullopt;
  }

  [[nodiscard]] Result<std::vector<Predecessor>> predecessors() override {
    return attempt("read the outbox", [&] {
      std::vector<Predecessor> all;
      StatementUse rows(predecessors_);
      while (rows->executeStep()) {
        all.push_back(Predecessor{rows->getColumn(0).getString(),
                                  {static_cast<RowId>(rows->getColumn(1).getInt64()),
                                   static_cast<RowId>(rows->getColumn(2).getInt64())}});
      }
      return all;
    });
  }

  [[nodiscard]] Result<void> trust_row_ids(const std::string& epoch) override {
    if (epoch != file_.epoch || !doubt_.sure()) return {};
    const auto trusted = attempt("note that row ids are sure", [&] {
      if (!doubt_.noted()) {
        doubt_.over();
        return true;
      }
      space_.prepare(kBookkeepingPages);
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      doubt_.remove();
      transaction.commit();
      doubt_.over();
      // Out of the WAL: lost from there, rows that the gateway has by then would be taken for new ones.
      space_.empty_wal();
      return true;
    });
    if (!trusted) return Unexpected(trusted.error());
    return {};
  }

  [[nodiscard]] Result<void> begin_epoch(const std::string& of) override {
    if (of != file_.epoch || !doubt_.sure()) return {};
    const auto begun = attempt("begin a new epoch", [&] {
      space_.prepare(kBookkeepingPages);
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      auto epoch = new_epoch();
      doubt_.continue_under(epoch, of, acknowledged_, last_);
      transaction.commit();
      doubt_.over();
      file_.epoch = std::move(epoch);
      return true;
    });
    if (!begun) return Unexpected(begun.error());
    return {};
  }

  [[nodiscard]] Result<std::uint8_t> next_bdseq() override {
    return attempt("store the next bdSeq", [&] {
      space_.prepare(kBookkeepingPages);
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

  [[nodiscard]] Result<LaneRows> append_held(const std::vector<Pending>& records, const HeldSince& since,
                                             const std::optional<OutboxNote>& note) override {
    if (since.epoch != file_.epoch || since.last != last_[index(Lane::measurements)]) {
      return failure(file_.path.string(), "the outbox was replaced while rows were held");
    }
    // What left the board must never be thinned: the mark goes with the rows. They were read, like any
    // others.
    sent_ = std::max(sent_, since.sent);
    read_up_to_ = std::max(read_up_to_, since.sent);
    auto appended = append(records, note ? &*note : nullptr);
    if (!appended) return appended;
    auto& acknowledged = acknowledged_[index(Lane::measurements)];
    acknowledged = std::max(acknowledged, since.acknowledged);
    return appended;
  }

  [[nodiscard]] Result<LaneRows> append_with_note(const std::vector<Pending>& records, const std::string& key,
                                                  const std::string& value) override {
    const OutboxNote note{key, value};
    return append(records, &note);
  }

  [[nodiscard]] Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                         const std::string& value, NoteWhen when,
                                         const std::string& remembered,
                                         const std::vector<Pending>& company) override {
    for (const Telling& telling : tellings) {
      if (auto wrong = check(telling.pending)) return Unexpected(std::move(*wrong));
    }
    for (const Pending& pending : company) {
      if (auto wrong = check(pending)) return Unexpected(std::move(*wrong));
    }
    const OutboxNote note{key, value};
    return attempt("append events", [&] {
      // As if all were news: what it may write is known before it begins, for the sake of the WAL.
      std::vector<const Pending*> all;
      all.reserve(tellings.size() + company.size());
      for (const Telling& telling : tellings) all.push_back(&telling.pending);
      for (const Pending& pending : company) all.push_back(&pending);
      const auto most = room_.need_of(all, &note, tellings.size() + 1);
      room_.refuse_too_large(most);
      room_.prepare(most);
      std::optional<SQLite::Transaction> transaction(std::in_place, database(),
                                                     SQLite::TransactionBehavior::IMMEDIATE);
      Told told;
      std::vector<const Pending*> news;
      const auto take = [&] {
        for (const Telling& telling : tellings) {
          told.news.push_back(memory_.take(telling));
          if (told.news.back()) news.push_back(&telling.pending);
        }
      };
      take();
      told.last = last_;
      told.displaced = memory_.displaced();
      if (news.empty() && when == NoteWhen::with_news) return told;
      for (const Pending& pending : company) news.push_back(&pending);
      // Only what is news needs room; when there is none, all of this is done again behind it.
      bool keep_measurements = true;
      if (!room_.has(room_.need_of(news, &note, news.size()))) {
        transaction.reset();
        memory_.forget_count();
        keep_measurements = room_.make(room_.need_of(news, &note, news.size()), horizon());
        room_.prepare(most);
        transaction.emplace(database(), SQLite::TransactionBehavior::IMMEDIATE);
        told.news.clear();
        news.clear();
        take();
        for (const Pending& pending : company) news.push_back(&pending);
      }
      if (!remembered.empty()) {
        Telling itself;
        itself.subject = remembered;
        (void)memory_.take(itself);
      }
      told.last = insert(news, keep_measurements);
      set_note(note);
      told.noted = true;
      finish(*transaction, told.last);
      return told;
    });
  }

  [[nodiscard]] Result<bool> remembers(const std::string& subject) override {
    return attempt("read the outbox", [&] { return memory_.remembers(subject); });
  }

  [[nodiscard]] Result<Batch> read(Lane lane, RowId first, std::size_t max_items) override {
    auto batch = attempt("read the outbox", [&] {
      return BatchReader(catalogue_, table(lane), epoch(), lane).read(first, last_[index(lane)], max_items);
    });
    if (batch && lane == Lane::measurements) note_sent(batch->last());
    return batch;
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
      if (const auto& sure = doubt_.sure()) depth.sure_up_to = (*sure)[index(lane)];
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
        for (const auto row : positions_.newest(lane)) {
          auto batch = BatchReader(catalogue_, table(lane), epoch(), lane).read(row, row, 1);
          // A row that is not held any more comes as a gap, and a gap has no current value.
          if (batch.empty() || batch.schemas.front() == gap_schema(lane)) continue;
          // Nor has a summary that took the row's place.
          if (is_summary(batch.schemas.front())) continue;
          latest.push_back(Pending{std::move(batch.schemas.front()), std::move(batch.items.front().record)});
        }
      }
      return latest;
    });
  }

  [[nodiscard]] Result<std::map<std::string, std::uint64_t>> given_up() override {
    return attempt("read the outbox", [&] { return ledger_.by_reason(); });
  }

  [[nodiscard]] Result<OutboxSpace> space() override {
    return attempt("read the outbox", [&] {
      OutboxSpace space;
      space.bytes = bytes_on_disk();
      space.max_bytes = options_.max_bytes;
      space.pressure = room_.pressure();
      for (const auto lane : kLanes) {
        const RowId oldest = table(lane).oldest();
        const RowId acknowledged = acknowledged_[index(lane)];
        if (oldest != 0 && oldest <= acknowledged) space.spares[index(lane)] = acknowledged - oldest + 1;
      }
      space.given_up = ledger_.by_reason();
      return space;
    });
  }

  [[nodiscard]] Result<void> count_dropped(std::uint64_t records) override {
    const auto counted = attempt("count dropped measurements", [&] {
      space_.prepare(kBookkeepingPages);
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      ledger_.count(Lane::measurements, given_up::kMemory, static_cast<std::int64_t>(records));
      transaction.commit();
      return true;
    });
    if (!counted) return Unexpected(counted.error());
    return {};
  }

  [[nodiscard]] std::uint64_t bytes_on_disk() const override { return bytes_of_files(file_.path); }

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
      refusal_ = OpenRefusal{kind_of(refusal), database_error(file_.path, what, refusal)};
      return Unexpected(refusal_->error);
    } catch (const NoRoom& no_room) {
      return Unexpected(no_room.error());
    } catch (const ContradictionError& contradiction) {
      loaded_ = false;
      refusal_ = OpenRefusal{OpenRefusal::Kind::damaged, damaged_database(file_.path, contradiction.what())};
      return Unexpected(refusal_->error);
    }
  }

  void load() {
    catalogue_.load();
    memory_.forget_count();
    retention_.forget_progress();
    const auto [last, acknowledged, sent] = positions_.read();
    for (const auto lane : kLanes) {
      // Row ids that were given out must never be given out again.
      if (acknowledged[index(lane)] > last[index(lane)] || table(lane).highest() > last[index(lane)]) {
        throw ContradictionError("lane " + std::to_string(index(lane)) + " has rows behind its last one");
      }
      acknowledged_[index(lane)] = std::max(acknowledged_[index(lane)], acknowledged[index(lane)]);
    }
    last_ = last;
    written_ = acknowledged;
    // Without a note of it all may have been sent.
    sent_written_ = std::min(sent.value_or(last[index(Lane::measurements)]), last[index(Lane::measurements)]);
    sent_ = std::max(sent_, sent_written_);
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

  [[nodiscard]] Result<LaneRows> append(const std::vector<Pending>& records, const OutboxNote* note) {
    std::vector<const Pending*> all;
    for (const Pending& record : records) {
      if (auto wrong = check(record)) return Unexpected(std::move(*wrong));
      all.push_back(&record);
    }
    const auto what =
        records.empty() ? "be written to" : "append " + std::to_string(records.size()) + " records";
    return attempt(what, [&] {
      if (records.empty() && note == nullptr) return last_;
      const auto need = room_.need_of(all, note, 0);
      room_.refuse_too_large(need);
      room_.forget_aged(records, horizon());
      const bool keep_measurements = room_.make(need, horizon());
      room_.prepare(need);
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      const LaneRows last = insert(all, keep_measurements);
      if (note != nullptr) set_note(*note);
      finish(transaction, last);
      return last_;
    });
  }

  /// Within a transaction; returns the last rows, which become ours when it is committed.
  /// Measurements that are not kept get their row ids all the same, as a gap.
  [[nodiscard]] LaneRows insert(const std::vector<const Pending*>& records, bool keep_measurements) {
    LaneRows last = last_;
    std::map<std::pair<Lane, std::int64_t>, RowId> newest;
    const Stamp* not_kept = nullptr;
    for (const Pending* pending : records) {
      const auto& [schema, record] = *pending;
      if (schema.lane == Lane::measurements && !keep_measurements) {
        ++last[index(schema.lane)];
        not_kept = &record.stamp;
        continue;
      }
      const auto number = catalogue_.number_of(schema);
      const auto boot = catalogue_.number_of_boot(record.stamp);
      const RowId row = ++last[index(schema.lane)];
      pack_into(body_, schema.columns, record.values);
      table(schema.lane).append(row, number, boot, record.stamp, body_);
      newest[{schema.lane, number}] = row;
    }
    if (not_kept != nullptr) {
      retention_.give_up_new(last_[index(Lane::measurements)] + 1, last[index(Lane::measurements)], *not_kept,
                             horizon());
    }
    // A session that has read all there was reads these at once: that saves it a commit of its own.
    auto& sent = last[index(Lane::measurements)];
    if (read_up_to_ > 0 && read_up_to_ >= last_[index(Lane::measurements)]) sent_ = std::max(sent_, sent);
    for (const auto& [schema, row] : newest) positions_.set_newest(schema.first, schema.second, row);
    for (const auto lane : kLanes) {
      if (last[index(lane)] != last_[index(lane)]) positions_.set_last(lane, last[index(lane)]);
    }
    return last;
  }

  void finish(SQLite::Transaction& transaction, const LaneRows& last) {
    set_marks();
    const bool doubtful = last != last_ && doubt_.sure() && !doubt_.noted();
    if (doubtful) doubt_.write();
    transaction.commit();
    if (doubtful) doubt_.written();
    last_ = last;
    marks_written();
  }

  void set_note(const OutboxNote& note) {
    StatementUse set(set_note_);
    set->bindNoCopy(1, note.key);
    set->bindNoCopy(2, note.value);
    set->exec();
  }

  [[nodiscard]] Result<bool> write_marks() {
    return attempt("write what was acknowledged", [&] {
      space_.prepare(kBookkeepingPages);
      SQLite::Transaction transaction(database(), SQLite::TransactionBehavior::IMMEDIATE);
      set_marks();
      transaction.commit();
      marks_written();
      return true;
    });
  }

  void set_marks() {
    for (const auto lane : kLanes) {
      if (acknowledged_[index(lane)] == written_[index(lane)]) continue;
      positions_.set_acknowledged(lane, acknowledged_[index(lane)]);
    }
    if (sent_ != sent_written_) positions_.set_sent(sent_);
  }

  void marks_written() {
    written_ = acknowledged_;
    sent_written_ = sent_;
  }

  [[nodiscard]] Horizon horizon() const { return Horizon{acknowledged_, sent_}; }

  /// On the disk before the rows leave: after a power cut nobody else could know.
  void note_sent(RowId row) {
    read_up_to_ = std::max(read_up_to_, row);
    if (row <= sent_) return;
    // Some way ahead, so that a drain does not pay an fsync for each read.
    sent_ = std::min(last_[index(Lane::measurements)], row + kMostUnwrittenMarks);
    // Refused: it holds all the same, and a disk that takes nothing takes no summary either.
    (void)write_marks();
  }

  OutboxFile file_;
  OutboxOptions options_;
  DiskSpace space_;
  Catalogue catalogue_;
  ChangeMemory memory_;
  std::array<LaneTable, kLaneCount> tables_;
  LanePositions positions_;
  SQLite::Statement next_bdseq_;
  SQLite::Statement get_bdseq_;
  SQLite::Statement get_note_;
  SQLite::Statement set_note_;
  SQLite::Statement predecessors_;
  GivenUpLedger ledger_;
  Retention retention_;
  AppendRoom room_;
  RowIdDoubt doubt_;

  std::optional<OpenRefusal> refusal_;
  bool loaded_ = false;  ///< what follows says what the database says
  LaneRows last_{};
  LaneRows written_{};       ///< marks on the disk
  LaneRows acknowledged_{};  ///< marks in force, never behind written_
  RowId sent_ = 0;           ///< measurements above it never left the board
  RowId sent_written_ = 0;
  RowId read_up_to_ = 0;  ///< measurements
  std::string body_;      ///< of the row being packed
};

}  // namespace

namespace {

/// As open_sound_outbox(), whether or not its file was made under a larger bound.
std::variant<std::unique_ptr<SqliteOutbox>, OpenRefusal> open_as_it_is(const std::filesystem::path& path,
                                                                       bool known, OutboxOptions options) {
  auto opened = open_outbox_file(path, known);
  if (auto* refusal = std::get_if<OpenRefusal>(&opened)) return std::move(*refusal);
  return std::make_unique<SqliteOutbox>(std::get<OutboxFile>(std::move(opened)), options);
}

}  // namespace

std::variant<std::unique_ptr<SoundOutbox>, OpenRefusal> open_sound_outbox(const std::filesystem::path& path,
                                                                          bool known, OutboxOptions options) {
  options.max_bytes = std::clamp(options.max_bytes, kLeastOutboxBytes, kMostOutboxBytes);
  try {
    auto opened = open_as_it_is(path, known, options);
    if (auto* refusal = std::get_if<OpenRefusal>(&opened)) return std::move(*refusal);
    auto outbox = std::get<std::unique_ptr<SqliteOutbox>>(std::move(opened));
    if (!outbox->oversized()) return outbox;
    SqliteOutbox::shrink(std::move(outbox));
    // When it cannot be written anew it stays as large as it is, and grows no more.
    (void)compact_outbox_file(path);
    opened = open_as_it_is(path, /*known=*/true, options);
    if (auto* refusal = std::get_if<OpenRefusal>(&opened)) return std::move(*refusal);
    return std::get<std::unique_ptr<SqliteOutbox>>(std::move(opened));
  } catch (const SQLite::Exception& refusal) {
    return OpenRefusal{kind_of(refusal), database_error(path, "open the outbox", refusal)};
  } catch (const NoRoom& no_room) {
    return OpenRefusal{OpenRefusal::Kind::disk, no_room.error()};
  } catch (const ContradictionError& contradiction) {
    return OpenRefusal{OpenRefusal::Kind::damaged, damaged_database(path, contradiction.what())};
  }
}

}  // namespace xalink
