#pragma once
// What counts as an outage, as the configuration has it.

#include <chrono>
#include <cstdint>

#include "sparkplug/clock.hpp"

namespace xalink {

struct OutageRules {
  /// In a row, to believe that a rung is missing, and that it is there again. They decide whether there was
  /// an outage and not when: it lasts from the first bad reading to the first good one.
  std::uint32_t failed_readings = 3;
  std::uint32_t good_readings = 2;
  Milliseconds least = std::chrono::seconds(20);    ///< what is over sooner was no outage
  Milliseconds recheck = std::chrono::seconds(10);  ///< between readings while something is amiss
  /// So long a session may seem to stand with nobody there: session_notices(keep-alive).
  Milliseconds session_notices = std::chrono::seconds(130);
};

/// MQTT asks after one keep-alive of silence, and gives up when another has passed without an answer; the
/// rest is for whoever looks at that, and for the last packets on their way.
[[nodiscard]] constexpr Milliseconds session_notices(Milliseconds keep_alive) {
  return 2 * keep_alive + std::chrono::seconds(10);
}

}  // namespace xalink
