#include "agent/outbox/catalogue.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "agent/outbox/row_seal.hpp"
#include "agent/outbox/statement_use.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

// A backlog comes from a handful of boots; what is beyond that is read again when needed.
constexpr std::size_t kMostBootsInMemory = 256;

std::size_t name_hash(const Schema& schema) {
  const std::hash<std::string_view> hash;
  return hash(schema.device) * 31 + hash(schema.group);
}

}  // namespace

Catalogue::Catalogue(SQLite::Database& database)
    : insert_schema_(database,
                     "INSERT INTO schema(id, device, metric_group, lane, columns, seal) "
                     "VALUES (?, ?, ?, ?, ?, ?)"),
      all_schemas_(database, "SELECT id, device, metric_group, lane, columns, seal FROM schema ORDER BY id"),
      insert_boot_(database,
                   "INSERT INTO boot(boot_id, boot_ms, wall_ms, quality) VALUES (?, ?, ?, ?) RETURNING id"),
      find_boot_(database, "SELECT id FROM boot WHERE boot_id = ? ORDER BY id DESC LIMIT 1"),
      boot_by_number_(database, "SELECT boot_id FROM boot WHERE id = ?"),
      newest_boot_(database, "SELECT boot_id, boot_ms, wall_ms, quality FROM boot ORDER BY id DESC LIMIT 1") {
}

void Catalogue::load() {
  schemas_.clear();
  by_name_.clear();
  boots_.clear();
  current_boot_.clear();
  current_boot_number_ = 0;
  StatementUse all(all_schemas_);
  while (all->executeStep()) {
    const auto number = all->getColumn(0).getInt64();
    const auto lane = all->getColumn(3).getInt64();
    auto columns = unpack_columns(all.bytes(4));
    if (!columns || lane < 0 || lane >= static_cast<std::int64_t>(kLaneCount)) {
      throw ContradictionError("schema " + std::to_string(number) + " cannot be read");
    }
    Schema schema;
    schema.device = all->getColumn(1).getString();
    schema.group = all->getColumn(2).getString();
    schema.lane = static_cast<Lane>(lane);
    schema.columns = std::move(*columns);
    const auto seal = all->getColumn(5);
    if (!seal.isNull() && seal.getInt64() != seal_of(number, schema)) {
      throw ContradictionError("schema " + std::to_string(number) + " is not what was written");
    }
    add(number, std::move(schema));
  }
}

void Catalogue::add(std::int64_t number, Schema schema) {
  by_name_.emplace(name_hash(schema), number);
  schemas_.emplace(number, std::move(schema));
}

std::int64_t Catalogue::find(const Schema& schema) const {
  const auto [begin, end] = by_name_.equal_range(name_hash(schema));
  const auto known =
      std::find_if(begin, end, [&](const auto& entry) { return schemas_.at(entry.second) == schema; });
  return known == end ? 0 : known->second;
}

bool Catalogue::can_hold(const Schema& schema) const {
  return find(schema) != 0 || unpack_columns(pack_columns(schema.columns));
}

std::int64_t Catalogue::number_of(const Schema& schema) {
  if (const auto known = find(schema); known != 0) return known;
  const std::int64_t number = schemas_.empty() ? 1 : schemas_.rbegin()->first + 1;
  const auto columns = pack_columns(schema.columns);
  StatementUse insert(insert_schema_);
  insert->bind(1, number);
  insert->bind(2, schema.device);
  insert->bind(3, schema.group);
  insert->bind(4, static_cast<std::int64_t>(index(schema.lane)));
  insert->bind(5, columns.data(), static_cast<int>(columns.size()));
  insert->bind(6, static_cast<std::int32_t>(seal_of(number, schema)));
  insert->exec();
  add(number, schema);
  return number;
}

std::int64_t Catalogue::number_of_boot(const Stamp& stamp) {
  if (current_boot_number_ != 0 && stamp.boot_id == current_boot_) return current_boot_number_;
  std::int64_t number = 0;
  {
    StatementUse find(find_boot_);
    find->bind(1, stamp.boot_id);
    if (find->executeStep()) number = find->getColumn(0).getInt64();
  }
  if (number == 0) {
    StatementUse insert(insert_boot_);
    insert->bind(1, stamp.boot_id);
    insert->bind(2, std::int64_t{stamp.boot_time.count()});
    insert->bind(3, std::int64_t{stamp.wall.time_since_epoch().count()});
    insert->bind(4, static_cast<std::int64_t>(stamp.quality));
    insert->executeStep();
    number = insert->getColumn(0).getInt64();
    insert->executeStep();
  }
  current_boot_ = stamp.boot_id;
  current_boot_number_ = number;
  return number;
}

const Schema* Catalogue::schema(std::int64_t number) const {
  const auto found = schemas_.find(number);
  return found == schemas_.end() ? nullptr : &found->second;
}

const std::string* Catalogue::boot(std::int64_t number) {
  const auto known = boots_.find(number);
  if (known != boots_.end()) return &known->second;
  StatementUse find(boot_by_number_);
  find->bind(1, number);
  if (!find->executeStep()) return nullptr;
  if (boots_.size() >= kMostBootsInMemory) boots_.clear();
  return &boots_.emplace(number, find->getColumn(0).getString()).first->second;
}

Stamp Catalogue::newest_boot() {
  Stamp stamp;
  StatementUse newest(newest_boot_);
  if (!newest->executeStep()) return stamp;
  stamp.boot_id = newest->getColumn(0).getString();
  stamp.boot_time = BootTime(newest->getColumn(1).getInt64());
  stamp.wall = WallTime(Milliseconds(newest->getColumn(2).getInt64()));
  stamp.quality = static_cast<ClockQuality>(std::clamp<std::int64_t>(newest->getColumn(3).getInt64(), 0, 2));
  return stamp;
}

}  // namespace xalink
