#include "sparkplug/kernel_clock.hpp"

#include <sys/timex.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sparkplug/boot_clock.hpp"

namespace xalink {
namespace {

// NTP_PHASE_LIMIT of <linux/timex.h>.
constexpr std::uint64_t kNeverSynchronised = 16'000'000;
// A bound that has grown this far has missed its daemon: systemd-timesyncd, the slowest, returns after
// 2048 s at most, when the bound is about 1 s.
constexpr std::uint64_t kMissedItsDaemon =
    static_cast<std::uint64_t>(std::chrono::microseconds(kSynchronisedWithin).count());
// systemd-timesyncd.service(8): made at each synchronisation; /run is empty at boot.
constexpr const char* kTimesyncdMark = "/run/systemd/timesync/synchronized";

std::uint64_t to_unsigned(std::int64_t microseconds) {
  return static_cast<std::uint64_t>(std::max(std::int64_t{0}, microseconds));
}

}  // namespace

ClockQuality clock_quality(const KernelClockState& state) {
  if (!state.unsynchronised && state.max_error_us <= kMissedItsDaemon) return ClockQuality::synchronised;
  const bool was_synchronised = !state.unsynchronised || state.max_error_us < kNeverSynchronised ||
                                state.estimated_error_us < kNeverSynchronised || state.daemon_synchronised;
  return was_synchronised ? ClockQuality::holdover : ClockQuality::unset;
}

ClockQuality kernel_clock_quality() {
  timex kernel{};
  const int answer = ::adjtimex(&kernel);
  KernelClockState state;
  if (answer == -1) {
    state.max_error_us = state.estimated_error_us = kNeverSynchronised;
  } else {
    state.unsynchronised = answer == TIME_ERROR || (kernel.status & STA_UNSYNC) != 0;
    state.max_error_us = to_unsigned(kernel.maxerror);
    state.estimated_error_us = to_unsigned(kernel.esterror);
  }
  if (state.unsynchronised) {
    std::error_code ignored;
    state.daemon_synchronised = std::filesystem::exists(kTimesyncdMark, ignored);
  }
  return clock_quality(state);
}

}  // namespace xalink
