// When a board measures its throughput, and what it may cost.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "agent/data_budget.hpp"
#include "agent/throughput_plan.hpp"

namespace xalink {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

/// Local time, as people there read it.
WallTime at(int month, unsigned day, int hour = 0, int minute = 0) {
  const auto date = std::chrono::year(2026) / month / static_cast<int>(day);
  return WallTime(sys_days(date)) - kLocalOffset + hours(hour) + minutes(minute);
}

constexpr std::uint64_t kMega = 1'000'000;

TEST(DataBudget, CountsByLocalMonthAndByKindOfLink) {
  DataBudget budget({1000 * kMega, 60 * kMega});
  const auto late = at(11, 30, 23, 59);
  budget.settle(budget.reserve(LinkCost::metered, 5 * kMega, late), 4 * kMega);
  EXPECT_EQ(budget.used(LinkCost::metered, late), 4 * kMega);
  EXPECT_EQ(budget.used(LinkCost::fixed, late), 0U);
  EXPECT_EQ(budget.used(LinkCost::metered, late + minutes(1)), 0U) << "a new month";
  EXPECT_EQ(budget.left(LinkCost::metered, late + minutes(1)), 60 * kMega);
}

TEST(DataBudget, APowerCutInATestLeavesAllOfItSpent) {
  DataBudget budget({100 * kMega, 0});
  (void)budget.reserve(LinkCost::fixed, 20 * kMega, at(3, 10));
  DataBudget after({100 * kMega, 0});
  after.recall(budget.to_text());
  EXPECT_EQ(after.used(LinkCost::fixed, at(3, 10)), 20 * kMega);
}

TEST(DataBudget, LastsForTheMonthAndIsNeverOverspent) {
  DataBudget budget({1000 * kMega, 60 * kMega});
  const std::uint64_t most = most_throughput_cost(2 * kMega);
  unsigned tests = 0;
  unsigned last_day = 0;
  for (unsigned day = 1; day <= 30; ++day) {
    for (int hour = 8; hour < 16; hour += 4) {
      const auto now = at(11, day, hour);
      if (!budget.may_spend(LinkCost::metered, most, now)) continue;
      budget.settle(budget.reserve(LinkCost::metered, most, now), most);
      ++tests;
      last_day = day;
      EXPECT_LE(budget.used(LinkCost::metered, now), 60 * kMega);
    }
  }
  EXPECT_EQ(tests, 60 * kMega / most);
  EXPECT_GE(last_day, 25U) << "not all in the first days";
}

TEST(DataBudget, NothingBeginsThatMightCostMoreThanIsLeft) {
  DataBudget budget({100 * kMega, 0});
  EXPECT_FALSE(budget.may_spend(LinkCost::metered, 1, at(5, 31)));
  budget.settle(budget.reserve(LinkCost::fixed, 10 * kMega, at(5, 1)), 95 * kMega);
  EXPECT_FALSE(budget.may_spend(LinkCost::fixed, 6 * kMega, at(5, 31)));
  EXPECT_TRUE(budget.may_spend(LinkCost::fixed, 5 * kMega, at(5, 31)));
  budget.settle(budget.reserve(LinkCost::fixed, 5 * kMega, at(5, 31)), 20 * kMega);
  EXPECT_EQ(budget.left(LinkCost::fixed, at(5, 31)), 0U);
}

TEST(DataBudget, AClockThatJumpsToAnotherMonthAndBackSpendsNothingTwice) {
  DataBudget budget({100 * kMega, 0});
  budget.settle(budget.reserve(LinkCost::fixed, kMega, at(5, 20)), 90 * kMega);
  budget.settle(budget.reserve(LinkCost::fixed, kMega, at(6, 20)), 10 * kMega);
  EXPECT_EQ(budget.used(LinkCost::fixed, at(5, 21)), 90 * kMega);
  for (int month = 7; month <= 12; ++month) {
    budget.settle(budget.reserve(LinkCost::fixed, kMega, at(month, 1)), kMega);
    EXPECT_EQ(budget.used(LinkCost::fixed, at(month, 1)), kMega) << "the present month is never forgotten";
  }
  EXPECT_LT(budget.to_text().size(), 400U);
}

TEST(DataBudget, TakesNothingFromATextThatIsNotItsOwn) {
  for (const std::string text :
       {"", "budget 2\n2026-05\t1\t1", "budget 1\n2026-05\t1", "budget 1\n2026-05\tx\t1",
        "budget 1\n\t\t\n2026-055\t1\t1", "budget 1\n2026-05\t-1\t1"}) {
    DataBudget budget({kMega, kMega});
    budget.recall(text);
    EXPECT_EQ(budget.used(LinkCost::fixed, at(5, 1)), 0U) << text;
  }
  DataBudget budget({kMega, kMega});
  budget.recall("budget 1\n2026-05\t99999999999999999999\t1\n2026-06\t7\t8");
  EXPECT_EQ(budget.used(LinkCost::metered, at(6, 1)), 8U) << "the lines that can be read";
}

// --- the plan ---------------------------------------------------------------------------------------

const std::vector<DailyWindow> kOffice = {{minutes(450), minutes(690)}, {minutes(810), minutes(1020)}};

bool in_office(WallTime when) {
  const auto local = when + kLocalOffset;
  const auto of_day = local - std::chrono::floor<days>(local);
  return (of_day >= minutes(450) && of_day < minutes(690)) ||
         (of_day >= minutes(810) && of_day < minutes(1020));
}

TEST(ThroughputPlan, ReadsWindows) {
  EXPECT_EQ(parse_window("07:30-11:30"), (std::vector<DailyWindow>{{minutes(450), minutes(690)}}));
  EXPECT_EQ(parse_window("22:00-05:00"),
            (std::vector<DailyWindow>{{minutes(1320), minutes(1440)}, {minutes(0), minutes(300)}}));
  EXPECT_EQ(parse_window("22:00-00:00"), (std::vector<DailyWindow>{{minutes(1320), minutes(1440)}}));
  EXPECT_EQ(parse_window("00:00-24:00"), (std::vector<DailyWindow>{{minutes(0), minutes(1440)}}));
  for (const auto* odd : {"", "-", "7:30-11:30", "07:30", "07:30-07:30", "07:60-08:00", "25:00-26:00",
                          "24:01-24:02", "24:00-01:00", "07:30-11:30 ", "ab:cd-ef:gh"}) {
    EXPECT_TRUE(parse_window(odd).empty()) << odd;
  }
}

TEST(ThroughputPlan, ADayHasItsTestsWithinTheWindowsAndARestartChangesNothing) {
  WallTime now = at(11, 2);
  std::map<sys_days, unsigned> tests;
  ThroughputPlan plan(kOffice, 2, "VN-03/xa-lung-cu");
  for (int i = 0; i < 60; ++i) {
    const auto next = plan.next(now);
    EXPECT_GE(next.at, now);
    EXPECT_TRUE(in_office(next.at));
    EXPECT_LT(next.at, next.until);
    ThroughputPlan again(kOffice, 2, "VN-03/xa-lung-cu");
    again.recall(plan.to_text());
    EXPECT_EQ(again.next(now).at, next.at);
    EXPECT_EQ(again.next(now).slot, next.slot);
    ++tests[next.slot.day];
    plan.done(next.slot);
    now = next.at;
  }
  EXPECT_EQ(tests.size(), 30U);
  for (const auto& [day, number] : tests) EXPECT_EQ(number, 2U);
}

TEST(ThroughputPlan, BoardsAreSpreadOverTheWholeOfTheirTime) {
  std::map<std::int64_t, unsigned> by_half_hour;
  for (int board = 0; board < 1000; ++board) {
    ThroughputPlan plan(kOffice, 1, "VN-03/board-" + std::to_string(board));
    const auto next = plan.next(at(11, 2));
    ++by_half_hour[(next.at - at(11, 2)) / minutes(30)];
  }
  EXPECT_EQ(by_half_hour.size(), 15U) << "7.5 hours";
  for (const auto& [when, boards] : by_half_hour) {
    EXPECT_GT(boards, 30U) << when;
    EXPECT_LT(boards, 110U) << when;
  }
}

TEST(ThroughputPlan, WhatWasMissedIsMadeUpForAtRandomWithinItsPart) {
  std::map<WallTime, unsigned> when;
  for (int board = 0; board < 100; ++board) {
    ThroughputPlan plan(kOffice, 1, "VN-03/board-" + std::to_string(board));
    const auto now = at(11, 2, 16, 30);  // switched on late
    const auto next = plan.next(now);
    EXPECT_LT(next.at, at(11, 2, 17));
    EXPECT_GE(next.at, now);
    EXPECT_EQ(plan.next(now + minutes(0)).at, next.at) << "asked again";
    ++when[next.at];
  }
  EXPECT_GT(when.size(), 80U);
  ThroughputPlan plan(kOffice, 1, "VN-03/xa-lung-cu");
  EXPECT_GE(plan.next(at(11, 2, 17)).at, at(11, 3, 7, 30)) << "too late for today";
}

TEST(ThroughputPlan, APostponedTestComesLaterOrNotAtAll) {
  ThroughputPlan plan(kOffice, 2, "VN-03/xa-lung-cu");
  auto now = at(11, 2);
  const auto first = plan.next(now);
  now = first.at;
  unsigned times = 0;
  for (auto next = first; next.slot == first.slot && times < 1000; ++times) {
    EXPECT_TRUE(in_office(next.at));
    now = next.at;
    plan.postpone(next, now, minutes(1));
    next = plan.next(now);
    if (next.slot == first.slot) {
      EXPECT_GE(next.at, now + minutes(1));
    }
  }
  EXPECT_GT(times, 1U);
  EXPECT_LT(times, 1000U) << "its part of the day ends";
  const auto second = plan.next(now);
  EXPECT_EQ(second.slot.day, first.slot.day);
  EXPECT_EQ(second.slot.number, 1U);
}

TEST(ThroughputPlan, OneThatIsDoneIsNotDoneAgainAndOneThatIsUndoneIs) {
  ThroughputPlan plan(kOffice, 1, "VN-03/xa-lung-cu");
  const auto next = plan.next(at(11, 2));
  plan.done(next.slot);
  EXPECT_NE(plan.next(at(11, 2)).slot, next.slot);
  plan.undo(next.slot);
  EXPECT_EQ(plan.next(at(11, 2)).slot, next.slot);
  for (const auto* text :
       {"", "plan", "plan 2\t20759\t0", "plan 1\t-1\t0", "plan 1\tx", "plan 1\t20759\t0x"}) {
    ThroughputPlan other(kOffice, 1, "VN-03/xa-lung-cu");
    other.recall(text);
    EXPECT_EQ(other.next(at(11, 2)).slot, next.slot) << text;
  }
}

}  // namespace
}  // namespace xalink
