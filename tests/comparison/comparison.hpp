#pragma once
// Both ends of the promise side by side: what an outbox numbered, and what a gateway's store holds of it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sparkplug/result.hpp"

namespace xalink {

struct Comparison {
  std::uint64_t committed = 0;   ///< records of this outbox that the store holds
  std::uint64_t missing = 0;     ///< row ids the outbox gave out that nothing in the store stands for
  std::uint64_t duplicated = 0;  ///< records that the store holds more often than they were taken
  std::uint64_t altered = 0;     ///< records whose shape, time or values are not what was taken
  std::uint64_t given_up = 0;    ///< row ids that gaps in the store stand for
  std::uint64_t unknown = 0;     ///< row ids in the store that the outbox never gave out
  /// The first few of everything that is wrong, for people.
  std::vector<std::string> examples;

  [[nodiscard]] bool holds() const { return missing + duplicated + altered + unknown == 0; }
  /// "12 records committed, 0 missing, 0 duplicated", then what else is not 0.
  [[nodiscard]] std::string to_string() const;
};

enum class StoreState : bool {
  settled,        ///< the outbox is as old as the store, or newer: an unknown row id is a mistake
  ahead_allowed,  ///< the outbox is an older copy: what the store holds beyond it is not looked at
};

/// Reads both databases, which may be in use; the outbox may be held by its agent. Rows that the outbox has
/// forgotten since they were acknowledged are looked for by number, all others by content too: device, group,
/// boot, wall time, its quality, and each value by the name of its column (one that is absent is null). Time
/// since boot may be off by kBootTimeToleranceMs, because a run of records carries it once.
[[nodiscard]] Result<Comparison> compare_stores(const std::filesystem::path& outbox,
                                                const std::filesystem::path& store,
                                                StoreState state = StoreState::settled);

inline constexpr std::int64_t kBootTimeToleranceMs = 1000;

}  // namespace xalink
