#pragma once
// Hours of measurements in a lane, ready to be thinned.

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/lane_table.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink {

/// Rows first..last, all of them records, of one boot and one hour: by the wall where the board's clock
/// had been set, else by the time since boot.
struct Hour {
  RowId first = 0;
  RowId last = 0;
  std::uint64_t bytes = 0;  ///< that its rows take
  /// A later row ends it, or it is a whole piece of an hour with too many rows for one transaction: no
  /// record will be added to it any more.
  bool complete = false;
  bool whole = true;  ///< false: cut off where it reached the most bytes
  std::int64_t boot = 0;
  Stamp stamp;                           ///< of the last row
  std::vector<HourlySummary> summaries;  ///< one for each schema, in the order in which they came up

  [[nodiscard]] std::uint64_t rows() const { return last - first + 1; }
};

/// Throws SQLite::Exception.
class HourReader {
 public:
  HourReader(Catalogue& catalogue, LaneTable& table) : catalogue_(catalogue), table_(table) {}

  /// The next hour of records from row `from` on, at most `max_bytes` of it; gaps, summaries and what
  /// cannot be read are passed over. Nothing when there is no record.
  [[nodiscard]] std::optional<Hour> next(RowId from, std::uint64_t max_bytes);

 private:
  Catalogue& catalogue_;
  LaneTable& table_;
};

}  // namespace xalink
