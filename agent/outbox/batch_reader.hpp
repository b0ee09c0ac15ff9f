#pragma once
// Rows of a lane as a batch without holes.

#include <cstddef>
#include <string>
#include <vector>

#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/lane_table.hpp"
#include "sparkplug/delivery.hpp"

namespace xalink {

/// Reads rows `first`..`last` of a lane, at most `max_items` items. Whatever is not there or cannot be
/// read becomes a gap item, so that delivery goes on behind it and the gateway learns of it:
/// "forgotten" rows lay before the oldest one held, "lost" ones behind it, "damaged" ones make no sense.
/// Throws SQLite::Exception.
class BatchReader {
 public:
  BatchReader(Catalogue& catalogue, LaneTable& table, std::string epoch, Lane lane);

  [[nodiscard]] Batch read(RowId first, RowId last, std::size_t max_items) &&;

 private:
  void add(const LaneRow& row);
  void add_missing(RowId first, RowId last, Stamp stamp);
  void add_gap(RowId first, RowId last, std::uint64_t count, std::string reason, Stamp stamp);
  /// Index in the batch of a schema by its number in the catalogue.
  std::size_t place_of(std::int64_t number, const Schema& schema);
  std::size_t place_of_gaps();

  Catalogue& catalogue_;
  LaneTable& table_;
  Batch batch_;
  std::vector<std::int64_t> numbers_;  ///< of batch_.schemas; 0 for the gap schema
};

}  // namespace xalink
