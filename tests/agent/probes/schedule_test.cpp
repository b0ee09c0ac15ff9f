#include "agent/schedule.hpp"

#include <gtest/gtest.h>

#include <set>

namespace xalink {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{100h};

TEST(Schedule, BeginsAtThePhaseAndKeepsItsGrid) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({60s, 0s, 7s}, kStart);
  EXPECT_EQ(schedule.due(entry), kStart + 7s);
  EXPECT_FALSE(schedule.begin(entry, kStart + 6s));
  ASSERT_TRUE(schedule.begin(entry, kStart + 8s));
  schedule.end(entry, kStart + 20s);
  // Not 60 s after the late beginning, nor after the end.
  EXPECT_EQ(schedule.due(entry), kStart + 67s);
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, RunsThatAreDueAnyhowAreOverBeforeTheWriteThatTheyCanGoWith) {
  std::set<SteadyTime> begins;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Schedule schedule(seed);
    const std::size_t entry = schedule.add({60s, 3s, 0s}, kStart);
    ASSERT_TRUE(schedule.begin(entry, kStart + 3s));
    schedule.end(entry, kStart + 4s);
    const auto drawn = schedule.due(entry);
    const auto write = kStart + 60s + 2500ms;
    const bool changed = schedule.gather_by(write);
    const auto due = schedule.due(entry);
    begins.insert(due);
    EXPECT_GE(due, kStart + 60s);
    EXPECT_LE(due + 1s, write) << "as long as the last run";
    EXPECT_LE(due, drawn);
    EXPECT_EQ(changed, due != drawn);
    // One that is over sets nobody an end, and what comes after it is drawn as ever.
    ASSERT_TRUE(schedule.begin(entry, due));
    schedule.end(entry, due + 1s);
    EXPECT_GE(schedule.due(entry), kStart + 120s);
  }
  EXPECT_GT(begins.size(), 150U) << "still spread: probes must not run together";
}

TEST(Schedule, WhatCannotBeOverInTimeKeepsItsOwn) {
  Schedule schedule(1);
  const std::size_t slow = schedule.add({60s, 3s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(slow, kStart + 3s));
  schedule.end(slow, kStart + 13s);
  const auto drawn = schedule.due(slow);
  EXPECT_FALSE(schedule.gather_by(kStart + 63s));
  EXPECT_FALSE(schedule.gather_by(kStart + 10s));
  EXPECT_EQ(schedule.due(slow), drawn);
  // A run that goes on meanwhile finds its next slot so.
  const std::size_t other = schedule.add({60s, 3s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(other, kStart + 3s));
  EXPECT_FALSE(schedule.gather_by(kStart + 61s));
  schedule.end(other, kStart + 3s + 100ms);
  EXPECT_LE(schedule.due(other), kStart + 61s - 200ms);
}

TEST(Schedule, NeverRunsAProbeTwiceAtOnce) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({10s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  EXPECT_TRUE(schedule.running(entry));
  EXPECT_FALSE(schedule.begin(entry, kStart + 10s));
  EXPECT_FALSE(schedule.begin(entry, kStart + 1h));
  schedule.end(entry, kStart + 1s);
  EXPECT_TRUE(schedule.begin(entry, kStart + 10s));
}

TEST(Schedule, SkipsTheSlotsThatASlowRunCovered) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({10s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  schedule.end(entry, kStart + 35s);
  EXPECT_EQ(schedule.due(entry), kStart + 40s);
  EXPECT_EQ(schedule.skipped(entry), 3U);
}

TEST(Schedule, DoesNotMakeUpForTimeAsleep) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({10s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart + 1h + 3s));
  EXPECT_EQ(schedule.skipped(entry), 360U);
  schedule.end(entry, kStart + 1h + 4s);
  EXPECT_EQ(schedule.due(entry), kStart + 1h + 10s);
  EXPECT_EQ(schedule.skipped(entry), 360U);
}

TEST(Schedule, RunsBetweenItsSlotsWhileItIsHurried) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({60s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  EXPECT_FALSE(schedule.extra(entry));
  schedule.end(entry, kStart + 1s);
  EXPECT_TRUE(schedule.hurry(entry, 10s, kStart + 3s));
  EXPECT_FALSE(schedule.hurry(entry, 10s, kStart + 3s));
  for (int run = 1; run < 6; ++run) {
    EXPECT_EQ(schedule.due(entry), kStart + run * 10s);
    ASSERT_TRUE(schedule.begin(entry, kStart + run * 10s));
    EXPECT_TRUE(schedule.extra(entry));
    schedule.end(entry, kStart + run * 10s + 1s);
  }
  // The slot is a slot.
  EXPECT_EQ(schedule.due(entry), kStart + 60s);
  ASSERT_TRUE(schedule.begin(entry, kStart + 60s));
  EXPECT_FALSE(schedule.extra(entry));
  schedule.end(entry, kStart + 61s);
  EXPECT_TRUE(schedule.hurry(entry, std::nullopt, kStart + 62s));
  EXPECT_EQ(schedule.due(entry), kStart + 120s);
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, HurriesAtOnceWhatHasNotRunForLong) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({300s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  schedule.end(entry, kStart + 1s);
  EXPECT_TRUE(schedule.hurry(entry, 10s, kStart + 100s));
  EXPECT_EQ(schedule.due(entry), kStart + 100s);
}

TEST(Schedule, DoesNotLoseTheSlotThatCameDuringAnExtraRun) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({60s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  schedule.end(entry, kStart + 1s);
  schedule.hurry(entry, 25s, kStart + 2s);
  ASSERT_TRUE(schedule.begin(entry, kStart + 50s));
  schedule.end(entry, kStart + 65s);
  EXPECT_LE(schedule.due(entry), kStart + 65s);
  ASSERT_TRUE(schedule.begin(entry, kStart + 65s));
  EXPECT_FALSE(schedule.extra(entry));
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, SpreadsRunsOverTheJitterWithoutLeavingTheGrid) {
  Schedule schedule(7);
  const std::size_t entry = schedule.add({60s, 20s, 0s}, kStart);
  std::set<Duration> offsets;
  for (int slot = 0; slot < 1000; ++slot) {
    const SteadyTime due = schedule.due(entry);
    const Duration offset = due - (kStart + slot * 60s);
    ASSERT_GE(offset, 0s);
    ASSERT_LE(offset, 20s);
    offsets.insert(offset);
    ASSERT_TRUE(schedule.begin(entry, due));
    schedule.end(entry, due + 1s);
  }
  EXPECT_GT(offsets.size(), 900U);
  EXPECT_LT(*offsets.begin(), 2s);
  EXPECT_GT(*offsets.rbegin(), 18s);
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, KeepsJitterBelowTheInterval) {
  Schedule schedule(7);
  const std::size_t entry = schedule.add({10s, 1h, 0s}, kStart);
  for (int slot = 0; slot < 100; ++slot) {
    const SteadyTime due = schedule.due(entry);
    ASSERT_LT(due, kStart + (slot + 1) * 10s);
    ASSERT_TRUE(schedule.begin(entry, due));
    schedule.end(entry, due);
  }
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, IsTheSameForTheSameSeed) {
  Schedule one(42);
  Schedule two(42);
  Schedule other(43);
  for (Schedule* schedule : {&one, &two, &other}) schedule->add({60s, 60s, 0s}, kStart);
  EXPECT_EQ(one.due(0), two.due(0));
  EXPECT_NE(one.due(0), other.due(0));
}

TEST(Schedule, WhatIsAskedForRunsAtOnceBesideTheSlots) {
  Schedule schedule(1);
  const std::size_t entry = schedule.add({60s, 0s, 0s}, kStart);
  ASSERT_TRUE(schedule.begin(entry, kStart));
  EXPECT_FALSE(schedule.ask(entry, kStart)) << "it runs";
  schedule.end(entry, kStart + 1s);
  EXPECT_TRUE(schedule.ask(entry, kStart + 10s));
  EXPECT_EQ(schedule.due(entry), kStart + 10s);
  ASSERT_TRUE(schedule.begin(entry, kStart + 10s));
  EXPECT_FALSE(schedule.extra(entry)) << "it is recorded";
  schedule.end(entry, kStart + 11s);
  EXPECT_EQ(schedule.due(entry), kStart + 60s);
  // One that hurries is not.
  schedule.hurry(entry, 10s, kStart + 11s);
  ASSERT_TRUE(schedule.begin(entry, schedule.due(entry)));
  EXPECT_TRUE(schedule.extra(entry));
  EXPECT_EQ(schedule.skipped(entry), 0U);
}

TEST(Schedule, KeepsEntriesApart) {
  Schedule schedule(1);
  const std::size_t slow = schedule.add({60s, 0s, 0s}, kStart);
  const std::size_t quick = schedule.add({1s, 0s, 500ms}, kStart);
  ASSERT_TRUE(schedule.begin(slow, kStart));
  ASSERT_TRUE(schedule.begin(quick, kStart + 500ms));
  schedule.end(quick, kStart + 600ms);
  EXPECT_EQ(schedule.due(quick), kStart + 1500ms);
  EXPECT_TRUE(schedule.running(slow));
  EXPECT_FALSE(schedule.running(quick));
}

}  // namespace
}  // namespace xalink
