#include "gateway/store/nodes.hpp"

#include "gateway/store/database.hpp"

namespace xalink::store {
namespace {

constexpr std::size_t kMostCached = 100'000;  // some 15 MB; no fleet is larger than a few thousand

}  // namespace

Nodes::Nodes(SQLite::Database& database)
    : find_(database, "SELECT id FROM node WHERE grp = ? AND node = ?"),
      insert_(database, "INSERT INTO node(grp, node, first_seen_ms) VALUES(?, ?, ?)"),
      database_(database) {}

std::optional<std::int64_t> Nodes::known(const NodeId& node) {
  if (const auto found = known_.find(node); found != known_.end()) return found->second;
  const Use find(find_);
  find->bindNoCopy(1, node.group);
  find->bindNoCopy(2, node.node);
  if (!find->executeStep()) return std::nullopt;
  const auto number = find->getColumn(0).getInt64();
  known_.emplace(node, number);
  return number;
}

std::int64_t Nodes::number_of(const NodeId& node, WallTime at) {
  if (const auto number = known(node)) return *number;
  const Use insert(insert_);
  insert->bindNoCopy(1, node.group);
  insert->bindNoCopy(2, node.node);
  insert->bind(3, to_column(at));
  insert->exec();
  const auto number = database_.getLastInsertRowid();
  known_.emplace(node, number);
  return number;
}

void Nodes::bound_cache() {
  if (known_.size() > kMostCached) known_.clear();
}

}  // namespace xalink::store
