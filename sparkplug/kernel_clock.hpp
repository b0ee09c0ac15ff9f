#pragma once
// How far the kernel trusts its own clock. Both ends ask: a board for its records, the gateway before it
// tells a board the time.

#include <cstdint>

#include "sparkplug/clock.hpp"

namespace xalink {

/// What adjtimex(2) says, and what the boot remembers.
struct KernelClockState {
  bool unsynchronised = true;            ///< STA_UNSYNC, or an error in place of an answer
  std::uint64_t max_error_us = 0;        ///< bound of the error, as the time daemon and the kernel keep it
  std::uint64_t estimated_error_us = 0;  ///< as the time daemon set it last
  bool daemon_synchronised = false;      ///< a time daemon left word that it synchronised in this boot
};

/// The rule, without the system call.
///
/// The kernel begins each boot, and each time that somebody sets the clock by hand, with STA_UNSYNC and
/// both errors at 16 s (NTP_PHASE_LIMIT). A daemon lowers them; without it the bound grows by 0.5 ms a
/// second until it reaches 16 s and STA_UNSYNC returns, while the estimate stays: an estimate below 16 s
/// is the kernel's memory of having been synchronised, which outlives this process.
[[nodiscard]] ClockQuality clock_quality(const KernelClockState& state);

/// Of this machine, now. Cheap: one system call, and one look at /run when unsynchronised.
[[nodiscard]] ClockQuality kernel_clock_quality();

}  // namespace xalink
