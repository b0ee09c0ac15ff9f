#pragma once
// The real clocks of this machine.

#include "sparkplug/clock.hpp"

namespace xalink {

/// wall() is CLOCK_REALTIME, steady() CLOCK_MONOTONIC, boot() CLOCK_BOOTTIME; sleepers wait on the
/// executor of the coroutine that sleeps. The only file that asks the system for the time.
class AsioClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override;
  [[nodiscard]] BootTime boot() const override;
  boost::asio::awaitable<void> sleep_until(SteadyTime when) override;
};

}  // namespace xalink
