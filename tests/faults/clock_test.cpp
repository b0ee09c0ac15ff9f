// What is reported of time, against the truth (design, section 6): boots in 1970 and in the future, clocks
// that jump, time servers that come late or lie, gateways that know no better, power cuts between.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/faults/clock_world.hpp"

namespace xalink::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Verdict {
  std::size_t records = 0;
  std::size_t synchronised = 0;
  std::size_t holdover = 0;   ///< stamped so
  std::size_t corrected = 0;  ///< stamped unset, tied to true time by now
  std::size_t estimated = 0;  ///< bounds alone
  std::size_t unbounded = 0;  ///< of those: without an upper bound
  std::size_t wrong = 0;      ///< the truth is not where it is said to be
  Milliseconds worst_synchronised{};
  Milliseconds widest_tied{};
  Milliseconds widest_estimated{};
};

std::string date(WallTime time) {
  return std::to_string(time.time_since_epoch().count());
}

Verdict verdict_on(const ClockWorld& world) {
  Verdict verdict;
  for (const auto& record : world.judge()) {
    ++verdict.records;
    const auto error = std::chrono::abs(record.time - record.truth);
    bool right = (!record.earliest || *record.earliest <= record.truth) &&
                 (!record.latest || record.truth <= *record.latest);
    // Never 1970, neither as it came nor as it is known by now.
    right = right && record.stored_wall >= ClockWorld::kBuilt && record.time >= ClockWorld::kBuilt;
    const auto width =
        record.earliest && record.latest ? Milliseconds(*record.latest - *record.earliest) : Milliseconds();
    if (record.quality == ClockQuality::synchronised) {
      ++verdict.synchronised;
      verdict.worst_synchronised = std::max<Milliseconds>(verdict.worst_synchronised, error);
      right = right && error <= kSynchronisedWithin;
    } else if (record.quality == ClockQuality::holdover) {
      ++(record.stamped == ClockQuality::unset ? verdict.corrected : verdict.holdover);
      verdict.widest_tied = std::max(verdict.widest_tied, width);
      right = right && record.earliest && record.latest && error <= width;
    } else {
      ++verdict.estimated;
      if (!record.latest) ++verdict.unbounded;
      verdict.widest_estimated = std::max(verdict.widest_estimated, width);
    }
    if (right) continue;
    if (++verdict.wrong > 3) continue;
    ADD_FAILURE() << "truly taken at " << date(record.truth) << ", said to be of " << date(record.time)
                  << " [" << (record.earliest ? date(*record.earliest) : "-") << ", "
                  << (record.latest ? date(*record.latest) : "-") << "], came as " << date(record.stored_wall)
                  << ", " << to_string(record.stamped) << ", now " << to_string(record.quality);
  }
  return verdict;
}

std::string span(Milliseconds time) {
  char text[32];
  const auto s = static_cast<double>(time.count()) / 1000;
  if (s < 120) {
    std::snprintf(text, sizeof text, "%.1f s", s);
  } else if (s < 7200) {
    std::snprintf(text, sizeof text, "%.1f min", s / 60);
  } else {
    std::snprintf(text, sizeof text, "%.1f h", s / 3600);
  }
  return text;
}

class Clock : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  }

  Verdict finish(ClockWorld& world) {
    EXPECT_TRUE(world.deliver_all());
    return verdict_on(world);
  }
};

TEST_F(Clock, ABootIn1970ThatSynchronisesIsCorrectedBeforeSending) {
  ClockWorld world(1);
  world.boot();
  world.run_for(hours(5));
  EXPECT_EQ(world.quality(), ClockQuality::unset);
  EXPECT_GE(world.believed(), ClockWorld::kBuilt);
  world.ntp_comes();
  world.run_for(hours(1));
  EXPECT_EQ(world.quality(), ClockQuality::synchronised);
  const auto verdict = finish(world);
  EXPECT_GT(verdict.holdover, 15U);  // corrected on the way out
  EXPECT_EQ(verdict.estimated, 0U);
  EXPECT_LE(verdict.widest_tied, seconds(30));
}

TEST_F(Clock, WhatWasSentBeforeIsCorrectedAfterwards) {
  ClockWorld world(2);
  world.gateway_synchronised = false;
  world.link = true;
  world.boot();
  world.run_for(hours(5));
  {
    const auto before = verdict_on(world);
    EXPECT_GT(before.estimated, 15U);
    EXPECT_EQ(before.corrected, 0U);
  }
  world.ntp_comes();
  world.run_for(hours(1));
  const auto verdict = finish(world);
  EXPECT_GT(verdict.corrected, 15U);
  EXPECT_EQ(verdict.estimated, 0U);
}

TEST_F(Clock, WhereNtpIsBlockedTheGatewaysTimeCounts) {
  ClockWorld world(3);
  world.link = true;
  world.boot();
  world.run_for(days(3));
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
  const auto verdict = finish(world);
  EXPECT_EQ(verdict.synchronised, 0U);
  EXPECT_EQ(verdict.estimated, 0U);
  EXPECT_LE(verdict.widest_tied, minutes(2));
}

TEST_F(Clock, ABootThatNeverKnewTheTimeLiesBetweenItsNeighbours) {
  ClockWorld world(4);
  world.gateway_synchronised = false;
  world.boot();
  world.ntp_comes();
  world.run_for(hours(3));
  world.cut_power();
  world.pass(hours(2));
  world.boot();
  world.run_for(hours(4));
  world.cut_power();
  world.pass(hours(1));
  world.boot(world.truth() - days(100));
  world.ntp_comes();
  world.run_for(minutes(30));
  const auto verdict = finish(world);
  EXPECT_GT(verdict.estimated, 10U);
  EXPECT_EQ(verdict.unbounded, 0U);
  // Three hours of darkness, and up to a quarter of an hour of records that each power cut took.
  EXPECT_LE(verdict.widest_estimated, hours(4));
}

TEST_F(Clock, AGatewayThatKnowsTheTimeBoundsWhatItHears) {
  ClockWorld world(5);
  world.link = true;
  world.gateway_synchronised = false;
  world.boot();
  world.run_for(hours(2));
  EXPECT_GT(verdict_on(world).unbounded, 0U);
  // It tells the time only to who asks, each ten minutes; what it hears is bounded at once.
  world.gateway_synchronised = true;
  world.slowest = seconds(1);
  world.run_for(minutes(16));
  EXPECT_EQ(verdict_on(world).unbounded, 0U);
}

TEST_F(Clock, SettingTheClockByHandChangesNothing) {
  ClockWorld world(6);
  world.gateway_synchronised = false;
  world.boot();
  world.run_for(hours(1));
  const auto believed = world.believed();
  for (const auto jump : {days(900), -days(2000), days(12)}) {
    world.set_clock(world.truth() + jump);
    world.run_for(hours(1));
    EXPECT_EQ(world.quality(), ClockQuality::unset);
  }
  EXPECT_LE(std::chrono::abs(world.believed() - believed - hours(3)), seconds(2));
  world.ntp_comes();
  world.run_for(hours(1));
  // Set by hand after it was right: the old offset is the better one.
  world.set_clock(world.truth() - days(1));
  world.run_for(hours(2));
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
  EXPECT_LE(std::chrono::abs(world.believed() - world.truth()), seconds(5));
  world.ntp_comes();
  world.run_for(hours(1));
  EXPECT_EQ(world.quality(), ClockQuality::synchronised);
  EXPECT_EQ(finish(world).estimated, 0U);
}

TEST_F(Clock, ASynchronisedClockFrom1970IsNotBelieved) {
  ClockWorld world(7);
  world.gateway_synchronised = false;
  world.boot();
  world.ntp_comes(WallTime(hours(5)) - world.truth());
  world.run_for(hours(2));
  EXPECT_EQ(world.quality(), ClockQuality::unset);
  EXPECT_EQ(world.doubt(), ClockDoubt::kernel_before_floor);
  world.ntp_comes();
  world.run_for(hours(1));
  EXPECT_EQ(world.quality(), ClockQuality::synchronised);
  EXPECT_EQ(world.doubt(), ClockDoubt::none);
  EXPECT_EQ(finish(world).estimated, 0U);
}

TEST_F(Clock, NoBootIsEarlierThanTheOneBefore) {
  ClockWorld world(8);
  world.gateway_synchronised = false;
  world.boot();
  world.ntp_comes();
  world.run_for(hours(30));
  world.cut_power();
  world.pass(minutes(10));
  // A time server that is a day behind: later than the build, before what has passed.
  world.boot();
  world.ntp_comes(-days(1));
  world.run_for(hours(2));
  EXPECT_EQ(world.doubt(), ClockDoubt::kernel_before_floor);
  EXPECT_EQ(world.quality(), ClockQuality::unset);
  EXPECT_GE(world.believed(), world.truth() - hours(1));
  const auto verdict = finish(world);
  EXPECT_GT(verdict.estimated, 5U);
}

TEST_F(Clock, ADisputeWithTheGatewayIsNotSettledByGuessing) {
  ClockWorld world(9);
  world.link = true;
  world.boot();
  world.run_for(hours(1));
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
  world.ntp_comes(hours(7));  // a server in another time zone, or a kernel that trusts itself
  world.run_for(hours(3));
  EXPECT_EQ(world.quality(), ClockQuality::unset);
  EXPECT_EQ(world.doubt(), ClockDoubt::disagreement);
  world.ntp_comes();
  world.run_for(hours(2));
  EXPECT_EQ(world.quality(), ClockQuality::synchronised);
  static_cast<void>(finish(world));
}

TEST_F(Clock, AGatewayFromThePastIsNotBelieved) {
  ClockWorld world(10);
  world.link = true;
  world.gateway_wrong_by = -days(300);
  world.boot();
  world.run_for(hours(3));
  EXPECT_EQ(world.quality(), ClockQuality::unset);
  EXPECT_EQ(world.doubt(), ClockDoubt::gateway_before_floor);
  world.gateway_wrong_by = {};
  world.run_for(hours(3));
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
}

TEST_F(Clock, KernelAndGatewayTogetherOverruleAPastThatWasTheFuture) {
  ClockWorld world(11);
  world.link = false;
  world.boot();
  world.ntp_comes(days(400));  // nobody could know
  world.run_for(hours(1));
  world.cut_power();
  world.pass(minutes(5));
  world.boot();
  world.link = true;
  world.ntp_comes();
  world.run_for(hours(2));
  EXPECT_EQ(world.quality(), ClockQuality::synchronised);
  EXPECT_LE(std::chrono::abs(world.believed() - world.truth()), kSynchronisedWithin);
}

TEST_F(Clock, AnotherProcessInTheSameBootGoesOnFromThere) {
  ClockWorld world(12);
  world.gateway_synchronised = false;
  world.boot();
  world.run_for(hours(2));
  world.ntp_comes();
  world.run_for(hours(2));
  world.ntp_goes();
  world.run_for(hours(3));
  world.restart_agent();
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
  EXPECT_LE(std::chrono::abs(world.believed() - world.truth()), seconds(10));
  world.run_for(hours(3));
  EXPECT_EQ(finish(world).estimated, 0U);
}

TEST_F(Clock, BootTimeGoesOnWhileTheBoardSleeps) {
  ClockWorld world(13);
  world.gateway_synchronised = false;
  world.boot();
  world.ntp_comes();
  world.run_for(hours(1));
  world.ntp_goes();
  world.pass(days(2));
  world.run_for(hours(1));
  EXPECT_EQ(world.quality(), ClockQuality::holdover);
  EXPECT_LE(std::chrono::abs(world.believed() - world.truth()), minutes(1));
  EXPECT_EQ(finish(world).estimated, 0U);
}

// --- at random --------------------------------------------------------------------------------------

// Three weeks of whatever can happen to a board in the mountains. One rule holds for the worlds: who says
// "synchronised" to a time after the floor is right, for there is no way to know better.
Verdict three_weeks(std::uint64_t seed, std::size_t& boots, std::size_t& jumps) {
  ClockWorld world(seed);
  auto& random = world.random();
  const auto up_to = [&](std::uint64_t most) { return random() % (most + 1); };
  world.gateway_synchronised = up_to(2) != 0;
  const bool ntp_ever = up_to(3) != 0;
  const auto end = world.truth() + days(21);
  const auto wake = [&] {
    ++boots;
    switch (up_to(4)) {
      case 0: world.boot(); break;
      case 1: world.boot(world.truth() - hours(1 + up_to(2000))); break;  // fake-hwclock
      case 2: world.boot(world.truth() + hours(1 + up_to(20'000))); break;
      case 3: world.boot(world.truth() - seconds(up_to(30))); break;  // a battery clock
      default: world.boot(WallTime(hours(up_to(400'000))));
    }
  };
  wake();
  while (world.truth() < end) {
    world.run_for(minutes(20 + up_to(900)));
    switch (up_to(9)) {
      case 0:
      case 1:
        world.cut_power();
        world.pass(minutes(1 + up_to(3000)));
        wake();
        break;
      case 2: world.restart_agent(); break;
      case 3:
        ++jumps;
        world.set_clock(world.truth() + minutes(up_to(2'000'000)) - minutes(1'000'000));
        break;
      case 4:
      case 5:
        if (ntp_ever) world.ntp_comes();
        break;
      case 6: world.ntp_goes(); break;
      case 7: world.link = !world.link; break;
      case 8: world.ntp_comes(WallTime(hours(up_to(8760))) - world.truth()); break;  // "synchronised" to 1970
      default:
        if (up_to(1) == 0) {
          world.gateway_synchronised = !world.gateway_synchronised;
          world.gateway_wrong_by =
              world.gateway_synchronised ? Milliseconds() : Milliseconds(hours(up_to(100)));
        } else {
          world.pass(hours(up_to(30)));  // asleep
        }
    }
  }
  EXPECT_TRUE(world.deliver_all());
  return verdict_on(world);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 2;
#else
constexpr std::uint64_t kSeeds = 8;
#endif

TEST_F(Clock, TruthLiesWhereItIsSaidToLieWhateverHappens) {
  const auto seeds = fault_seeds(kSeeds);
  Verdict all;
  std::size_t boots = 0;
  std::size_t jumps = 0;
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto verdict = three_weeks(seed, boots, jumps);
    all.records += verdict.records;
    all.synchronised += verdict.synchronised;
    all.holdover += verdict.holdover;
    all.corrected += verdict.corrected;
    all.estimated += verdict.estimated;
    all.unbounded += verdict.unbounded;
    all.wrong += verdict.wrong;
    all.worst_synchronised = std::max(all.worst_synchronised, verdict.worst_synchronised);
    all.widest_tied = std::max(all.widest_tied, verdict.widest_tied);
    all.widest_estimated = std::max(all.widest_estimated, verdict.widest_estimated);
    if (HasFailure()) return;
  }
  EXPECT_GT(all.synchronised, 0U);
  EXPECT_GT(all.holdover + all.corrected, 0U);
  EXPECT_GT(all.estimated, 0U);
  const auto count = [](std::size_t number) { return std::to_string(number); };
  print_table("clock", "Clock: " + count(seeds.count) + " boards, three weeks each, " + count(boots) +
                           " boots, " + count(jumps) + " settings by hand\n" +
                           "  reported         records   truth against it\n" + "  synchronised     " +
                           count(all.synchronised) + "   at most " + span(all.worst_synchronised) +
                           " off (limit 3 s)\n" + "  free-running     " + count(all.holdover) +
                           "   within its bounds, at most " + span(all.widest_tied) + " wide\n" +
                           "  corrected later  " + count(all.corrected) + "   within its bounds\n" +
                           "  estimated        " + count(all.estimated) + "   within its bounds, at most " +
                           span(all.widest_estimated) + " wide; " + count(all.unbounded) +
                           " without an upper bound\n" + "  wrong            " + count(all.wrong) + " of " +
                           count(all.records));
}

}  // namespace
}  // namespace xalink::test
