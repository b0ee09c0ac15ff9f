#pragma once
// How measuring throughput fares, for `status`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/data_budget.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

struct ThroughputStatus {
  /// What it waits for: "clock", "disk", "plan", "offline", "link", "key", "backlog", "busy", "budget", or
  /// "running".
  std::string state;
  std::optional<WallTime> next;  ///< at the earliest
  std::optional<LinkCost> link;  ///< which budget counts now; nothing while that is not known
  std::array<std::uint64_t, kLinkCosts> used{};
  std::array<std::uint64_t, kLinkCosts> monthly{};
};

}  // namespace xalink
