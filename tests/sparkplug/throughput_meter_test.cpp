#include "sparkplug/throughput_meter.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "sparkplug/measure_pass.hpp"

namespace xalink {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const SteadyTime kBegin{std::chrono::hours(1)};

TEST(ThroughputMeter, LeavesTheSlowStartOut) {
  ThroughputMeter meter;
  auto at = kBegin;
  for (; at < kBegin + seconds(2); at += milliseconds(10)) meter.arrived(at, 100);
  for (; at <= kBegin + seconds(10); at += milliseconds(10)) meter.arrived(at, 12'500);
  ASSERT_TRUE(meter.bits_per_second().has_value());
  EXPECT_NEAR(*meter.bits_per_second(), 10e6, 0.01 * 10e6);
  EXPECT_EQ(meter.took(), seconds(10));
  EXPECT_EQ(meter.bytes(), 200U * 100 + 801U * 12'500);
}

TEST(ThroughputMeter, CountsManyArrivalsInLittleMemoryAndStillRight) {
  ThroughputMeter meter;
  for (int i = 0; i <= 1'000'000; ++i) meter.arrived(kBegin + std::chrono::microseconds(10) * i, 1250);
  ASSERT_TRUE(meter.bits_per_second().has_value());
  EXPECT_NEAR(*meter.bits_per_second(), 1e9, 0.005e9);
}

/// 1 Mbit/s, of which what comes from `hole` on is held back for `held`.
double rate_with_a_hole(Duration hole, Duration held) {
  ThroughputMeter meter;
  std::uint64_t waiting = 0;
  for (Duration at{}; at <= seconds(10); at += milliseconds(10)) {
    waiting += 1250;
    if (at >= hole && at < hole + held) continue;
    meter.arrived(kBegin + at, std::exchange(waiting, 0));
  }
  return meter.bits_per_second().value_or(0);
}

TEST(ThroughputMeter, DoesNotTakeWhatAHoleHeldBackForSpeed) {
  for (const auto hole : {milliseconds(500), milliseconds(1500), milliseconds(1990), milliseconds(5000)}) {
    for (const auto held : {milliseconds(100), milliseconds(1000), milliseconds(2000)}) {
      EXPECT_NEAR(rate_with_a_hole(hole, held), 1e6, 0.04e6) << hole.count() << " ms, " << held.count();
    }
  }
}

TEST(ThroughputMeter, SaysNothingOfTooLittle) {
  ThroughputMeter meter;
  EXPECT_FALSE(meter.bits_per_second().has_value());
  EXPECT_EQ(meter.took(), Duration{});
  meter.arrived(kBegin, 1'000'000);
  EXPECT_FALSE(meter.bits_per_second().has_value()) << "all in one moment";
  meter.arrived(kBegin + seconds(1), 1000);
  EXPECT_FALSE(meter.bits_per_second().has_value()) << "one segment";
}

TEST(MeasurePass, ComesThroughAHeader) {
  MeasurePass pass{{"VN-03", "xã Lũng Cú"}, "abc=", std::string("\0\1\xff", 3), "", "signature"};
  EXPECT_EQ(MeasurePass::from_header(pass.to_header()), pass);
  pass.certificate = std::string(6000, 'x');
  EXPECT_EQ(MeasurePass::from_header(pass.to_header()), pass);
  for (const auto* odd : {"", "Xalink", "Xalink ", "Bearer AAAA.AAAA.AAAA.AAAA.AAAA.AAAA", "Xalink AAAA",
                          "Xalink AAAA.AAAA.AAAA.AAAA.AAAA", "Xalink AAAA.AAAA.AAAA.AAAA.AAAA.AAAA.AAAA",
                          "Xalink ?.AAAA.AAAA.AAAA.AAAA.AAAA", "Xalink AAA.AAAA.AAAA.AAAA.AAAA.AAAA"}) {
    EXPECT_FALSE(MeasurePass::from_header(odd).has_value()) << odd;
  }
}

}  // namespace
}  // namespace xalink
