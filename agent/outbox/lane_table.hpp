#pragma once
// The rows of one lane.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/outbox/statement_use.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// One row as stored: a record, or a gap for the rows first..row_id.
struct LaneRow {
  RowId row_id = 0;
  RowId first = 0;                     ///< row_id for a record
  std::optional<std::int64_t> schema;  ///< nothing for a gap
  std::int64_t boot = 0;
  BootTime boot_time{};
  WallTime wall{};
  ClockQuality quality = ClockQuality::unset;
  std::string_view body;  ///< packed values; valid while the scan stands on this row
  bool broken = false;    ///< its seal says that it is not what was written
};

/// Throws SQLite::Exception. `database` outlives this.
class LaneTable {
 public:
  LaneTable(SQLite::Database& database, Lane lane);

  void append(RowId row, std::int64_t schema, std::int64_t boot, const Stamp& stamp, std::string_view body);

  /// A gap for the rows first..last, none of which may be there.
  void append_gap(RowId first, RowId last, std::int64_t boot, const Stamp& stamp, std::string_view body);
  /// Takes away whatever has a row id of first..last.
  void erase(RowId first, RowId last);

  /// 0 when the table is empty.
  [[nodiscard]] RowId oldest();
  [[nodiscard]] RowId highest();
  /// Wall time of the first row above `mark`.
  [[nodiscard]] std::optional<WallTime> wall_after(RowId mark);

  /// Walks up from the row that holds `from` or, when there is none, the next one above it. One at a time.
  class Scan {
   public:
    Scan(SQLite::Statement& select, RowId from, std::uint64_t max_rows);
    /// The next row; nothing at the end.
    [[nodiscard]] std::optional<LaneRow> next();

   private:
    StatementUse use_;
  };
  [[nodiscard]] Scan scan(RowId from, std::uint64_t max_rows) { return {select_, from, max_rows}; }

 private:
  void insert(RowId row, std::optional<RowId> first, std::optional<std::int64_t> schema, std::int64_t boot,
              const Stamp& stamp, std::string_view body);

  SQLite::Statement insert_;
  SQLite::Statement erase_;
  SQLite::Statement select_;
  SQLite::Statement oldest_;
  SQLite::Statement highest_;
  SQLite::Statement wall_after_;
};

}  // namespace xalink
