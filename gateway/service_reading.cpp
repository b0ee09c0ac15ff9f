#include "gateway/service_reading.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "gateway/meaning/service_table.hpp"
#include "gateway/store/database.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

using meaning::DossierEvent;
using store::StoredRecord;

constexpr WallTime kFirstDossiers{Milliseconds(1'041'379'200'000)};  // 2003-01-01, as the catalogue has it

constexpr std::size_t kEventsAStep = 1000;  // of progress

std::optional<WallTime> date(const StoredRecord& record, std::string_view name) {
  const auto ms = record.count(name);
  if (!ms || *ms > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  const WallTime time{Milliseconds(static_cast<std::int64_t>(*ms))};
  return time < kFirstDossiers ? std::nullopt : std::optional(time);
}

std::optional<registry::Date> day(const StoredRecord& record, std::string_view name) {
  const auto time = date(record, name);
  return time ? std::optional(meaning::day_of(*time)) : std::nullopt;
}

std::optional<std::int64_t> whole(const StoredRecord& record, std::string_view name) {
  const auto number = record.count(name);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::uint8_t> small(const StoredRecord& record, std::string_view name) {
  const auto number = record.count(name);
  return number && *number <= 255 ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

std::optional<bool> flag(const StoredRecord& record, std::string_view name) {
  const auto* told = std::get_if<bool>(&record.value(name));
  return told == nullptr ? std::nullopt : std::optional(*told);
}

/// A board without a clock may have stamped 1970: then the gateway knows better.
WallTime taken(const StoredRecord& record) {
  return record.time < kFirstDossiers ? record.received : record.time;
}

/// The rows of events by dossier, sorted where SQLite keeps its temporary files.
class DossierSorter {
 public:
  DossierSorter() : database_("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA journal_mode = OFF");
    database_.exec("PRAGMA synchronous = OFF");
    database_.exec(
        "CREATE TABLE event(key TEXT, site TEXT, recorded INTEGER, shape INTEGER, packed BLOB) STRICT");
    database_.exec("BEGIN");
    insert_ = std::make_unique<SQLite::Statement>(database_, "INSERT INTO event VALUES(?, ?, ?, ?, ?)");
  }

  void add(const std::string& key, const StoredRecord& record) {
    insert_->reset();
    insert_->bind(1, key);
    insert_->bind(2, record.node.node);
    insert_->bind(3, store::to_column(taken(record)));
    insert_->bind(4, shape_of(*record.schema));
    pack_into(packed_, record.schema->columns, record.values);
    insert_->bind(5, packed_.data(), static_cast<int>(packed_.size()));
    insert_->exec();
    ++events_;
  }

  Result<std::uint64_t> visit(const VisitDossier& visit, const EventProgress& progress) {
    insert_.reset();
    database_.exec("COMMIT");
    std::uint64_t dossiers = 0;
    std::string key;
    std::vector<DossierEvent> events;
    bool go_on = true;
    std::size_t done = 0;
    const auto give = [&] {
      if (events.empty()) return;
      ++dossiers;
      go_on = visit(std::move(events));
      events = {};
    };
    // The key and the row's number: the same store gives the same order.
    SQLite::Statement rows(database_,
                           "SELECT key, site, recorded, shape, packed FROM event ORDER BY key, rowid");
    while (go_on && rows.executeStep()) {
      std::string next = rows.getColumn(0).getString();
      if (progress && ++done % kEventsAStep == 0) progress(done, events_);
      if (next != key) give();
      if (!go_on) break;
      key = std::move(next);
      StoredRecord record;
      record.node.node = rows.getColumn(1).getString();
      record.time = WallTime(Milliseconds(rows.getColumn(2).getInt64()));
      record.schema = &shapes_.at(static_cast<std::size_t>(rows.getColumn(3).getInt64()));
      const SQLite::Column packed = rows.getColumn(4);
      auto values = unpack(record.schema->columns, {static_cast<const char*>(packed.getBlob()),
                                                    static_cast<std::size_t>(packed.getBytes())});
      if (!values) return Unexpected(values.error());
      record.values = std::move(*values);
      if (auto event = dossier_event(record)) events.push_back(std::move(*event));
    }
    if (go_on) give();
    return dossiers;
  }

 private:
  /// Programs of several versions have sent different columns; there are few.
  std::int64_t shape_of(const Schema& schema) {
    const auto found = std::ranges::find(shapes_, schema);
    if (found != shapes_.end()) return found - shapes_.begin();
    shapes_.push_back(schema);
    return static_cast<std::int64_t>(shapes_.size()) - 1;
  }

  SQLite::Database database_;
  std::unique_ptr<SQLite::Statement> insert_;
  std::vector<Schema> shapes_;
  std::size_t events_ = 0;
  std::string packed_;
};

store::RecordSelection rows_of(const std::string& group, const char* device, const char* metrics) {
  store::RecordSelection selection;
  selection.group = group;
  selection.device = device;
  selection.metric_groups = {metrics};
  return selection;
}

}  // namespace

std::optional<DossierEvent> dossier_event(const StoredRecord& record) {
  DossierEvent event;
  event.code = record.text("Code");
  const auto state = record.count("State");
  if (event.code.empty() || !state || *state < 1 || *state > 10) return std::nullopt;
  event.state = static_cast<meaning::DossierState>(*state);
  event.site = record.node.node;
  event.procedure = record.text("Procedure");
  event.agency = record.text("Agency");
  event.state_at = date(record, "State At");
  event.submitted = date(record, "Submitted");
  event.received = date(record, "Received");
  event.due = date(record, "Due");
  event.finished = date(record, "Finished");
  event.returned = date(record, "Returned");
  event.channel = small(record, "Channel");
  event.level = record.text("Level");
  event.online_payment = small(record, "Online Payment");
  event.fee = flag(record, "Fee");
  event.digitised = flag(record, "Digitised");
  event.supplement_requests = small(record, "Supplement Requests");
  event.attachments = flag(record, "Attachments");
  event.result_file = flag(record, "Result File");
  event.recorded = taken(record);
  return event;
}

Result<DossierReading> for_each_dossier(store::RecordQuery& records, const std::string& group,
                                        const VisitDossier& visit, const EventProgress& progress) {
  DossierReading reading;
  try {
    DossierSorter sorter;
    const auto visited =
        records.for_each(rows_of(group, "dossiers", "Dossier"), [&](const StoredRecord& record) {
          ++reading.records;
          if (const auto event = dossier_event(record)) {
            sorter.add(meaning::dossier_key(*event), record);
          } else {
            ++reading.unusable;
          }
          return true;
        });
    if (!visited) return Unexpected(visited.error());
    const auto dossiers = sorter.visit(visit, progress);
    if (!dossiers) return Unexpected(dossiers.error());
    reading.dossiers = *dossiers;
    return reading;
  } catch (const SQLite::Exception& error) {
    return failure("dossiers", std::string("cannot be sorted on the disk: ") + error.what(),
                   "free space in the folder for temporary files, or name another in SQLITE_TMPDIR");
  }
}

Result<std::vector<meaning::SatisfactionCount>> satisfaction_counts(store::RecordQuery& records,
                                                                    const std::string& group) {
  std::vector<meaning::SatisfactionCount> counts;
  const auto visited =
      records.for_each(rows_of(group, "indicators", "Satisfaction"), [&](const StoredRecord& record) {
        const auto first = day(record, "Period Start");
        const auto last = day(record, "Period End");
        const auto answers = whole(record, "Answers");
        if (!first || !last || !answers) return true;
        counts.push_back({record.node.node, record.text("Commune"), record.text("Agency"), *first, *last,
                          record.text("Channel"), whole(record, "Asked"), *answers,
                          whole(record, "Satisfied"), taken(record)});
        return true;
      });
  if (!visited) return Unexpected(visited.error());
  return counts;
}

Result<std::vector<meaning::VillageCount>> village_counts(store::RecordQuery& records,
                                                          const std::string& group) {
  std::vector<meaning::VillageCount> counts;
  const auto visited =
      records.for_each(rows_of(group, "indicators", "Villages"), [&](const StoredRecord& record) {
        const auto as_of = day(record, "As Of");
        const auto villages = whole(record, "Villages");
        if (!as_of || !villages) return true;
        counts.push_back({record.text("Commune"), record.text("Code List"), *as_of, record.text("Source"),
                          *villages, whole(record, "No Signal"), whole(record, "Gaps"),
                          whole(record, "No Power"), taken(record)});
        return true;
      });
  if (!visited) return Unexpected(visited.error());
  return counts;
}

Result<std::vector<meaning::TaskCount>> task_counts(store::RecordQuery& records, const std::string& group) {
  std::vector<meaning::TaskCount> counts;
  const auto visited =
      records.for_each(rows_of(group, "indicators", "Tasks"), [&](const StoredRecord& record) {
        const auto as_of = day(record, "As Of");
        const auto total = whole(record, "Total");
        const auto done = whole(record, "Done");
        if (!as_of || !total || !done) return true;
        counts.push_back({record.text("Code"), record.text("Programme"), record.text("Owner"), *as_of,
                          day(record, "Deadline"), *total, *done, whole(record, "On Time"),
                          whole(record, "Late"), taken(record)});
        return true;
      });
  if (!visited) return Unexpected(visited.error());
  return counts;
}

}  // namespace xalink
