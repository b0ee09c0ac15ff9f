#include "gateway/store/record_query.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "gateway/store/database.hpp"
#include "gateway/store/removed_block.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/said.hpp"

namespace xalink::store {
namespace {

// How far a wall time that was not unset may be from the truth: a clock that ran free for months.
constexpr std::int64_t kSlackMs = 3'600'000;
constexpr std::int64_t kRowsOfSpan = 512;  // as schema_7.sql has it
// As schema_4.sql has it.
constexpr Milliseconds kSynchronisedWithin{3'000};

// Times are looked at row by row only between these rows.
struct Rows {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// Of rows part * kRowsOfSpan and on: the times of those that were taken by a clock.
struct Span {
  std::int64_t part = 0;
  std::int64_t earliest_ms = 0;
  std::int64_t latest_ms = 0;
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

// A part is looked at when the times of it and of its neighbours reach into the period: a record without a
// clock was taken between those around it that had one, and is put right by up to the slack.
std::vector<Rows> rows_between(const std::vector<Span>& known, const RecordSelection& selection,
                               const Rows& all) {
  const auto least = std::numeric_limits<std::int64_t>::min();
  const auto greatest = std::numeric_limits<std::int64_t>::max();
  const auto from = selection.from ? to_column(*selection.from) - kSlackMs : least;
  const auto to = selection.to ? to_column(*selection.to) + kSlackMs : greatest;
  std::vector<Rows> ranges;
  const auto add = [&](std::int64_t first, std::int64_t last, std::int64_t earliest, std::int64_t latest) {
    if (latest < from || earliest >= to) return;
    first = std::max(first, all.first);
    last = std::min(last, all.last);
    if (first > last) return;
    if (!ranges.empty() && ranges.back().last + 1 >= first) {
      ranges.back().last = std::max(ranges.back().last, last);
    } else {
      ranges.push_back({first, last});
    }
  };
  std::int64_t next = 0;  // first row that no part has spoken of
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto& here = known[i];
    const auto& before = known[i == 0 ? i : i - 1];
    const auto& after = known[i + 1 < known.size() ? i + 1 : i];
    const auto first = here.part * kRowsOfSpan;
    // Rows without any clock in front of it.
    add(next, first - 1, i == 0 ? least : std::min(before.earliest_ms, here.earliest_ms),
        std::max(before.latest_ms, here.latest_ms));
    next = first + kRowsOfSpan;
    add(first, next - 1,
        i == 0 ? least : std::min(before.earliest_ms, std::min(here.earliest_ms, after.earliest_ms)),
        i + 1 == known.size() ? greatest
                              : std::max(before.latest_ms, std::max(here.latest_ms, after.latest_ms)));
  }
  add(next, all.last, known.empty() ? least : known.back().earliest_ms, greatest);
  return ranges;
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
        spans(*database,
              "SELECT part, earliest_ms, latest_ms FROM record_span WHERE epoch = ? AND lane = ? "
              "ORDER BY part"),
        blocks(*database,
               "SELECT body FROM removed_block WHERE epoch = ? AND lane = ? AND latest_ms >= ? "
               "AND earliest_ms < ? ORDER BY last"),
        rhythms(*database,
                "SELECT max(iif(device = '' AND metric = ?2, value, NULL)), "
                "min(iif(device <> '' AND metric LIKE '%/Interval' AND value > 0, value, NULL)) "
                "FROM current_value WHERE node IN (SELECT id FROM node WHERE node = ?1) "
                "AND typeof(value) = 'integer'"),
        boots(*database, "SELECT uuid FROM boot WHERE id = ?"),
        // Of a synchronised record the view record_time says its wall time: most are, and are not asked for.
        records(*database,
                "SELECT r.row_id, r.first, r.schema, r.boot, r.boot_ms, r.wall_ms, r.quality, r.received_ms, "
                "r.body FROM record AS r "
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
  SQLite::Statement spans;
  SQLite::Statement blocks;
  SQLite::Statement rhythms;
  SQLite::Statement boots;
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
      if (selection.lane && *selection.lane != source.lane) continue;
      if (selection.rows && selection.rows->epoch != source.uuid) continue;
      selected.push_back(std::move(source));
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
      if (!columns)
        return Unexpected(
            unreadable(Said("schema ", "lược đồ ") + all->getColumn(0).getString(), columns.error()));
      schema.columns = std::move(*columns);
      selected.emplace(all->getColumn(0).getInt64(), std::move(schema));
    }
    return selected;
  }

  // Where records of the period can be, by whatever clock they were taken, as ranges that rise.
  [[nodiscard]] std::vector<Rows> rows_of(const Source& source, const RecordSelection& selection) {
    Rows all{1, source.mark};
    if (selection.rows) {
      all.first = std::max(all.first, to_column(selection.rows->first));
      all.last = std::min(all.last, to_column(selection.rows->last));
    }
    if (!selection.from && !selection.to) return {all};
    std::vector<Span> known;
    {
      const Use each(spans);
      each->bind(1, source.number);
      each->bind(2, static_cast<std::int64_t>(index(source.lane)));
      while (each->executeStep()) {
        known.push_back(
            {each->getColumn(0).getInt64(), each->getColumn(1).getInt64(), each->getColumn(2).getInt64()});
      }
    }
    return rows_between(known, selection, all);
  }

  [[nodiscard]] Error unreadable(const Said& what, const Error& why) const {
    return refusal(
        file.string(), what + Said(" cannot be read: ", " không đọc được: ") + halves(why.what),
        {"The store is damaged: put a backup in its place, the boards send again what it lacks",
         "Kho dữ liệu bị hỏng: đặt bản sao lưu vào chỗ của nó, các máy sẽ gửi lại phần còn thiếu"});
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
    StoredRecord record;
    record.node = source.node;
    record.epoch = source.uuid;
    if (selection.with_removed) {
      const auto goes_on = visit_removed(source, selection, wanted, record, visit, visited);
      if (!goes_on || !*goes_on) return goes_on;
    }
    for (const auto& range : rows_of(source, selection)) {
      const auto goes_on = visit_rows(source, range, selection, wanted, record, visit, visited);
      if (!goes_on || !*goes_on) return goes_on;
    }
    return true;
  }

  [[nodiscard]] std::string boot_named(std::int64_t number) {
    const Use found(boots);
    found->bind(1, number);
    return found->executeStep() ? found->getColumn(0).getString() : std::string();
  }

  [[nodiscard]] static bool is_in(const RecordSelection& selection, const StoredRecord& record) {
    return (!selection.from || record.time >= *selection.from) &&
           (!selection.to || record.time < *selection.to);
  }

  [[nodiscard]] Result<bool> visit_removed(const Source& source, const RecordSelection& selection,
                                           std::map<std::int64_t, Schema>& wanted, StoredRecord& record,
                                           const Visit& visit, std::uint64_t& visited) {
    RemovedBlockSources known;
    known.schema = [&](std::int64_t number) -> const Schema* {
      const auto schema = wanted.find(number);
      if (schema == wanted.end()) return nullptr;
      schema->second.lane = source.lane;
      return &schema->second;
    };
    known.boot = [this](std::int64_t number) { return boot_named(number); };
    const Use all(blocks);
    all->bind(1, source.number);
    all->bind(2, static_cast<std::int64_t>(index(source.lane)));
    all->bind(3, selection.from ? to_column(*selection.from) : std::numeric_limits<std::int64_t>::min());
    all->bind(4, selection.to ? to_column(*selection.to) : std::numeric_limits<std::int64_t>::max());
    record.removed = true;
    Result<bool> goes_on = true;
    while (goes_on && *goes_on && all->executeStep()) {
      goes_on = read_removed_block(bytes(all->getColumn(0)), known, record, [&](const StoredRecord& each) {
        if (!is_in(selection, each)) return true;
        ++visited;
        return visit(each);
      });
    }
    record.removed = false;
    record.boot_number = 0;
    if (!goes_on) return Unexpected(unreadable(Said("node ", "nút ") + source.node.node, goes_on.error()));
    return goes_on;
  }

  [[nodiscard]] Result<bool> visit_rows(const Source& source, const Rows& range,
                                        const RecordSelection& selection,
                                        std::map<std::int64_t, Schema>& wanted, StoredRecord& record,
                                        const Visit& visit, std::uint64_t& visited) {
    std::set<std::int64_t> valued;
    for (const auto& [number, schema] : wanted) {
      if (selection.with_values && selection.with_values(schema)) valued.insert(number);
    }
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
      record.schema_number = schema->first;
      if (const auto boot = all->getColumn(3).getInt64(); boot != record.boot_number) {
        record.boot_number = boot;
        record.boot = boot_named(boot);
      }
      record.row = static_cast<RowId>(all->getColumn(0).getInt64());
      record.first.reset();
      if (!all->getColumn(1).isNull()) record.first = static_cast<RowId>(all->getColumn(1).getInt64());
      record.boot_time = BootTime(all->getColumn(4).getInt64());
      record.wall = time_in(all->getColumn(5));
      record.stamped = quality_in(all->getColumn(6));
      record.received = time_in(all->getColumn(7));
      set_time(source, record);
      if (!is_in(selection, record)) continue;
      if (selection.with_values && !valued.contains(schema->first)) {
        record.values.clear();
        ++visited;
        if (!visit(record)) return false;
        continue;
      }
      auto values = unpack(schema->second.columns, bytes(all->getColumn(8)));
      if (!values) {
        return Unexpected(unreadable(
            Said("row ", "dòng ") + std::to_string(record.row) + Said(" of ", " của ") + source.node.node,
            values.error()));
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

Result<RecordQuery::Rhythm> RecordQuery::rhythm(const std::string& node) {
  // What is longer than a day is nonsense from outside.
  const auto seconds_in = [](const SQLite::Column& column) -> std::optional<Milliseconds> {
    if (column.isNull() || column.getInt64() <= 0) return std::nullopt;
    return std::chrono::seconds(std::min<std::int64_t>(column.getInt64(), 86'400));
  };
  try {
    Rhythm rhythm;
    const Use found(state_->rhythms);
    found->bind(1, node);
    found->bind(2, std::string(metric::kHeartbeat));
    if (found->executeStep()) {
      rhythm.heartbeat = seconds_in(found->getColumn(0));
      rhythm.shortest_interval = seconds_in(found->getColumn(1));
    }
    return rhythm;
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
    if (schemas->empty()) return visited;  // nobody ever sent any: no row need be asked
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
