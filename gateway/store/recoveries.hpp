#pragma once
// Rows that were acknowledged once and that this store lacks, until their boards have sent them again.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/record.hpp"

namespace xalink::store {

class Records;

/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class Recoveries {
 public:
  explicit Recoveries(SQLite::Database& database);

  /// A birth of `node` believes rows up to `claimed` safe; everything up to `mark` is here.
  void claimed(const NodeId& node, std::int64_t epoch, Lane lane, RowId mark, RowId claimed, WallTime at);
  /// After marks were raised, before COMMIT.
  void settle(Records& records, WallTime at);
  /// After a rollback. Reads again which recoveries are open when it next needs to know.
  void forget_cached();

  /// What to tell the operator of, once it is committed: one line each.
  [[nodiscard]] std::vector<std::string> take_news() { return std::exchange(news_, {}); }

 private:
  struct Open {
    std::int64_t id = 0;
    NodeId node;
    RowId first = 0;
    RowId last = 0;
  };
  using Place = std::pair<std::int64_t, Lane>;

  void load();
  [[nodiscard]] RowId rows_in_gaps(const Place& place, RowId first, RowId last);

  SQLite::Database& database_;
  SQLite::Statement all_open_;
  SQLite::Statement insert_;
  SQLite::Statement extend_;
  SQLite::Statement settle_;
  SQLite::Statement gaps_;
  bool loaded_ = false;
  std::map<Place, Open> open_;
  std::vector<std::string> news_;
};

/// Sum of the rows within ?3..?4 of epoch ?1, lane ?2 that gaps stand for.
inline constexpr const char* kRowsInGaps =
    "SELECT coalesce(sum(min(row_id, ?4) - max(first, ?3) + 1), 0) FROM record INDEXED BY gap "
    "WHERE epoch = ?1 AND lane = ?2 AND row_id >= ?3 AND first <= ?4 AND first IS NOT NULL";

}  // namespace xalink::store
