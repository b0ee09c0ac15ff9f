#include "agent/outbox/lane_table.hpp"

#include <algorithm>
#include <limits>

#include "agent/outbox/row_seal.hpp"

namespace xalink {
namespace {

std::string with_table(std::string_view query, Lane lane) {
  constexpr std::string_view kPlace = "{lane}";
  std::string text(query);
  text.replace(text.find(kPlace), kPlace.size(), "lane_" + std::to_string(index(lane)));
  return text;
}

std::int64_t to_sql(RowId row) {
  return static_cast<std::int64_t>(std::min<RowId>(row, std::numeric_limits<std::int64_t>::max()));
}

RowId from_sql(std::int64_t row) {
  return static_cast<RowId>(std::max<std::int64_t>(row, 0));
}

}  // namespace

LaneTable::LaneTable(SQLite::Database& database, Lane lane)
    : insert_(database,
              with_table("INSERT INTO {lane}(row_id, first, schema, boot, boot_ms, wall_ms, quality, body, "
                         "seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         lane)),
      erase_(database, with_table("DELETE FROM {lane} WHERE row_id BETWEEN ? AND ?", lane)),
      select_(database, with_table("SELECT row_id, first, schema, boot, boot_ms, wall_ms, quality, body, "
                                   "seal FROM {lane} WHERE row_id >= ? ORDER BY row_id LIMIT ?",
                                   lane)),
      oldest_(database,
              with_table("SELECT coalesce(first, row_id) FROM {lane} ORDER BY row_id LIMIT 1", lane)),
      highest_(database, with_table("SELECT row_id FROM {lane} ORDER BY row_id DESC LIMIT 1", lane)),
      wall_after_(database,
                  with_table("SELECT wall_ms FROM {lane} WHERE row_id > ? ORDER BY row_id LIMIT 1", lane)) {}

void LaneTable::append(RowId row, std::int64_t schema, std::int64_t boot, const Stamp& stamp,
                       std::string_view body) {
  insert(row, std::nullopt, schema, boot, stamp, body);
}

void LaneTable::append_gap(RowId first, RowId last, std::int64_t boot, const Stamp& stamp,
                           std::string_view body) {
  insert(last, first, std::nullopt, boot, stamp, body);
}

void LaneTable::insert(RowId row, std::optional<RowId> first, std::optional<std::int64_t> schema,
                       std::int64_t boot, const Stamp& stamp, std::string_view body) {
  StatementUse insert(insert_);
  insert->bind(1, to_sql(row));
  first ? insert->bind(2, to_sql(*first)) : insert->bind(2);
  schema ? insert->bind(3, *schema) : insert->bind(3);
  insert->bind(4, boot);
  insert->bind(5, std::int64_t{stamp.boot_time.count()});
  insert->bind(6, std::int64_t{stamp.wall.time_since_epoch().count()});
  insert->bind(7, static_cast<std::int32_t>(stamp.quality));
  insert->bindNoCopy(8, body.data(), static_cast<int>(body.size()));
  LaneRow sealed;
  sealed.row_id = row;
  sealed.first = first.value_or(row);
  sealed.schema = schema;
  sealed.boot = boot;
  sealed.boot_time = stamp.boot_time;
  sealed.wall = stamp.wall;
  sealed.quality = stamp.quality;
  sealed.body = body;
  insert->bind(9, static_cast<std::int32_t>(seal_of(sealed)));
  insert->exec();
}

void LaneTable::erase(RowId first, RowId last) {
  StatementUse erase(erase_);
  erase->bind(1, to_sql(first));
  erase->bind(2, to_sql(last));
  erase->exec();
}

RowId LaneTable::oldest() {
  StatementUse oldest(oldest_);
  return oldest->executeStep() ? from_sql(oldest->getColumn(0).getInt64()) : 0;
}

RowId LaneTable::highest() {
  StatementUse highest(highest_);
  return highest->executeStep() ? from_sql(highest->getColumn(0).getInt64()) : 0;
}

std::optional<WallTime> LaneTable::wall_after(RowId mark) {
  StatementUse after(wall_after_);
  after->bind(1, to_sql(mark));
  if (!after->executeStep()) return std::nullopt;
  return WallTime(Milliseconds(after->getColumn(0).getInt64()));
}

LaneTable::Scan::Scan(SQLite::Statement& select, RowId from, std::uint64_t max_rows) : use_(select) {
  use_->bind(1, to_sql(from));
  use_->bind(2, to_sql(max_rows));
}

std::optional<LaneRow> LaneTable::Scan::next() {
  if (!use_->executeStep()) return std::nullopt;
  LaneRow row;
  row.row_id = from_sql(use_->getColumn(0).getInt64());
  const auto first = use_->getColumn(1);
  row.first = first.isNull() ? row.row_id : from_sql(first.getInt64());
  const auto schema = use_->getColumn(2);
  if (!schema.isNull()) row.schema = schema.getInt64();
  row.boot = use_->getColumn(3).getInt64();
  row.boot_time = BootTime(use_->getColumn(4).getInt64());
  row.wall = WallTime(Milliseconds(use_->getColumn(5).getInt64()));
  row.quality = static_cast<ClockQuality>(std::clamp<std::int64_t>(use_->getColumn(6).getInt64(), 0, 2));
  row.body = use_.bytes(7);
  const auto seal = use_->getColumn(8);
  row.broken = !seal.isNull() && seal.getInt64() != seal_of(row);
  return row;
}

}  // namespace xalink
