#include "gateway/store/rollup_tables.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "gateway/store/database.hpp"
#include "sparkplug/said.hpp"

namespace xalink::store {

using meaning::DayNumber;
using meaning::Hour;
using meaning::HourRollups;
using meaning::Rollup;
using meaning::Series;

namespace {

std::string_view bytes(const SQLite::Column& column) {
  const auto* begin = static_cast<const char*>(column.getBlob());
  return begin == nullptr ? std::string_view()
                          : std::string_view(begin, static_cast<std::size_t>(column.getBytes()));
}

void forget(SQLite::Statement& statement, std::int64_t node, std::int64_t when) {
  const Use use(statement);
  use->bind(1, node);
  use->bind(2, when);
  use->exec();
}

}  // namespace

RollupTables::RollupTables(SQLite::Database& database)
    : database_(database),
      find_boot_(database, "SELECT id FROM boot WHERE uuid = ?"),
      forget_hour_(database, "DELETE FROM rollup_hour WHERE node = ? AND hour = ?"),
      forget_boots_(database, "DELETE FROM rollup_boot WHERE node = ? AND hour = ?"),
      forget_day_(database, "DELETE FROM rollup_day WHERE node = ? AND day = ?"),
      insert_hour_(database, "INSERT INTO rollup_hour VALUES(?, ?, ?, ?, ?, ?, ?, ?)"),
      insert_day_(database, "INSERT INTO rollup_day VALUES(?, ?, ?, ?, ?, ?, ?, ?)"),
      insert_boot_(database, "INSERT INTO rollup_boot(node, boot, hour) VALUES(?, ?, ?)"),
      find_series_(database, "SELECT id FROM rollup_series WHERE device = ? AND metric = ? AND unit = ?"),
      insert_series_(database, "INSERT INTO rollup_series(device, metric, unit) VALUES(?, ?, ?)"),
      read_hours_(database,
                  "SELECT hour, device, metric, unit, count, sum, least, greatest, sketch FROM rollup_hour "
                  "JOIN rollup_series AS s ON s.id = series WHERE node = ? AND hour BETWEEN ? AND ?"),
      read_kept_(database,
                 "SELECT hour, device, metric, unit, count, sum, least, greatest, sketch FROM rollup_kept "
                 "JOIN rollup_series AS s ON s.id = series WHERE node = ? AND hour BETWEEN ? AND ?"),
      write_kept_(database, "INSERT OR REPLACE INTO rollup_kept VALUES(?, ?, ?, ?, ?, ?, ?, ?)"),
      next_kept_(
          database,
          "SELECT node, hour FROM rollup_kept WHERE (node, hour) > (?, ?) ORDER BY node, hour LIMIT 1"),
      read_days_(database,
                 "SELECT day, device, metric, unit, count, sum, least, greatest, sketch FROM rollup_day "
                 "JOIN rollup_series AS s ON s.id = series WHERE node = ? AND day BETWEEN ? AND ?"),
      generation_(database, "SELECT value FROM counter WHERE name = 'rollup_generation'"),
      next_generation_(
          database, "UPDATE counter SET value = value + 1 WHERE name = 'rollup_generation' AND value = ?") {}

std::int64_t RollupTables::generation() {
  const Use now(generation_);
  return now->executeStep() ? now->getColumn(0).getInt64() : 0;
}

bool RollupTables::is_next_after(std::int64_t generation) {
  const Use change(next_generation_);
  change->bind(1, generation);
  return change->exec() == 1;
}

void RollupTables::forget_all() {
  for (const char* table : {"rolled_up", "rollup_hour", "rollup_boot"})
    database_.exec(std::string("DELETE FROM ") + table);
  // A day of Vietnam begins at 17:00 UTC.
  database_.exec(
      "DELETE FROM rollup_day WHERE NOT EXISTS (SELECT 1 FROM rollup_kept AS k WHERE k.node = "
      "rollup_day.node "
      "AND k.hour BETWEEN day * 24 - 7 AND day * 24 + 16)");
  database_.exec(
      "DELETE FROM rollup_series WHERE id NOT IN (SELECT series FROM rollup_kept UNION "
      "SELECT series FROM rollup_day)");
  database_.exec("UPDATE counter SET value = value + 1 WHERE name = 'rollup_generation'");
}

std::int64_t RollupTables::series_number(const Series& series) {
  const auto bind = [&](const Use& use) {
    use->bindNoCopy(1, series.device);
    use->bindNoCopy(2, series.metric);
    use->bindNoCopy(3, series.unit);
  };
  {
    const Use find(find_series_);
    bind(find);
    if (find->executeStep()) return find->getColumn(0).getInt64();
  }
  const Use insert(insert_series_);
  bind(insert);
  insert->exec();
  return database_.getLastInsertRowid();
}

void RollupTables::write(SQLite::Statement& statement, std::int64_t node, std::int64_t when,
                         const std::map<Series, Rollup>& rollups) {
  for (const auto& [series, rollup] : rollups) {
    const auto sketch = rollup.sketch.to_bytes();
    const auto number = series_number(series);
    const Use insert(statement);
    insert->bind(1, node);
    insert->bind(2, when);
    insert->bind(3, number);
    insert->bind(4, to_column(rollup.count));
    insert->bind(5, rollup.sum);
    insert->bind(6, rollup.least);
    insert->bind(7, rollup.greatest);
    insert->bindNoCopy(8, sketch.data(), static_cast<int>(sketch.size()));
    insert->exec();
  }
}

void RollupTables::write_boots(std::int64_t node, Hour hour, const std::set<std::string>& boots) {
  for (const auto& uuid : boots) {
    std::int64_t boot = 0;
    {
      const Use find(find_boot_);
      find->bindNoCopy(1, uuid);
      if (find->executeStep()) boot = find->getColumn(0).getInt64();
    }
    const Use insert(insert_boot_);
    insert->bind(1, node);
    insert->bind(2, boot);
    insert->bind(3, hour);
    insert->exec();
  }
}

Result<void> RollupTables::replace(std::int64_t node, const std::set<Hour>& hours,
                                   const std::map<Hour, HourRollups>& made) {
  for (const Hour hour : hours) {
    forget(forget_hour_, node, hour);
    forget(forget_boots_, node, hour);
    const auto found = made.find(hour);
    if (found == made.end()) continue;
    write(insert_hour_, node, hour, found->second.series);
    write_boots(node, hour, found->second.boots);
  }
  return write_days(node, hours);
}

// Hour by hour, so that the sums are the same whenever they are made.
Result<void> RollupTables::write_days(std::int64_t node, const std::set<Hour>& hours) {
  std::set<DayNumber> days;
  for (const Hour hour : hours) days.insert(meaning::day_of_hour(hour));
  for (const DayNumber day : days) {
    if (auto written = write_day(node, day); !written) return written;
  }
  return {};
}

Result<void> RollupTables::write_day(std::int64_t node, DayNumber day) {
  const auto first = meaning::first_hour_of(day);
  const auto parts = hours(node, first, first + 23);
  if (!parts) return Unexpected(parts.error());
  std::map<Series, Rollup> whole;
  for (const auto& [hour, all] : *parts) {
    for (const auto& [series, rollup] : all) whole[series] += rollup;
  }
  forget(forget_day_, node, day);
  write(insert_day_, node, day, whole);
  return {};
}

Result<void> RollupTables::keep(std::int64_t node, const std::map<Hour, HourRollups>& gone) {
  for (const auto& [hour, rollups] : gone) {
    auto kept = read(read_kept_, node, hour, hour);
    if (!kept) return Unexpected(kept.error());
    auto& sum = (*kept)[hour];
    for (const auto& [series, rollup] : rollups.series) sum[series] += rollup;
    write(write_kept_, node, hour, sum);
  }
  return {};
}

Result<std::optional<KeptDay>> RollupTables::rewrite_kept_days(const KeptDay& after) {
  constexpr int kDaysAtOnce = 20;
  std::optional<KeptDay> last;
  for (int i = 0; i < kDaysAtOnce; ++i) {
    const auto& from = last ? *last : after;
    KeptDay next;
    {
      const Use found(next_kept_);
      found->bind(1, from.node);
      found->bind(2, meaning::first_hour_of(from.day) + 23);
      if (!found->executeStep()) break;
      next.node = found->getColumn(0).getInt64();
      next.day = meaning::day_of_hour(found->getColumn(1).getInt64());
    }
    if (auto written = write_day(next.node, next.day); !written) return Unexpected(written.error());
    last = next;
  }
  return last;
}

Result<RollupTable> RollupTables::hours(std::int64_t node, Hour first, Hour last) {
  auto all = read(read_kept_, node, first, last);
  const auto present = read(read_hours_, node, first, last);
  if (!all || !present) return Unexpected(all ? present.error() : all.error());
  for (const auto& [hour, rollups] : *present) {
    auto& whole = (*all)[hour];
    for (const auto& [series, rollup] : rollups) whole[series] += rollup;
  }
  return all;
}

Result<RollupTable> RollupTables::days(std::int64_t node, DayNumber first, DayNumber last) {
  return read(read_days_, node, first, last);
}

Result<RollupTable> RollupTables::read(SQLite::Statement& statement, std::int64_t node, std::int64_t first,
                                       std::int64_t last) {
  RollupTable table;
  const Use all(statement);
  all->bind(1, node);
  all->bind(2, first);
  all->bind(3, last);
  while (all->executeStep()) {
    Rollup rollup;
    rollup.count = static_cast<std::uint64_t>(all->getColumn(4).getInt64());
    rollup.sum = all->getColumn(5).getDouble();
    rollup.least = all->getColumn(6).getDouble();
    rollup.greatest = all->getColumn(7).getDouble();
    auto sketch = meaning::QuantileSketch::from_bytes(bytes(all->getColumn(8)));
    if (!sketch) {
      return Unexpected(refusal(
          {},
          {"hours and days of the store cannot be read", "không đọc được số liệu theo giờ và ngày trong kho"},
          {"Make them anew from the records: xalink-gateway rebuild",
           "Tính lại từ các bản ghi: xalink-gateway rebuild"}));
    }
    rollup.sketch = std::move(*sketch);
    table[all->getColumn(0).getInt64()].emplace(
        Series{all->getColumn(1).getString(), all->getColumn(2).getString(), all->getColumn(3).getString()},
        std::move(rollup));
  }
  return table;
}

}  // namespace xalink::store
