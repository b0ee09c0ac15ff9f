#pragma once
// Time as the programs see it, injected everywhere so that tests run weeks in milliseconds.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace xalink {

using Milliseconds = std::chrono::milliseconds;
/// Milliseconds since 1970-01-01 UTC, as the system clock believes it to be (it may be wrong: boards
/// have no battery clock).
using WallTime = std::chrono::sys_time<Milliseconds>;
/// CLOCK_BOOTTIME: milliseconds since this boot, suspended time included. Never steps.
using BootTime = Milliseconds;
/// Monotonic time for timers and intervals inside one process.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// How far a wall time can be trusted. The numbers are the wire's and the stores'.
enum class ClockQuality : std::uint8_t {
  unset = 0,         ///< never synchronised in this boot: the wall time may be years off
  holdover = 1,      ///< was synchronised in this boot, is free-running now
  synchronised = 2,  ///< the kernel says the clock is disciplined
};

[[nodiscard]] constexpr std::string_view to_string(ClockQuality quality) {
  switch (quality) {
    case ClockQuality::unset: return "unset";
    case ClockQuality::holdover: return "holdover";
    case ClockQuality::synchronised: return "synchronised";
  }
  return "unset";
}

/// Thread-safety: wall(), steady() and boot() may be called from any thread; sleep_until() belongs to
/// the loop that the clock was made for.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
  [[nodiscard]] virtual BootTime boot() const = 0;
  /// Ends at `when`, or throws operation_aborted when cancelled.
  virtual boost::asio::awaitable<void> sleep_until(SteadyTime when) = 0;

  boost::asio::awaitable<void> sleep_for(Duration how_long) {
    return sleep_until(steady() + how_long);
  }
};

}  // namespace xalink
