#include "tests/comparison/comparison.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "sparkplug/packed_values.hpp"
#include "tests/fakes/database_view.hpp"

namespace xalink {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr std::size_t kMostExamples = 10;

struct Shape {
  std::string device;
  std::string group;
  std::vector<Column> columns;
};

struct Row {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool gap = false;
  std::int64_t wall_ms = 0;
  std::int64_t boot_ms = 0;
  std::string content;  ///< of records: all that must be equal, as text
  /// The same without wall time and its quality: of a record that was taken before the time was known, they
  /// may be better in the store.
  std::string timeless;
  bool time_unknown = false;
};

std::string_view blob(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

/// Columns "id, device, group, columns" of either side's table of shapes.
std::map<std::int64_t, Shape> read_shapes(SQLite::Database& database, const char* sql) {
  std::map<std::int64_t, Shape> shapes;
  SQLite::Statement query(database, sql);
  while (query.executeStep()) {
    auto columns = unpack_columns(blob(query.getColumn(3)));
    if (!columns)
      throw SQLite::Exception("schema " + query.getColumn(0).getString() + ": " + columns.error().what);
    shapes[query.getColumn(0).getInt64()] =
        Shape{query.getColumn(1).getString(), query.getColumn(2).getString(), std::move(*columns)};
  }
  return shapes;
}

/// Values by name, absent ones left out: the wire leaves them out too.
std::string values_text(const Shape& shape, std::string_view body) {
  const auto values = unpack(shape.columns, body);
  if (!values) return " unreadable: " + values.error().what;
  std::map<std::string_view, std::string> by_name;
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (is_null((*values)[i])) continue;
    by_name[shape.columns[i].name] =
        std::string(to_string(shape.columns[i].type)) + " " + to_text((*values)[i]);
  }
  std::string text;
  for (const auto& [name, value] : by_name) text.append("; ").append(name).append(" = ").append(value);
  return text;
}

/// Rows of one lane in order: row_id, first, schema, boot UUID, boot_ms, wall_ms, quality, body.
class Rows {
 public:
  Rows(SQLite::Database& database, const std::string& sql, const std::map<std::int64_t, Shape>& shapes)
      : query_(database, sql), shapes_(shapes) {}

  std::optional<Row> next() {
    if (!query_.executeStep()) return std::nullopt;
    Row row;
    row.last = static_cast<std::uint64_t>(query_.getColumn(0).getInt64());
    row.gap = !query_.getColumn(1).isNull();
    row.first = row.gap ? static_cast<std::uint64_t>(query_.getColumn(1).getInt64()) : row.last;
    row.boot_ms = query_.getColumn(4).getInt64();
    row.wall_ms = query_.getColumn(5).getInt64();
    if (row.gap) return row;
    const auto shape = shapes_.find(query_.getColumn(2).getInt64());
    if (shape == shapes_.end()) throw SQLite::Exception("a record has a schema that is not in the database");
    row.time_unknown = query_.getColumn(6).getInt() == 0;
    const auto what = shape->second.device + "/" + shape->second.group;
    row.timeless =
        " boot " + query_.getColumn(3).getString() + values_text(shape->second, blob(query_.getColumn(7)));
    row.content = what + " at " + std::to_string(row.wall_ms) + " quality " +
                  query_.getColumn(6).getString() + row.timeless;
    row.timeless.insert(0, what);
    return row;
  }

 private:
  SQLite::Statement query_;
  const std::map<std::int64_t, Shape>& shapes_;
};

class Comparer {
 public:
  Comparer(const std::filesystem::path& outbox, const std::filesystem::path& store, StoreState state)
      : view_(outbox),
        outbox_(view_.database()),
        store_(store.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs),
        state_(state) {
    // In this order: what is acknowledged while we look is in the store already.
    outbox_.exec("BEGIN");
    outbox_shapes_ = read_shapes(outbox_, "SELECT id, device, metric_group, columns FROM schema");
    store_.exec("BEGIN");
    store_shapes_ = read_shapes(store_, "SELECT id, device, grp, columns FROM schema");
  }

  Comparison run() {
    const std::string uuid = outbox_.execAndGet("SELECT epoch FROM meta").getString();
    SQLite::Statement find(store_, "SELECT id FROM epoch WHERE uuid = ?");
    find.bind(1, uuid);
    std::vector<std::int64_t> epochs;
    while (find.executeStep()) epochs.push_back(find.getColumn(0).getInt64());
    // One outbox is one board: under a second node everything is there twice.
    for (std::size_t i = 1; i < epochs.size(); ++i) {
      SQLite::Statement count(store_, "SELECT count(*) FROM record WHERE epoch = ? AND first IS NULL");
      count.bind(1, epochs[i]);
      count.executeStep();
      result_.duplicated += static_cast<std::uint64_t>(count.getColumn(0).getInt64());
      example("epoch " + uuid + " is kept for more than one node");
    }
    for (int lane = 0; lane < 2; ++lane) compare_lane(lane, epochs.empty() ? -1 : epochs.front());
    return std::move(result_);
  }

 private:
  void example(std::string text) {
    if (result_.examples.size() < kMostExamples) result_.examples.push_back(std::move(text));
  }

  std::uint64_t position(const std::string& lane, const std::string& what) {
    const auto row =
        outbox_.execAndGet("SELECT row_id FROM position WHERE lane = " + lane + " AND what = '" + what + "'");
    return static_cast<std::uint64_t>(row.getInt64());
  }

  /// Which rows of the store are the outbox's: those of its epoch, and of the epochs that it continues those
  /// up to where they are the same.
  std::string rows_of(std::int64_t epoch, const std::string& lane) {
    std::string where = "(epoch = " + std::to_string(epoch);
    SQLite::Statement older(outbox_, "SELECT epoch, last_" + lane + " FROM predecessor");
    while (older.executeStep()) {
      SQLite::Statement find(store_, "SELECT id FROM epoch WHERE uuid = ?");
      find.bind(1, older.getColumn(0).getString());
      while (find.executeStep()) {
        where += " OR (epoch = " + find.getColumn(0).getString() +
                 " AND row_id <= " + older.getColumn(1).getString() + ")";
      }
    }
    return where + ")";
  }

  void compare_lane(int lane, std::int64_t epoch) {
    const std::string number = std::to_string(lane);
    const auto assigned = position(number, "last");
    const auto acknowledged = position(number, "acknowledged");
    Rows taken(outbox_,
               "SELECT row_id, first, schema, (SELECT boot_id FROM boot WHERE id = boot), boot_ms, wall_ms, "
               "quality, body FROM lane_" +
                   number + " ORDER BY row_id",
               outbox_shapes_);
    Rows kept(
        store_,
        "SELECT row_id, first, schema, (SELECT uuid FROM boot WHERE id = boot), boot_ms, wall_ms, quality, "
        "body FROM record WHERE " +
            rows_of(epoch, number) + " AND lane = " + number + " ORDER BY row_id",
        store_shapes_);
    const std::string place = "lane " + number + " row ";
    std::unordered_set<std::string> contents;
    std::uint64_t covered = 0;  // all of 1..covered is accounted for
    auto ours = taken.next();
    while (const auto theirs = kept.next()) {
      if (theirs->last > assigned) {
        if (state_ == StoreState::ahead_allowed) break;
        result_.unknown += theirs->last - std::max(assigned, theirs->first - 1);
        example(place + std::to_string(theirs->last) + " was never given out: " + theirs->content);
      }
      if (theirs->first > covered + 1) report_missing(place, covered + 1, theirs->first - 1);
      if (theirs->first <= covered) {
        result_.duplicated += covered - theirs->first + 1;
        example(place + std::to_string(theirs->first) + " is in the store twice");
      }
      covered = std::max(covered, theirs->last);
      if (theirs->gap) {
        result_.given_up += theirs->last - theirs->first + 1;
        continue;
      }
      while (ours && ours->last < theirs->last) ours = taken.next();
      const bool held = ours && ours->last == theirs->last && !ours->gap;
      // A file may hold a row twice: then it was taken twice, and belongs there twice.
      const bool first_time = contents.insert(theirs->content).second;
      if (!first_time && !(held && same(*ours, *theirs))) {
        ++result_.duplicated;
        example(place + std::to_string(theirs->last) + " repeats another row: " + theirs->content);
      }
      if (held && !same(*ours, *theirs)) {
        ++result_.altered;
        example(place + std::to_string(theirs->last) + " was taken as\n    " + ours->content +
                "\n  and is kept as\n    " + theirs->content);
      } else if (theirs->last <= assigned) {
        ++result_.committed;
      }
    }
    if (covered >= assigned) return;
    if (covered < acknowledged) report_missing(place, covered + 1, acknowledged);
    const auto unsent = std::max(covered, acknowledged) + 1;
    // Not lost, but not delivered either: the agent was stopped too soon, or cannot get through.
    if (unsent <= assigned) report_missing(place, unsent, assigned, ", not acknowledged: still to be sent");
  }

  static bool same(const Row& ours, const Row& theirs) {
    const bool equal =
        ours.content == theirs.content || (ours.time_unknown && ours.timeless == theirs.timeless);
    return equal && std::abs(ours.boot_ms - theirs.boot_ms) <= kBootTimeToleranceMs;
  }

  void report_missing(const std::string& place, std::uint64_t first, std::uint64_t last,
                      const std::string& why = {}) {
    result_.missing += last - first + 1;
    example(place + std::to_string(first) + " to " + std::to_string(last) + " missing" + why);
  }

  test::DatabaseView view_;
  SQLite::Database& outbox_;
  SQLite::Database store_;
  StoreState state_;
  std::map<std::int64_t, Shape> outbox_shapes_;
  std::map<std::int64_t, Shape> store_shapes_;
  Comparison result_;
};

}  // namespace

std::string Comparison::to_string() const {
  std::string text = std::to_string(committed) + " records committed, " + std::to_string(missing) +
                     " missing, " + std::to_string(duplicated) + " duplicated";
  const std::pair<std::uint64_t, const char*> rest[] = {
      {altered, " altered"}, {unknown, " never given out"}, {given_up, " given up and said so"}};
  for (const auto& [count, what] : rest) {
    if (count > 0) text += ", " + std::to_string(count) + what;
  }
  return text;
}

Result<Comparison> compare_stores(const std::filesystem::path& outbox, const std::filesystem::path& store,
                                  StoreState state) {
  for (const auto& file : {outbox, store}) {
    if (!std::filesystem::exists(file)) return failure(file.string(), "there is no such database");
  }
  try {
    return Comparer(outbox, store, state).run();
  } catch (const SQLite::Exception& error) {
    return failure(outbox.string() + " or " + store.string(), error.what());
  } catch (const std::runtime_error& error) {  // it never stood still
    return failure(outbox.string(), error.what());
  }
}

}  // namespace xalink
