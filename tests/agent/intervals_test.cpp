#include "agent/intervals.hpp"

#include <gtest/gtest.h>

#include "agent/schedule.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Intervals with_ping(std::string_view note = {}) {
  Intervals intervals;
  intervals.recall(note);
  intervals.add(ping_schema("anchor"), minutes(1), std::chrono::milliseconds(11'500));
  return intervals;
}

Result<void> ask(Intervals& intervals, std::uint64_t wanted) {
  return intervals.change("network", "Ping/anchor", wanted, std::to_string(wanted));
}

TEST(Intervals, AreTheConfigurationsUntilSomebodyAsks) {
  auto intervals = with_ping();
  EXPECT_EQ(intervals.of("network", "Ping/anchor"), minutes(1));
  EXPECT_TRUE(ask(intervals, 30));
  EXPECT_EQ(intervals.of("network", "Ping/anchor"), seconds(30));
  EXPECT_TRUE(ask(intervals, 0));
  EXPECT_EQ(intervals.of("network", "Ping/anchor"), minutes(1));
  EXPECT_EQ(intervals.encode(), "");
}

TEST(Intervals, HaveBounds) {
  auto intervals = with_ping();
  for (const std::uint64_t wrong :
       {std::uint64_t{1}, std::uint64_t{11}, std::uint64_t{86'401}, ~std::uint64_t{0}}) {
    const auto changed = ask(intervals, wrong);
    ASSERT_FALSE(changed) << wrong;
    EXPECT_NE(changed.error().to_string().find("12 to 86400"), std::string::npos)
        << changed.error().to_string();
    EXPECT_EQ(intervals.of("network", "Ping/anchor"), minutes(1));
  }
  EXPECT_TRUE(ask(intervals, 12));
  EXPECT_TRUE(ask(intervals, 86'400));
  EXPECT_FALSE(intervals.change("network", "Ping/other", 60, "60"));
  EXPECT_FALSE(intervals.change("board", "Ping/anchor", 60, "60"));
}

TEST(Intervals, NameTheCommandThatTheyRefuseAndTheBounds) {
  auto intervals = with_ping();
  EXPECT_EQ(ask(intervals, 11).error().to_string(),
            "network/Ping/anchor/Interval: 11 s is out of bounds. ask for 12 to 86400 s, or 0 for what the "
            "configuration says");
  EXPECT_EQ(
      intervals.change("network", "Ping/anchor", std::nullopt, "\"often\"").error().to_string(),
      "network/Ping/anchor/Interval: \"often\" is no whole number of seconds. ask for 12 to 86400 s, or "
      "0 for what the configuration says");
  EXPECT_EQ(intervals.change("network", "Ping/other", 60, "60").error().to_string(),
            "network/Ping/other/Interval: 60 is for no probe of this board. ask for one that the board's "
            "birth names an interval of");
}

TEST(Intervals, SayWhatWasCommandedOnceAndIsOutOfBoundsByNow) {
  auto intervals = with_ping("7 network/Ping/gone\n8 network/Ping/anchor");
  const auto outdated = intervals.outdated("network", "Ping/anchor");
  ASSERT_TRUE(outdated);
  EXPECT_EQ(outdated->to_string(),
            "network/Ping/anchor/Interval: 8 s, as it was commanded once, is out of bounds by now. ask for 12 "
            "to 86400 s, or 0 for what the configuration says");
  EXPECT_FALSE(intervals.outdated("network", "Ping/gone")) << "not there at the moment";
  ASSERT_TRUE(ask(intervals, 300));
  EXPECT_FALSE(intervals.outdated("network", "Ping/anchor"));
}

TEST(Intervals, ShowWhatWasCommandedBesideTheConfiguration) {
  auto intervals = with_ping("7 network/Ping/gone\n1 network/Ping/anchor");
  EXPECT_TRUE(intervals.commanded().empty()) << "neither is in force";
  ASSERT_TRUE(ask(intervals, 300));
  const auto commanded = intervals.commanded();
  ASSERT_EQ(commanded.size(), 1U);
  EXPECT_EQ(commanded[0].device, "network");
  EXPECT_EQ(commanded[0].group, "Ping/anchor");
  EXPECT_EQ(commanded[0].in_force, minutes(5));
  EXPECT_EQ(commanded[0].configured, minutes(1));
  ASSERT_TRUE(ask(intervals, 0));
  EXPECT_TRUE(intervals.commanded().empty());
}

TEST(Intervals, SurviveARestart) {
  auto before = with_ping();
  EXPECT_TRUE(ask(before, 300));
  const auto after = with_ping(before.encode());
  EXPECT_EQ(after.of("network", "Ping/anchor"), minutes(5));
  // A probe that is slower by now.
  Intervals slower;
  slower.recall(before.encode());
  slower.add(ping_schema("anchor"), minutes(10), minutes(6));
  EXPECT_EQ(slower.of("network", "Ping/anchor"), minutes(10));
}

TEST(Intervals, TakeANoteForWhatItIs) {
  for (const char* note :
       {"", "\n\n", "x", "300", "300 ", " network/Ping/anchor", "99999999999999999999999 network/Ping/anchor",
        "300 network/Ping/anchor but more", "1 network/Ping/anchor"}) {
    EXPECT_EQ(with_ping(note).of("network", "Ping/anchor"), minutes(1)) << note;
  }
  EXPECT_EQ(with_ping("junk\n300 network/Ping/anchor").of("network", "Ping/anchor"), minutes(5));
}

TEST(Schedule, TakesAnotherIntervalAtOnce) {
  Schedule schedule(1);
  const SteadyTime start{};
  const auto entry = schedule.add(Timing{std::chrono::hours(1), {}, {}}, start);
  ASSERT_TRUE(schedule.begin(entry, start));
  schedule.end(entry, start + seconds(1));
  EXPECT_EQ(schedule.due(entry), start + std::chrono::hours(1));
  schedule.set_interval(entry, minutes(1), start + seconds(10));
  EXPECT_EQ(schedule.due(entry), start + minutes(1));
  // Longer ago than the new interval: now.
  schedule.set_interval(entry, std::chrono::hours(1), start + seconds(20));
  schedule.set_interval(entry, minutes(1), start + minutes(30));
  EXPECT_EQ(schedule.due(entry), start + minutes(30));
  EXPECT_EQ(schedule.skipped(entry), 0U);
  // While it runs: from the next slot on.
  ASSERT_TRUE(schedule.begin(entry, start + minutes(30)));
  schedule.set_interval(entry, minutes(2), start + minutes(30));
  schedule.end(entry, start + minutes(30) + seconds(1));
  EXPECT_EQ(schedule.due(entry), start + minutes(32));
}

TEST(Schedule, TakesAnotherIntervalWhileItIsHurried) {
  Schedule schedule(1);
  const SteadyTime start{};
  const auto entry = schedule.add(Timing{minutes(10), {}, {}}, start);
  ASSERT_TRUE(schedule.begin(entry, start));
  schedule.end(entry, start);
  schedule.hurry(entry, seconds(10), start);
  EXPECT_EQ(schedule.due(entry), start + seconds(10));
  // During an extra run: that one goes by the old slots, the next ones by the new.
  ASSERT_TRUE(schedule.begin(entry, start + seconds(10)));
  EXPECT_TRUE(schedule.extra(entry));
  schedule.set_interval(entry, minutes(1), start + seconds(11));
  schedule.end(entry, start + seconds(12));
  EXPECT_EQ(schedule.due(entry), start + seconds(20));
  schedule.hurry(entry, std::nullopt, start + seconds(13));
  EXPECT_EQ(schedule.due(entry), start + minutes(1));
  // A longer one does not take the hurry away.
  schedule.hurry(entry, seconds(10), start + seconds(14));
  schedule.set_interval(entry, std::chrono::hours(1), start + seconds(15));
  EXPECT_EQ(schedule.due(entry), start + seconds(20));
}

TEST(Schedule, DoesNotPutOffTheFirstRunForAnotherInterval) {
  Schedule schedule(1);
  const SteadyTime start{};
  const auto entry = schedule.add(Timing{minutes(1), {}, seconds(2)}, start);
  schedule.set_interval(entry, std::chrono::hours(24), start);
  EXPECT_EQ(schedule.due(entry), start + seconds(2));
}

}  // namespace
}  // namespace xalink
