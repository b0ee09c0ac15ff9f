#pragma once
// What an outbox gives up when it is nearly full, and in which order (design, section 7).

#include <SQLiteCpp/Database.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/outbox/catalogue.hpp"
#include "agent/outbox/disk_space.hpp"
#include "agent/outbox/given_up_ledger.hpp"
#include "agent/outbox/hour_reader.hpp"
#include "agent/outbox/lane_table.hpp"

namespace xalink {

/// Where the lanes stand.
struct Horizon {
  std::array<RowId, kLaneCount> acknowledged{};
  /// Measurements up to here may have left the board. A summary of rows that the gateway may have already
  /// would count them twice, so they are never thinned, and dropped last: a gap over rows that arrived
  /// after all is no harm, because the gateway takes of it what it does not have.
  RowId sent = 0;
};

/// Each step is one transaction of at most about SpacePlan::step_bytes of rows, so that the store thread is
/// never kept for long and a power cut leaves the outbox before or after it.
/// Throws SQLite::Exception and NoRoom.
class Retention {
 public:
  /// All outlive this.
  Retention(SQLite::Database& database, Catalogue& catalogue, std::array<LaneTable, kLaneCount>& tables,
            GivenUpLedger& ledger, DiskSpace& space);

  enum class Step : std::uint8_t {
    nothing,  ///< only events that are not acknowledged are left
    spares,   ///< acknowledged rows went, measurements before events, oldest first
    thinned,  ///< hours of measurements became summaries, oldest first
    dropped,  ///< the oldest measurements or summaries became a gap
  };
  /// The next step in this order.
  Step free_some(const Horizon& horizon);
  /// Spares and measurements of before `oldest` go, by clocks that were synchronised; one step.
  void forget_before(WallTime oldest, const Horizon& horizon);
  /// Within the caller's transaction: measurements first..last, which were just taken, found no room.
  void give_up_new(RowId first, RowId last, const Stamp& stamp, const Horizon& horizon);

  /// A transaction failed, or was made behind our back.
  void forget_progress() { thinned_up_to_ = 0; }

 private:
  [[nodiscard]] LaneTable& measurements() { return tables_[index(Lane::measurements)]; }
  [[nodiscard]] bool free_spares(Lane lane, RowId acknowledged, std::optional<WallTime> before);
  [[nodiscard]] bool thin(RowId above);
  [[nodiscard]] bool thin_hour(const Hour& hour);
  [[nodiscard]] bool drop(RowId above, std::string_view reason, std::optional<WallTime> before);
  void put_gap(RowId first, RowId last, std::uint64_t count, std::string_view reason, std::int64_t boot,
               const Stamp& stamp);
  void prepare();

  SQLite::Database& database_;
  Catalogue& catalogue_;
  std::array<LaneTable, kLaneCount>& tables_;
  GivenUpLedger& ledger_;
  DiskSpace& space_;
  HourReader hours_;
  RowId thinned_up_to_ = 0;  ///< what is below is thinned, or would not become smaller
};

}  // namespace xalink
