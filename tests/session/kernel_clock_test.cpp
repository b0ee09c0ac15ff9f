#include "sparkplug/kernel_clock.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

constexpr std::uint64_t kLimit = 16'000'000;

TEST(KernelClock, IsUnsetAfterBootAndAfterASettingByHand) {
  EXPECT_EQ(clock_quality({true, kLimit, kLimit, false}), ClockQuality::unset);
}

TEST(KernelClock, IsSynchronisedWhileItsDaemonReturns) {
  EXPECT_EQ(clock_quality({false, 1'024'000, 500, false}), ClockQuality::synchronised);
}

TEST(KernelClock, IsInHoldoverWhenItsDaemonStaysAway) {
  EXPECT_EQ(clock_quality({false, 5'000'000, 500, false}), ClockQuality::holdover);
}

TEST(KernelClock, RemembersHavingBeenSynchronised) {
  // By the kernel: the estimate stays when the bound has run out.
  EXPECT_EQ(clock_quality({true, kLimit, 500, false}), ClockQuality::holdover);
  // By systemd-timesyncd.
  EXPECT_EQ(clock_quality({true, kLimit, kLimit, true}), ClockQuality::holdover);
}

}  // namespace
}  // namespace xalink
