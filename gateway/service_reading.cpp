#include "gateway/service_reading.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>

#include "gateway/meaning/service_table.hpp"
#include "gateway/store/database.hpp"
#include "sparkplug/fnv.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

using meaning::DossierEvent;
using meaning::DossierState;
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

/// From when to when a dossier has something to tell, as far as one needs to know to leave it out.
struct DossierSpan {
  WallTime earliest = WallTime::max();
  WallTime latest = WallTime::min();
  std::pair<WallTime, DossierState> last{WallTime::min(), DossierState::registered};
  std::size_t events = 0;

  void add(const DossierEvent& event) {
    const WallTime time = event.time();
    // in_order() makes states of what these tell, and acceptance is dated by the first.
    const WallTime received = event.received.value_or(time);
    const WallTime finished = event.finished.value_or(time);
    earliest = std::min({earliest, time, received, finished});
    latest = std::max({latest, time, received, finished});
    last = std::max(last, {time, event.state});
    ++events;
  }
  [[nodiscard]] bool matters(const DossierWindow& window) const {
    if (earliest >= window.as_of) return false;  // it had not begun
    if (latest >= std::min(window.from, window.as_of)) return true;
    // Whatever came before: behind a state that ends nothing is pending, and all of it is of earlier periods.
    return !meaning::ends(last.second);
  }
};

/// Numbers of dossiers by key, without the keys: two digests of 64 bits name one.
class DossierSpans {
 public:
  /// Of those without a number nothing is known.
  static constexpr std::int64_t kNone = -1;

  std::int64_t add(const std::string& key, const DossierEvent& event) {
    const Digest digest{std::hash<std::string>()(key), fnv_1a(key)};
    auto found = numbers_.find(digest);
    if (found == numbers_.end()) {
      if (spans_.size() == kMost) return kNone;
      found = numbers_.emplace(digest, spans_.size()).first;
      spans_.emplace_back();
    }
    spans_[found->second].add(event);
    return static_cast<std::int64_t>(found->second);
  }
  [[nodiscard]] const std::vector<DossierSpan>& all() const { return spans_; }

 private:
  // About 130 bytes each: a province has less in three years. What comes beyond is read as it is.
  static constexpr std::size_t kMost = 2'000'000;

  struct Digest {
    std::size_t first = 0;
    std::uint64_t second = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  struct First {
    std::size_t operator()(const Digest& digest) const { return digest.first; }
  };

  std::unordered_map<Digest, std::size_t, First> numbers_;
  std::vector<DossierSpan> spans_;
};

/// The rows of events by dossier, sorted where SQLite keeps its temporary files.
class DossierSorter {
 public:
  DossierSorter() : database_("", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA journal_mode = OFF");
    database_.exec("PRAGMA synchronous = OFF");
    database_.exec(
        "CREATE TABLE event(key TEXT, site TEXT, recorded INTEGER, shape INTEGER, packed BLOB, "
        "dossier INTEGER) STRICT");
    database_.exec("CREATE TABLE wanted(dossier INTEGER PRIMARY KEY) STRICT");
    database_.exec("BEGIN");
    insert_ = std::make_unique<SQLite::Statement>(database_, "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?)");
  }

  void add(const DossierEvent& event, const StoredRecord& record) {
    const std::string key = meaning::dossier_key(event);
    insert_->reset();
    insert_->bind(1, key);
    insert_->bind(2, record.node.node);
    insert_->bind(3, store::to_column(taken(record)));
    insert_->bind(4, shape_of(*record.schema));
    pack_into(packed_, record.schema->columns, record.values);
    insert_->bind(5, packed_.data(), static_cast<int>(packed_.size()));
    const auto dossier = spans_.add(key, event);
    insert_->bind(6, dossier);
    insert_->exec();
    if (dossier == DossierSpans::kNone) ++events_;
  }

  /// Tells `given` how many dossiers there were, and of how many events.
  Result<void> visit(const std::optional<DossierWindow>& window, const VisitDossier& visit,
                     const EventProgress& progress, DossierReading& given) {
    insert_.reset();
    choose(window);
    database_.exec("COMMIT");
    std::string key;
    std::vector<DossierEvent> events;
    bool go_on = true;
    std::size_t done = 0;
    const auto give = [&] {
      if (events.empty()) return;
      ++given.dossiers;
      given.used += events.size();
      go_on = visit(std::move(events));
      events = {};
    };
    // The key and the row's number: the same store gives the same order.
    SQLite::Statement rows(database_,
                           "SELECT key, site, recorded, shape, packed FROM event "
                           "WHERE dossier IN (SELECT dossier FROM wanted) ORDER BY key, rowid");
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
    return {};
  }

 private:
  void choose(const std::optional<DossierWindow>& window) {
    SQLite::Statement want(database_, "INSERT INTO wanted VALUES(?)");
    const auto put = [&](std::int64_t dossier) {
      want.bind(1, dossier);
      want.exec();
      want.reset();
    };
    put(DossierSpans::kNone);
    std::int64_t dossier = 0;
    for (const auto& span : spans_.all()) {
      if (!window || span.matters(*window)) {
        put(dossier);
        events_ += span.events;
      }
      ++dossier;
    }
  }

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
  DossierSpans spans_;
  std::size_t events_ = 0;  ///< that are wanted
  std::string packed_;
};

store::RecordSelection rows_of(const std::string& group, const char* device, const char* metrics) {
  store::RecordSelection selection;
  selection.group = group;
  selection.lane = Lane::events;  // measurements are many, and none of these
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
                                        const VisitDossier& visit, const EventProgress& progress,
                                        const std::optional<DossierWindow>& window) {
  DossierReading reading;
  try {
    DossierSorter sorter;
    const auto visited =
        records.for_each(rows_of(group, "dossiers", "Dossier"), [&](const StoredRecord& record) {
          ++reading.records;
          if (const auto event = dossier_event(record)) {
            sorter.add(*event, record);
          } else {
            ++reading.unusable;
          }
          return true;
        });
    if (!visited) return Unexpected(visited.error());
    if (auto given = sorter.visit(window, visit, progress, reading); !given) return Unexpected(given.error());
    return reading;
  } catch (const SQLite::Exception& error) {
    return Unexpected(refusal(
        {},
        Said("dossiers cannot be sorted on the disk: ", "không sắp xếp được hồ sơ trên đĩa: ") + error.what(),
        {"free space in the folder for temporary files, or name another in SQLITE_TMPDIR",
         "giải phóng chỗ trong thư mục tệp tạm, hoặc chỉ thư mục khác bằng SQLITE_TMPDIR"}));
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
