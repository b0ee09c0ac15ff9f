#pragma once
// What is to be rolled up: the rows above the marks of `rolled_up`, and the hours that they change.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "gateway/meaning/rollup.hpp"
#include "sparkplug/edge_node.hpp"

namespace xalink::store {

/// Rows after..up_to of one lane of one outbox.
struct RollupWork {
  std::int64_t epoch = 0;
  std::int64_t node_number = 0;
  NodeId node;
  std::int64_t lane = 0;
  std::int64_t after = 0;
  std::int64_t up_to = 0;
};

/// Thread-safety: none. Throws SQLite::Exception.
class RollupBacklog {
 public:
  explicit RollupBacklog(SQLite::Database& database);

  /// Nothing when all is rolled up.
  [[nodiscard]] std::optional<RollupWork> next();
  /// The hours of the work's measurements, and those before them: their last rows learn now for how many
  /// measurements they stand. Where it holds statements of when a boot was, all hours in which records of
  /// that boot were and in which they are now.
  [[nodiscard]] std::set<meaning::Hour> touched(const RollupWork& work);
  /// In the transaction that writes the hours.
  void finish(const RollupWork& work);

 private:
  [[nodiscard]] std::set<std::string> stated_boots(const RollupWork& work);
  void add_boot(std::set<meaning::Hour>& hours, const RollupWork& work, const std::string& uuid);

  SQLite::Statement next_;
  SQLite::Statement times_;
  SQLite::Statement statements_;
  SQLite::Statement free_running_;
  SQLite::Statement hours_of_boot_;
  SQLite::Statement times_of_boot_;
  SQLite::Statement raise_;
};

}  // namespace xalink::store
