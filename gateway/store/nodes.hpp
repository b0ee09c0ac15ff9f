#pragma once
// Edge nodes by name and by the store's number.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>

#include "sparkplug/edge_node.hpp"

namespace xalink::store {

/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class Nodes {
 public:
  explicit Nodes(SQLite::Database& database);

  /// The node's number; a node seen for the first time gets one.
  [[nodiscard]] std::int64_t number_of(const NodeId& node, WallTime at);
  /// The number of a node that has one.
  [[nodiscard]] std::optional<std::int64_t> known(const NodeId& node);
  /// After a rollback: numbers given in it are void.
  void forget_cached() { known_.clear(); }
  void bound_cache();

 private:
  SQLite::Statement find_;
  SQLite::Statement insert_;
  SQLite::Database& database_;
  std::map<NodeId, std::int64_t> known_;
};

}  // namespace xalink::store
