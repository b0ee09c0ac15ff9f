#include "gateway/store/recoveries.hpp"

#include <algorithm>
#include <limits>

#include "gateway/store/database.hpp"
#include "gateway/store/records.hpp"

namespace xalink::store {
namespace {

constexpr RowId kHighestRow = static_cast<RowId>(std::numeric_limits<std::int64_t>::max());

std::string place_of(const NodeId& node, Lane lane, RowId first, RowId last) {
  return to_string(node) + ", " + (lane == Lane::events ? "events" : "measurements") + ", rows " +
         std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace

Recoveries::Recoveries(SQLite::Database& database)
    : database_(database),
      all_open_(database,
                "SELECT recovery.id, epoch, lane, first, last, grp, node.node FROM recovery "
                "JOIN epoch ON epoch.id = recovery.epoch JOIN node ON node.id = epoch.node "
                "WHERE settled_ms IS NULL"),
      insert_(database, "INSERT INTO recovery(epoch, lane, first, last, found_ms) VALUES(?, ?, ?, ?, ?)"),
      extend_(database, "UPDATE recovery SET last = ? WHERE id = ?"),
      settle_(database, "UPDATE recovery SET settled_ms = ? WHERE id = ?"),
      gaps_(database, kRowsInGaps) {}

void Recoveries::load() {
  if (loaded_) return;
  const Use all(all_open_);
  while (all->executeStep()) {
    const auto lane = static_cast<Lane>(all->getColumn(2).getInt());
    open_[{all->getColumn(1).getInt64(), lane}] = Open{
        all->getColumn(0).getInt64(), NodeId{all->getColumn(5).getString(), all->getColumn(6).getString()},
        static_cast<RowId>(all->getColumn(3).getInt64()), static_cast<RowId>(all->getColumn(4).getInt64())};
  }
  loaded_ = true;
}

void Recoveries::forget_cached() {
  loaded_ = false;
  open_.clear();
  news_.clear();
}

void Recoveries::claimed(const NodeId& node, std::int64_t epoch, Lane lane, RowId mark, RowId claimed,
                         WallTime at) {
  if (claimed <= mark || claimed > kHighestRow) return;
  load();
  const auto known = open_.find({epoch, lane});
  if (known != open_.end()) {
    // The same hole, told by a later birth. What the board had delivered beyond it belongs to it too.
    if (claimed <= known->second.last) return;
    const Use extend(extend_);
    extend->bind(1, to_column(claimed));
    extend->bind(2, known->second.id);
    extend->exec();
    known->second.last = claimed;
    return;
  }
  const Use insert(insert_);
  insert->bind(1, epoch);
  insert->bind(2, static_cast<std::int64_t>(index(lane)));
  insert->bind(3, to_column(mark + 1));
  insert->bind(4, to_column(claimed));
  insert->bind(5, to_column(at));
  insert->exec();
  open_[{epoch, lane}] = Open{database_.getLastInsertRowid(), node, mark + 1, claimed};
  news_.push_back(
      place_of(node, lane, mark + 1, claimed) +
      ": delivered once and not in this store: it is an older copy, or another gateway took them. "
      "Asking the board for what it still holds");
}

void Recoveries::settle(Records& records, WallTime at) {
  load();
  for (auto entry = open_.begin(); entry != open_.end();) {
    const auto& [place, open] = *entry;
    if (records.mark(place.first, place.second) < open.last) {
      ++entry;
      continue;
    }
    const Use settle(settle_);
    settle->bind(1, to_column(at));
    settle->bind(2, open.id);
    settle->exec();
    const RowId gone = rows_in_gaps(place, open.first, open.last);
    const RowId back = open.last - open.first + 1 - std::min(gone, open.last - open.first + 1);
    std::string line = place_of(open.node, place.second, open.first, open.last) + ": " +
                       std::to_string(back) + " records came back";
    if (gone > 0) {
      line += ", " + std::to_string(gone) +
              " are gone for good; xalink-gateway boards tells from when to when, and why";
    }
    news_.push_back(std::move(line));
    entry = open_.erase(entry);
  }
}

RowId Recoveries::rows_in_gaps(const Place& place, RowId first, RowId last) {
  const Use gaps(gaps_);
  gaps->bind(1, place.first);
  gaps->bind(2, static_cast<std::int64_t>(index(place.second)));
  gaps->bind(3, to_column(first));
  gaps->bind(4, to_column(last));
  return gaps->executeStep() ? static_cast<RowId>(gaps->getColumn(0).getInt64()) : 0;
}

}  // namespace xalink::store
