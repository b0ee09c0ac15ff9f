#include "gateway/store/rollup_backlog.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/store/database.hpp"
#include "sparkplug/boot_clock.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink::store {

using meaning::Hour;

namespace {

// Of one step: some days of a board, and a transaction of some milliseconds.
constexpr std::int64_t kRowsOfOneStep = 4'000;

std::string_view bytes(const SQLite::Column& column) {
  const auto* begin = static_cast<const char*>(column.getBlob());
  return begin == nullptr ? std::string_view()
                          : std::string_view(begin, static_cast<std::size_t>(column.getBytes()));
}

void bind_rows(const Use& statement, const RollupWork& work) {
  statement->bind(1, work.epoch);
  statement->bind(2, work.lane);
  statement->bind(3, work.after);
  statement->bind(4, work.up_to);
}

void add_with_hour_before(std::set<Hour>& hours, Hour hour) {
  hours.insert(hour);
  hours.insert(hour - 1);
}

void add_time(std::set<Hour>& hours, std::int64_t time_ms) {
  add_with_hour_before(hours, meaning::hour_of(WallTime(Milliseconds(time_ms))));
}

}  // namespace

RollupBacklog::RollupBacklog(SQLite::Database& database)
    : next_(database,
            "SELECT m.epoch, e.node, n.grp, n.node, m.lane, coalesce(r.row_id, 0), m.row_id FROM mark AS m "
            "JOIN epoch AS e ON e.id = m.epoch JOIN node AS n ON n.id = e.node "
            "LEFT JOIN rolled_up AS r ON r.epoch = m.epoch AND r.lane = m.lane "
            "WHERE m.row_id > coalesce(r.row_id, 0) ORDER BY m.epoch, m.lane LIMIT 1"),
      times_(database,
             "SELECT t.time_ms FROM record_time AS t WHERE t.epoch = ? AND t.lane = ? "
             "AND t.row_id > ? AND t.row_id <= ? AND t.quality > 0"),
      statements_(database,
                  "SELECT s.columns, r.body FROM record AS r JOIN schema AS s ON s.id = r.schema "
                  "WHERE r.epoch = ? AND r.lane = ? AND r.row_id > ? AND r.row_id <= ? AND r.first IS NULL "
                  "AND s.device = ? AND s.grp = ?"),
      // Where all records of a boot are synchronised, no statement moves them.
      free_running_(database,
                    "SELECT u.epoch, u.boot FROM boot_use AS u JOIN epoch AS e ON e.id = u.epoch "
                    "JOIN boot AS b ON b.id = u.boot WHERE e.node = ? AND b.uuid = ? "
                    "AND u.unset + u.holdover > 0"),
      hours_of_boot_(database, "SELECT hour FROM rollup_boot WHERE node = ? AND boot = ?"),
      // Through the whole outbox; boards state the time of a boot now and then only.
      times_of_boot_(database,
                     "SELECT t.time_ms FROM record AS r CROSS JOIN record_time AS t WHERE r.epoch = ?1 "
                     "AND r.lane = 1 AND r.boot = ?2 AND t.epoch = r.epoch AND t.lane = r.lane "
                     "AND t.row_id = r.row_id AND t.quality > 0"),
      raise_(database,
             "INSERT INTO rolled_up(epoch, lane, row_id) VALUES(?, ?, ?) ON CONFLICT(epoch, lane) "
             "DO UPDATE SET row_id = excluded.row_id") {}

std::optional<RollupWork> RollupBacklog::next() {
  const Use found(next_);
  if (!found->executeStep()) return std::nullopt;
  RollupWork work;
  work.epoch = found->getColumn(0).getInt64();
  work.node_number = found->getColumn(1).getInt64();
  work.node = NodeId{found->getColumn(2).getString(), found->getColumn(3).getString()};
  work.lane = found->getColumn(4).getInt64();
  work.after = found->getColumn(5).getInt64();
  work.up_to = std::min(found->getColumn(6).getInt64(), work.after + kRowsOfOneStep);
  return work;
}

std::set<Hour> RollupBacklog::touched(const RollupWork& work) {
  std::set<Hour> hours;
  if (work.lane == static_cast<std::int64_t>(index(Lane::measurements))) {
    const Use times(times_);
    bind_rows(times, work);
    while (times->executeStep()) add_time(hours, times->getColumn(0).getInt64());
    return hours;
  }
  for (const auto& boot : stated_boots(work)) add_boot(hours, work, boot);
  return hours;
}

std::set<std::string> RollupBacklog::stated_boots(const RollupWork& work) {
  std::set<std::string> boots;
  auto schema = boot_clock_schema();
  const Use rows(statements_);
  bind_rows(rows, work);
  rows->bind(5, schema.device);
  rows->bind(6, schema.group);
  while (rows->executeStep()) {
    auto columns = unpack_columns(bytes(rows->getColumn(0)));
    if (!columns) continue;
    schema.columns = std::move(*columns);
    auto values = unpack(schema.columns, bytes(rows->getColumn(1)));
    if (!values) continue;
    Record record;
    record.values = std::move(*values);
    const auto stated = read_boot_clock(schema, record);
    if (stated && *stated) boots.insert((*stated)->boot_id);
  }
  return boots;
}

void RollupBacklog::add_boot(std::set<Hour>& hours, const RollupWork& work, const std::string& uuid) {
  std::vector<std::pair<std::int64_t, std::int64_t>> uses;
  {
    const Use all(free_running_);
    all->bind(1, work.node_number);
    all->bind(2, uuid);
    while (all->executeStep()) uses.emplace_back(all->getColumn(0).getInt64(), all->getColumn(1).getInt64());
  }
  for (const auto& [epoch, boot] : uses) {
    {
      const Use were(hours_of_boot_);
      were->bind(1, work.node_number);
      were->bind(2, boot);
      while (were->executeStep()) add_with_hour_before(hours, were->getColumn(0).getInt64());
    }
    const Use are(times_of_boot_);
    are->bind(1, epoch);
    are->bind(2, boot);
    while (are->executeStep()) add_time(hours, are->getColumn(0).getInt64());
  }
}

void RollupBacklog::finish(const RollupWork& work) {
  const Use mark(raise_);
  mark->bind(1, work.epoch);
  mark->bind(2, work.lane);
  mark->bind(3, work.up_to);
  mark->exec();
}

}  // namespace xalink::store
