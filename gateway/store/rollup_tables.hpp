#pragma once
// The tables of hours and days of metrics (schema_6.sql).

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "gateway/meaning/rollup.hpp"
#include "sparkplug/result.hpp"

namespace xalink::store {

/// By hour or day, as the table counts them.
using RollupTable = std::map<std::int64_t, std::map<meaning::Series, meaning::Rollup>>;

/// A day of a node that has hours of removed rows.
struct KeptDay {
  std::int64_t node = 0;
  meaning::DayNumber day = 0;
};

/// An hour is what the rows that are there make and what was kept of those that are gone, added up.
/// Thread-safety: none. Throws SQLite::Exception; fails on a sketch that cannot be read.
class RollupTables {
 public:
  explicit RollupTables(SQLite::Database& database);

  /// In a transaction of the caller's: these hours of a node are what was made, nothing where nothing was,
  /// and so are the days that they are in.
  [[nodiscard]] Result<void> replace(std::int64_t node, const std::set<meaning::Hour>& hours,
                                     const std::map<meaning::Hour, meaning::HourRollups>& made);
  /// In a transaction of the caller's: adds to what is kept of removed rows. Days follow with replace() of
  /// these hours.
  [[nodiscard]] Result<void> keep(std::int64_t node,
                                  const std::map<meaning::Hour, meaning::HourRollups>& gone);
  /// Everything that is made from rows, and the marks too. Days with hours that are kept stay as they are.
  void forget_all();
  /// In a transaction of the caller's: makes some such days anew, the next after this one. Gives the last;
  /// nothing when there is no more.
  [[nodiscard]] Result<std::optional<KeptDay>> rewrite_kept_days(const KeptDay& after);

  [[nodiscard]] Result<RollupTable> hours(std::int64_t node, meaning::Hour first, meaning::Hour last);
  [[nodiscard]] Result<RollupTable> days(std::int64_t node, meaning::DayNumber first,
                                         meaning::DayNumber last);

  /// Grows with each change of them.
  [[nodiscard]] std::int64_t generation();
  /// Counts one on, in the transaction of the change. False: somebody else has changed them since.
  [[nodiscard]] bool is_next_after(std::int64_t generation);

 private:
  [[nodiscard]] std::int64_t series_number(const meaning::Series& series);
  void write(SQLite::Statement& statement, std::int64_t node, std::int64_t when,
             const std::map<meaning::Series, meaning::Rollup>& rollups);
  void write_boots(std::int64_t node, meaning::Hour hour, const std::set<std::string>& boots);
  [[nodiscard]] Result<void> write_days(std::int64_t node, const std::set<meaning::Hour>& hours);
  [[nodiscard]] Result<void> write_day(std::int64_t node, meaning::DayNumber day);
  [[nodiscard]] static Result<RollupTable> read(SQLite::Statement& statement, std::int64_t node,
                                                std::int64_t first, std::int64_t last);

  SQLite::Database& database_;
  SQLite::Statement find_boot_;
  SQLite::Statement forget_hour_;
  SQLite::Statement forget_boots_;
  SQLite::Statement forget_day_;
  SQLite::Statement insert_hour_;
  SQLite::Statement insert_day_;
  SQLite::Statement insert_boot_;
  SQLite::Statement find_series_;
  SQLite::Statement insert_series_;
  SQLite::Statement read_hours_;
  SQLite::Statement read_kept_;
  SQLite::Statement write_kept_;
  SQLite::Statement next_kept_;
  SQLite::Statement read_days_;
  SQLite::Statement generation_;
  SQLite::Statement next_generation_;
};

}  // namespace xalink::store
