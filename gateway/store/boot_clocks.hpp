#pragma once
// When the boots of boards were: what boards state of them, and how many records rest on it.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "sparkplug/boot_clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink::store {

/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class BootClocks {
 public:
  explicit BootClocks(SQLite::Database& database);

  /// A statement of a board. Another one on the same moment of the same boot takes its place.
  void learn(std::int64_t node, std::int64_t boot, const BootClock& clock);

  /// A record has come in. `heard`: when, if the gateway's clock was synchronised then.
  void count(std::int64_t epoch, std::int64_t boot, const Stamp& stamp, std::optional<WallTime> heard);
  /// Writes what was counted; before COMMIT.
  void write_counts();
  /// After a rollback.
  void forget_cached();

 private:
  struct Counts {
    std::uint64_t by_quality[3] = {};
    std::optional<std::int64_t> heard_offset_ms;
    std::int64_t heard_at_ms = 0;
  };

  SQLite::Statement learn_;
  SQLite::Statement add_;
  std::map<std::pair<std::int64_t, std::int64_t>, Counts> counts_;  ///< by epoch and boot, not written yet
  std::pair<std::int64_t, std::int64_t> last_{};                    ///< records of one boot come together
  Counts* last_counts_ = nullptr;
};

}  // namespace xalink::store
