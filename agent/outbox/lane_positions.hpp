#pragma once
// Where each lane stands, as the database has it: the table "position".

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sparkplug/record.hpp"

namespace xalink {

/// Each change is within the caller's transaction. Throws SQLite::Exception.
class LanePositions {
 public:
  struct Stored {
    std::array<RowId, kLaneCount> last{};
    std::array<RowId, kLaneCount> acknowledged{};
    std::optional<RowId> sent;  ///< measurements up to here may have left the board; nothing: never noted
  };

  /// `database` outlives this.
  explicit LanePositions(SQLite::Database& database);

  /// Throws ContradictionError when one is missing or cannot be.
  [[nodiscard]] Stored read();
  /// The newest row of each schema that the lane has had.
  [[nodiscard]] std::vector<RowId> newest(Lane lane);

  void set_last(Lane lane, RowId row);
  void set_acknowledged(Lane lane, RowId row);
  void set_newest(Lane lane, std::int64_t schema, RowId row);
  void set_sent(RowId row);

 private:
  void set(Lane lane, std::string_view what, std::int64_t schema, RowId row);

  SQLite::Statement all_but_newest_;
  SQLite::Statement newest_;
  SQLite::Statement set_;
};

}  // namespace xalink
