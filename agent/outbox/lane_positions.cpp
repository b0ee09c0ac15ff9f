#include "agent/outbox/lane_positions.hpp"

#include <string>

#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/statement_use.hpp"

namespace xalink {
namespace {

constexpr std::string_view kLast = "last";
constexpr std::string_view kAcknowledged = "acknowledged";
constexpr std::string_view kNewest = "newest";
constexpr std::string_view kSent = "sent";

}  // namespace

LanePositions::LanePositions(SQLite::Database& database)
    : all_but_newest_(database, "SELECT lane, what, row_id FROM position WHERE what <> 'newest'"),
      newest_(database,
              "SELECT schema, row_id FROM position WHERE lane = ? AND what = 'newest' ORDER BY schema"),
      set_(database,
           "INSERT INTO position(lane, what, schema, row_id) VALUES (?, ?, ?, ?) "
           "ON CONFLICT(lane, what, schema) DO UPDATE SET row_id = excluded.row_id") {}

LanePositions::Stored LanePositions::read() {
  Stored stored;
  std::size_t found = 0;
  StatementUse all(all_but_newest_);
  while (all->executeStep()) {
    const auto lane = all->getColumn(0).getInt64();
    const auto row = all->getColumn(2).getInt64();
    if (lane < 0 || lane >= static_cast<std::int64_t>(kLaneCount) || row < 0) {
      throw ContradictionError("a lane has an impossible position");
    }
    const auto what = all->getColumn(1).getString();
    if (what == kSent) {
      if (static_cast<std::size_t>(lane) == index(Lane::measurements)) stored.sent = static_cast<RowId>(row);
      continue;
    }
    auto& place = what == kLast ? stored.last : stored.acknowledged;
    place[static_cast<std::size_t>(lane)] = static_cast<RowId>(row);
    ++found;
  }
  if (found != 2 * kLaneCount) throw ContradictionError("a lane has no position");
  return stored;
}

std::vector<RowId> LanePositions::newest(Lane lane) {
  std::vector<RowId> rows;
  StatementUse newest(newest_);
  newest->bind(1, static_cast<std::int64_t>(index(lane)));
  while (newest->executeStep()) rows.push_back(static_cast<RowId>(newest->getColumn(1).getInt64()));
  return rows;
}

void LanePositions::set_last(Lane lane, RowId row) {
  set(lane, kLast, 0, row);
}

void LanePositions::set_acknowledged(Lane lane, RowId row) {
  set(lane, kAcknowledged, 0, row);
}

void LanePositions::set_newest(Lane lane, std::int64_t schema, RowId row) {
  set(lane, kNewest, schema, row);
}

void LanePositions::set_sent(RowId row) {
  set(Lane::measurements, kSent, 0, row);
}

void LanePositions::set(Lane lane, std::string_view what, std::int64_t schema, RowId row) {
  StatementUse set(set_);
  set->bind(1, static_cast<std::int64_t>(index(lane)));
  set->bind(2, std::string(what));
  set->bind(3, schema);
  set->bind(4, static_cast<std::int64_t>(row));
  set->exec();
}

}  // namespace xalink
