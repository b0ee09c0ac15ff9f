#pragma once
// What a store lacks of what boards had, for those who look at it.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <string>

#include "gateway/boards.hpp"

namespace xalink::store {

/// Thread-safety: none. Throws SQLite::Exception.
class MissingQuery {
 public:
  explicit MissingQuery(SQLite::Database& database);

  /// Fills recoveries and gone. board.epoch is known already.
  void read(Board& board, std::int64_t node);

 private:
  void read_recoveries(Board& board, std::int64_t node);
  void read_gaps(Board& board, std::int64_t epoch, Lane lane);
  [[nodiscard]] std::optional<WallTime> neighbour(SQLite::Statement& statement, std::int64_t epoch, Lane lane,
                                                  RowId row);

  SQLite::Statement recoveries_;
  SQLite::Statement rows_in_gaps_;
  SQLite::Statement lanes_;
  SQLite::Statement gaps_;
  SQLite::Statement before_;
  SQLite::Statement after_;
};

}  // namespace xalink::store
