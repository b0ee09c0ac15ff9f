#include "gateway/rollups.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "gateway/store/database.hpp"
#include "gateway/store/rollup_backlog.hpp"
#include "gateway/store/rollup_tables.hpp"

namespace xalink {
namespace {

using meaning::DayNumber;
using meaning::Hour;
using meaning::HourRollups;
using meaning::RollupBuilder;

constexpr int kBusyTimeoutMs = 5'000;

}  // namespace

struct Rollups::State {
  State(std::filesystem::path path, std::unique_ptr<SQLite::Database> opened, store::RecordQuery reader)
      : file(std::move(path)),
        database(std::move(opened)),
        records(std::move(reader)),
        backlog(*database),
        tables(*database) {}

  std::filesystem::path file;
  std::unique_ptr<SQLite::Database> database;
  store::RecordQuery records;
  store::RollupBacklog backlog;
  store::RollupTables tables;

  // From all records that are in the store now, which may be more than this work's.
  [[nodiscard]] Result<std::map<Hour, HourRollups>> make(const NodeId& node, const std::set<Hour>& hours) {
    std::map<Hour, HourRollups> made;
    for (const auto& [first, last] : meaning::runs_of(hours)) {
      RollupBuilder builder(first, last);
      store::RecordSelection selection;
      selection.group = node.group;
      selection.node = node.node;
      selection.lane = Lane::measurements;
      selection.from = meaning::start_of_hour(first);
      selection.to = meaning::start_of_hour(last + 2);
      const auto read = records.for_each(selection, [&](const store::StoredRecord& record) {
        builder.take(record);
        return true;
      });
      if (!read) return Unexpected(read.error());
      made.merge(builder.finish());
    }
    return made;
  }

  [[nodiscard]] Result<Step> step() {
    Step done;
    const auto seen = tables.generation();
    const auto work = backlog.next();
    if (!work) return done;
    const auto hours = backlog.touched(*work);
    const auto made = make(work->node, hours);
    if (!made) return Unexpected(made.error());
    SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
    done.more = true;
    // Else what was read may be older than what is there now: begin again.
    if (!tables.is_next_after(seen)) return done;
    if (auto written = tables.replace(work->node_number, hours, *made); !written)
      return Unexpected(written.error());
    backlog.finish(*work);
    transaction.commit();
    done.rows = static_cast<std::uint64_t>(work->up_to - work->after);
    done.hours = hours.size();
    done.more = backlog.next().has_value();
    return done;
  }

  // Of hours whose rows were removed; the others were made with their hours. Some at a time, so that nobody
  // waits for them.
  [[nodiscard]] Result<void> rebuild_kept_days() {
    store::KeptDay after;
    for (bool more = true; more;) {
      SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
      auto last = tables.rewrite_kept_days(after);
      if (!last) return Unexpected(last.error());
      transaction.commit();
      more = last->has_value();
      if (more) after = **last;
    }
    return {};
  }

  [[nodiscard]] std::optional<std::int64_t> number_of(const NodeId& node) {
    SQLite::Statement find(*database, "SELECT id FROM node WHERE grp = ? AND node = ?");
    find.bind(1, node.group);
    find.bind(2, node.node);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getInt64();
  }
};

Rollups::Rollups(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rollups::Rollups(Rollups&&) noexcept = default;
Rollups& Rollups::operator=(Rollups&&) noexcept = default;
Rollups::~Rollups() = default;

Result<Rollups> Rollups::open(const std::filesystem::path& file) {
  auto records = store::RecordQuery::open(file);  // says what is wrong with the store, where something is
  if (!records) return Unexpected(records.error());
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    // What a power cut takes of the rollups is done again: the mark goes with them.
    database->exec("PRAGMA synchronous = NORMAL");
    return Rollups(std::make_unique<State>(file, std::move(database), std::move(*records)));
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(file, error));
  }
}

Result<Rollups::Step> Rollups::step() {
  try {
    return state_->step();
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(state_->file, error));
  }
}

Result<std::uint64_t> Rollups::rebuild(const Progress& progress) {
  try {
    {
      SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
      state_->tables.forget_all();
      transaction.commit();
    }
    const auto all = static_cast<std::uint64_t>(
        state_->database->execAndGet("SELECT coalesce(sum(row_id), 0) FROM mark").getInt64());
    std::uint64_t done = 0;
    for (bool more = true; more;) {
      const auto step = state_->step();
      if (!step) return Unexpected(step.error());
      done += step->rows;
      if (progress) progress(done, std::max(done, all));
      more = step->more;
    }
    if (const auto days = state_->rebuild_kept_days(); !days) return Unexpected(days.error());
    return done;
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(state_->file, error));
  }
}

Result<Rollups::Table> Rollups::hours(const NodeId& node, Hour first, Hour last) {
  try {
    const auto number = state_->number_of(node);
    return number ? state_->tables.hours(*number, first, last) : Table{};
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(state_->file, error));
  }
}

Result<Rollups::Table> Rollups::days(const NodeId& node, DayNumber first, DayNumber last) {
  try {
    const auto number = state_->number_of(node);
    return number ? state_->tables.days(*number, first, last) : Table{};
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(state_->file, error));
  }
}

}  // namespace xalink
