#include "gateway/store/record_query.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <limits>
#include <map>
#include <type_traits>
#include <utility>

#include "gateway/store/database.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink::store {
namespace {

// How far a wall time that was not unset may be from the truth: a clock that ran free for months.
constexpr std::int64_t kSlackMs = 3'600'000;
// As schema_4.sql has it.
constexpr Milliseconds kSynchronisedWithin{3'000};

// Times are looked at row by row only between these rows.
struct Rows {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct Source {
  std::int64_t number = 0;  // of the epoch
  std::string uuid;
  NodeId node;
  Lane lane = Lane::events;
  std::int64_t mark = 0;
};

std::string_view bytes(const SQLite::Column& column) {
  const auto* begin = static_cast<const char*>(column.getBlob());
  return begin == nullptr ? std::string_view()
                          : std::string_view(begin, static_cast<std::size_t>(column.getBytes()));
}

WallTime time_in(const SQLite::Column& column) {
  return WallTime(Milliseconds(column.getInt64()));
}

std::optional<WallTime> bound_in(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(time_in(column));
}

ClockQuality quality_in(const SQLite::Column& column) {
  return static_cast<ClockQuality>(std::clamp(column.getInt(), 0, 2));
}

bool takes(const RecordSelection& selection, const Schema& schema) {
  if (!selection.device.empty() && selection.device != schema.device) return false;
  if (selection.metric_groups.empty()) return true;
  return std::ranges::any_of(selection.metric_groups, [&](const std::string& group) {
    return schema.group == group || schema.group.starts_with(group + "/");
  });
}

bool selects_schemas(const RecordSelection& selection) {
  return !selection.device.empty() || !selection.metric_groups.empty();
}

// As a JSON array of numbers.
std::string list_of(const std::map<std::int64_t, Schema>& schemas) {
  std::string list = "[";
  for (const auto& [number, schema] : schemas) list += (list.size() > 1 ? "," : "") + std::to_string(number);
  return list + "]";
}

}  // namespace

const Value& StoredRecord::value(std::string_view name) const {
  static const Value kNull;
  if (name.size() > schema->group.size() && name.starts_with(schema->group) &&
      name[schema->group.size()] == '/') {
    name.remove_prefix(schema->group.size() + 1);
  }
  for (std::size_t i = 0; i < schema->columns.size() && i < values.size(); ++i) {
    if (schema->columns[i].name == name) return values[i];
  }
  return kNull;
}

std::string StoredRecord::text(std::string_view name) const {
  const auto* text = std::get_if<std::string>(&value(name));
  return text == nullptr ? std::string() : *text;
}

std::optional<double> StoredRecord::number(std::string_view name) const {
  return std::visit(
      [](const auto& held) -> std::optional<double> {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<Held>) {
          return static_cast<double>(held);
        } else {
          return std::nullopt;
        }
      },
      value(name));
}

std::optional<std::uint64_t> StoredRecord::count(std::string_view name) const {
  const Value& held = value(name);
  if (const auto* count = std::get_if<std::uint64_t>(&held)) return *count;
  if (const auto* whole = std::get_if<std::int64_t>(&held); whole != nullptr && *whole >= 0)
    return static_cast<std::uint64_t>(*whole);
  return std::nullopt;
}

struct RecordQuery::State {
  State(std::filesystem::path path, std::unique_ptr<SQLite::Database> opened)
      : file(std::move(path)),
        database(std::move(opened)),
        sources(*database,
                "SELECT e.id, e.uuid, n.grp, n.node, m.lane, m.row_id FROM node AS n "
                "JOIN epoch AS e ON e.node = n.id JOIN mark AS m ON m.epoch = e.id "
                "WHERE (?1 = '' OR n.grp = ?1) AND (?2 = '' OR n.node = ?2) "
                "ORDER BY n.grp, n.node, e.id, m.lane"),
        schemas(*database, "SELECT id, device, grp, columns FROM schema"),
        clocked(
            *database,
            "SELECT row_id, wall_ms FROM record WHERE epoch = ? AND lane = ? AND row_id BETWEEN ? AND ? "
            "AND quality > 0 AND first IS NULL AND wall_ms < received_ms + 3600000 ORDER BY row_id LIMIT 1"),
        // Of a synchronised record the view record_time says its wall time: most are, and are not asked for.
        records(*database,
                "SELECT r.row_id, r.first, r.schema, b.uuid, r.boot_ms, r.wall_ms, r.quality, r.received_ms, "
                "r.body FROM record AS r JOIN boot AS b ON b.id = r.boot "
                "WHERE r.epoch = ?1 AND r.lane = ?2 AND r.row_id BETWEEN ?3 AND ?4 "
                "AND (r.quality < 2 OR (r.wall_ms >= ?5 AND r.wall_ms < ?6)) AND (?7 OR r.first IS NULL) "
                "AND (?8 IS NULL OR r.schema IN (SELECT value FROM json_each(?8))) ORDER BY r.row_id"),
        times(*database,
              "SELECT time_ms, earliest_ms, latest_ms, quality FROM record_time "
              "WHERE epoch = ? AND lane = ? AND row_id = ?") {}

  std::filesystem::path file;
  std::unique_ptr<SQLite::Database> database;
  SQLite::Statement sources;
  SQLite::Statement schemas;
  SQLite::Statement clocked;
  SQLite::Statement records;
  SQLite::Statement times;

  [[nodiscard]] std::vector<Source> select_sources(const RecordSelection& selection) {
    std::vector<Source> selected;
    const Use all(sources);
    all->bind(1, selection.group);
    all->bind(2, selection.node);
    while (all->executeStep()) {
      Source source;
      source.number = all->getColumn(0).getInt64();
      source.uuid = all->getColumn(1).getString();
      source.node = NodeId{all->getColumn(2).getString(), all->getColumn(3).getString()};
      source.lane = static_cast<Lane>(all->getColumn(4).getInt() % static_cast<int>(kLaneCount));
      source.mark = all->getColumn(5).getInt64();
      if (!selection.lane || *selection.lane == source.lane) selected.push_back(std::move(source));
    }
    return selected;
  }

  // The schemas that are wanted, by number.
  [[nodiscard]] Result<std::map<std::int64_t, Schema>> select_schemas(const RecordSelection& selection) {
    std::map<std::int64_t, Schema> selected;
    const Use all(schemas);
    while (all->executeStep()) {
      Schema schema;
      schema.device = all->getColumn(1).getString();
      schema.group = all->getColumn(2).getString();
      if (!takes(selection, schema)) continue;
      auto columns = unpack_columns(bytes(all->getColumn(3)));
      if (!columns) return Unexpected(unreadable("schema " + all->getColumn(0).getString(), columns.error()));
      schema.columns = std::move(*columns);
      selected.emplace(all->getColumn(0).getInt64(), std::move(schema));
    }
    return selected;
  }

  // The first row in the range whose wall time is no guess.
  [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> first_clocked(const Source& source,
                                                                                   Rows rows) {
    const Use found(clocked);
    found->bind(1, source.number);
    found->bind(2, static_cast<std::int64_t>(index(source.lane)));
    found->bind(3, rows.first);
    found->bind(4, rows.last);
    if (!found->executeStep()) return std::nullopt;
    return std::pair(found->getColumn(0).getInt64(), found->getColumn(1).getInt64());
  }

  // The least row of which it is sure that everything before it was taken before `ms`. Rows are in the order
  // in which they were taken, so that halving finds it.
  [[nodiscard]] std::int64_t row_at(const Source& source, std::int64_t ms) {
    std::int64_t low = 1;
    std::int64_t high = source.mark + 1;
    while (low < high) {
      const std::int64_t middle = low + (high - low) / 2;
      const auto found = first_clocked(source, Rows{middle, high - 1});
      if (found && found->second < ms) {
        low = found->first + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // A record that was taken in the range, by whatever clock, has its row here.
  [[nodiscard]] Rows rows_of(const Source& source, const RecordSelection& selection) {
    Rows rows{1, source.mark};
    if (selection.from) rows.first = row_at(source, selection.from->time_since_epoch().count() - kSlackMs);
    if (selection.to) {
      // The row found is the first that may be later than that; behind the next one with a clock all are.
      const auto row = row_at(source, selection.to->time_since_epoch().count() + kSlackMs);
      const auto later = first_clocked(source, Rows{row, source.mark});
      rows.last = later ? later->first : source.mark;
    }
    return rows;
  }

  [[nodiscard]] Error unreadable(const std::string& what, const Error& why) const {
    return Error{file.string(), what + " cannot be read: " + why.what,
                 "The store is damaged: put a backup in its place, the boards send again what it lacks"};
  }

  void set_time(const Source& source, StoredRecord& record) {
    record.time = record.wall;
    record.quality = record.stamped;
    if (record.stamped == ClockQuality::synchronised) {
      record.earliest = record.wall - kSynchronisedWithin;
      record.latest = record.wall + kSynchronisedWithin;
      return;
    }
    record.earliest.reset();
    record.latest.reset();
    const Use known(times);
    known->bind(1, source.number);
    known->bind(2, static_cast<std::int64_t>(index(source.lane)));
    known->bind(3, to_column(record.row));
    if (!known->executeStep()) return;
    record.time = time_in(known->getColumn(0));
    record.earliest = bound_in(known->getColumn(1));
    record.latest = bound_in(known->getColumn(2));
    record.quality = quality_in(known->getColumn(3));
  }

  [[nodiscard]] Result<bool> visit_source(const Source& source, const RecordSelection& selection,
                                          std::map<std::int64_t, Schema>& wanted, const Visit& visit,
                                          std::uint64_t& visited) {
    const auto range = rows_of(source, selection);
    StoredRecord record;
    record.node = source.node;
    record.epoch = source.uuid;
    const Use all(records);
    all->bind(1, source.number);
    all->bind(2, static_cast<std::int64_t>(index(source.lane)));
    all->bind(3, range.first);
    all->bind(4, range.last);
    all->bind(5, selection.from ? to_column(*selection.from) : std::numeric_limits<std::int64_t>::min());
    all->bind(6, selection.to ? to_column(*selection.to) : std::numeric_limits<std::int64_t>::max());
    all->bind(7, selection.with_gaps ? 1 : 0);
    if (selects_schemas(selection)) {
      all->bind(8, list_of(wanted));
    } else {
      all->bind(8);  // what was bound for another selection stays bound
    }
    while (all->executeStep()) {
      const auto schema = wanted.find(all->getColumn(2).getInt64());
      if (schema == wanted.end()) continue;
      schema->second.lane = source.lane;
      record.schema = &schema->second;
      record.row = static_cast<RowId>(all->getColumn(0).getInt64());
      record.first.reset();
      if (!all->getColumn(1).isNull()) record.first = static_cast<RowId>(all->getColumn(1).getInt64());
      record.boot = all->getColumn(3).getString();
      record.boot_time = BootTime(all->getColumn(4).getInt64());
      record.wall = time_in(all->getColumn(5));
      record.stamped = quality_in(all->getColumn(6));
      record.received = time_in(all->getColumn(7));
      set_time(source, record);
      if (selection.from && record.time < *selection.from) continue;
      if (selection.to && record.time >= *selection.to) continue;
      auto values = unpack(schema->second.columns, bytes(all->getColumn(8)));
      if (!values) {
        return Unexpected(
            unreadable("row " + std::to_string(record.row) + " of " + source.node.node, values.error()));
      }
      record.values = std::move(*values);
      ++visited;
      if (!visit(record)) return false;
    }
    return true;
  }
};

RecordQuery::RecordQuery(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordQuery::RecordQuery(RecordQuery&&) noexcept = default;
RecordQuery& RecordQuery::operator=(RecordQuery&&) noexcept = default;
RecordQuery::~RecordQuery() = default;

Result<RecordQuery> RecordQuery::open(const std::filesystem::path& file) {
  auto database = open_to_read(file);
  if (!database) return Unexpected(database.error());
  try {
    return RecordQuery(std::make_unique<State>(file, std::move(*database)));
  } catch (const SQLite::Exception& error) {
    return Unexpected(explain(file, error));
  }
}

Result<std::vector<NodeId>> RecordQuery::nodes() {
  try {
    std::vector<NodeId> all;
    for (auto& source : state_->select_sources({})) {
      if (all.empty() || !(all.back() == source.node)) all.push_back(std::move(source.node));
    }
    return all;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explain(state_->file, error));
  }
}

Result<std::uint64_t> RecordQuery::for_each(const RecordSelection& selection, const Visit& visit) {
  std::uint64_t visited = 0;
  try {
    const SQLite::Transaction one_moment(*state_->database);
    auto schemas = state_->select_schemas(selection);
    if (!schemas) return Unexpected(schemas.error());
    for (const auto& source : state_->select_sources(selection)) {
      const auto goes_on = state_->visit_source(source, selection, *schemas, visit, visited);
      if (!goes_on) return Unexpected(goes_on.error());
      if (!*goes_on) break;
    }
    return visited;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explain(state_->file, error));
  }
}

}  // namespace xalink::store
