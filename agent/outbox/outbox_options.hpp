#pragma once
// How large and how old an outbox may become (design, section 7).

#include <chrono>
#include <cstdint>

#include "sparkplug/clock.hpp"

namespace xalink {

/// A month of the default probes, thinned, fits four times over; fewer bytes leave no room for a
/// transaction beside the rows.
inline constexpr std::uint64_t kLeastOutboxBytes = std::uint64_t{4} << 20U;
/// More than any card that boards have.
inline constexpr std::uint64_t kMostOutboxBytes = std::uint64_t{1} << 40U;

struct OutboxOptions {
  /// Of the database with its WAL and shared memory, at every moment. Nine months of the default probes
  /// fit without thinning.
  std::uint64_t max_bytes = std::uint64_t{64} << 20U;
  /// Spares and measurements older than this go. A year, so that a season can be set beside the same one
  /// of the year before, and a month for whoever carries them there. Events stay until they are confirmed.
  Milliseconds max_age = std::chrono::hours(24) * 400;
  friend bool operator==(const OutboxOptions&, const OutboxOptions&) = default;
};

}  // namespace xalink
