// Days of a report: what people write, and the milliseconds and words that it means.

#include "gateway/meaning/period.hpp"

#include <gtest/gtest.h>

#include <array>

namespace xalink::meaning {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

registry::Date date(int year, unsigned month, unsigned day) {
  return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
}

struct Case {
  const char* text;
  registry::Date first, last;
  int days;
  const char* name;
  const char* vietnamese;
  const char* english;
};

TEST(Period, IsReadInEveryFormThatPeopleWrite) {
  const std::array cases{
      Case{"2024-Q3", date(2024, 7, 1), date(2024, 9, 30), 92, "2024-Q3",
           "Quý III năm 2024 (01/07/2024 – 30/09/2024)", "Q3 2024 (2024-07-01 to 2024-09-30)"},
      Case{"2024-q1", date(2024, 1, 1), date(2024, 3, 31), 91, "2024-Q1",
           "Quý I năm 2024 (01/01/2024 – 31/03/2024)", "Q1 2024 (2024-01-01 to 2024-03-31)"},
      Case{"2024-Q4", date(2024, 10, 1), date(2024, 12, 31), 92, "2024-Q4",
           "Quý IV năm 2024 (01/10/2024 – 31/12/2024)", "Q4 2024 (2024-10-01 to 2024-12-31)"},
      Case{"2024-02", date(2024, 2, 1), date(2024, 2, 29), 29, "2024-02",
           "Tháng 2 năm 2024 (01/02/2024 – 29/02/2024)", "February 2024 (2024-02-01 to 2024-02-29)"},
      Case{"2025-02", date(2025, 2, 1), date(2025, 2, 28), 28, "2025-02",
           "Tháng 2 năm 2025 (01/02/2025 – 28/02/2025)", "February 2025 (2025-02-01 to 2025-02-28)"},
      Case{"2024-12", date(2024, 12, 1), date(2024, 12, 31), 31, "2024-12",
           "Tháng 12 năm 2024 (01/12/2024 – 31/12/2024)", "December 2024 (2024-12-01 to 2024-12-31)"},
      Case{"2024", date(2024, 1, 1), date(2024, 12, 31), 366, "2024", "Năm 2024 (01/01/2024 – 31/12/2024)",
           "Year 2024 (2024-01-01 to 2024-12-31)"},
      Case{"2024-09-18", date(2024, 9, 18), date(2024, 9, 18), 1, "2024-09-18", "Ngày 18/09/2024",
           "2024-09-18"},
      Case{"2024-07-01..2024-08-15", date(2024, 7, 1), date(2024, 8, 15), 46, "2024-07-01..2024-08-15",
           "Từ 01/07/2024 đến 15/08/2024", "2024-07-01 to 2024-08-15"},
      Case{"1/7/2024..15/8/2024", date(2024, 7, 1), date(2024, 8, 15), 46, "2024-07-01..2024-08-15",
           "Từ 01/07/2024 đến 15/08/2024", "2024-07-01 to 2024-08-15"},
      Case{"2024-01..2024-Q2", date(2024, 1, 1), date(2024, 6, 30), 182, "2024-01-01..2024-06-30",
           "Từ 01/01/2024 đến 30/06/2024", "2024-01-01 to 2024-06-30"},
      // The same days have the same name however they were written.
      Case{"2024-07-01..2024-09-30", date(2024, 7, 1), date(2024, 9, 30), 92, "2024-Q3",
           "Quý III năm 2024 (01/07/2024 – 30/09/2024)", "Q3 2024 (2024-07-01 to 2024-09-30)"},
      Case{"2024-02..2024-04", date(2024, 2, 1), date(2024, 4, 30), 90, "2024-02-01..2024-04-30",
           "Từ 01/02/2024 đến 30/04/2024", "2024-02-01 to 2024-04-30"},
      Case{"2024-07..2025-06", date(2024, 7, 1), date(2025, 6, 30), 365, "2024-07-01..2025-06-30",
           "Từ 01/07/2024 đến 30/06/2025", "2024-07-01 to 2025-06-30"},
      Case{"2024-09-18..2024-09-18", date(2024, 9, 18), date(2024, 9, 18), 1, "2024-09-18", "Ngày 18/09/2024",
           "2024-09-18"},
  };
  for (const auto& each : cases) {
    const auto period = read_period(each.text);
    ASSERT_TRUE(period) << each.text << ": " << period.error().to_string();
    EXPECT_EQ(period->first, each.first) << each.text;
    EXPECT_EQ(period->last, each.last) << each.text;
    EXPECT_EQ(period->days(), each.days) << each.text;
    EXPECT_EQ(period->name(), each.name) << each.text;
    EXPECT_EQ(period->label(Language::vietnamese), each.vietnamese) << each.text;
    EXPECT_EQ(period->label(Language::english), each.english) << each.text;
    EXPECT_EQ(read_period(period->name()), period) << "its own name means something else";
  }
}

TEST(Period, BeginsAndEndsAtMidnightInVietnam) {
  const auto period = read_period("2024-09-18");
  ASSERT_TRUE(period);
  // 2024-09-17T17:00:00Z, by `date -d`.
  EXPECT_EQ(period->from().time_since_epoch().count(), 1726592400000);
  EXPECT_EQ(period->to() - period->from(), 24h);
  EXPECT_TRUE(period->holds(period->from()));
  EXPECT_FALSE(period->holds(period->from() - 1ms));
  EXPECT_TRUE(period->holds(period->to() - 1ms));
  EXPECT_FALSE(period->holds(period->to()));
  EXPECT_EQ(day_of(period->from()), date(2024, 9, 18));
  EXPECT_EQ(day_of(period->from() - 1ms), date(2024, 9, 17));
  EXPECT_EQ(day_of(period->to() - 1ms), date(2024, 9, 18));
  EXPECT_EQ(day_of(WallTime(-1ms)), date(1970, 1, 1)) << "moments before 1970 too";
}

TEST(Period, HasNoDayThatIsShorterOrLonger) {
  // Spring and autumn, and the night of 2016's leap second.
  for (const char* text : {"2024-03-31", "2024-10-27", "2016-12-31", "2017-01-01"}) {
    const auto period = read_period(text);
    ASSERT_TRUE(period);
    EXPECT_EQ(period->to() - period->from(), 24h) << text;
  }
  const auto year = read_period("2024");
  ASSERT_TRUE(year);
  EXPECT_EQ(year->to() - year->from(), 24h * 366);
}

TEST(Period, KnowsThePeriodBefore) {
  const std::array<std::pair<const char*, const char*>, 8> cases{{
      {"2024-Q3", "2024-Q2"},
      {"2024-Q1", "2023-Q4"},
      {"2024", "2023"},
      {"2024-03", "2024-02"},
      {"2024-01", "2023-12"},
      {"2024-01..2024-09", "2023-04-01..2023-12-31"},
      {"2024-09-18", "2024-09-17"},
      {"2024-03-01..2024-03-10", "2024-02-20..2024-02-29"},
  }};
  for (const auto& [period, before] : cases) {
    EXPECT_EQ(period_before(*read_period(period)).name(), before) << period;
  }
}

TEST(Period, RefusesWhatIsNoPeriodAndSaysWhatToWrite) {
  struct Refusal {
    const char* text;
    const char* says;
  };
  const std::array cases{
      Refusal{"", "no period is named"},
      Refusal{"2024-Q5", "has no quarter from Q1 to Q4"},
      Refusal{"2024-Q0", "has no quarter"},
      Refusal{"2024-Qx", "has no quarter"},
      Refusal{"2024-13", "has no month from 01 to 12"},
      Refusal{"2024-00", "has no month"},
      Refusal{"2024-9-", "has no month"},
      Refusal{"2024-02-30", "is no period"},
      Refusal{"2023-02-29", "is no period"},
      Refusal{"24-Q3", "is no period"},
      Refusal{"2024Q3", "is no period"},
      Refusal{"1234", "is a year outside"},
      Refusal{"1/1/9999", "is a year outside 1900 to 2199"},
      Refusal{"30/2/9999", "is no period"},
      Refusal{"2024-07-01..", "is no period"},
      Refusal{"..2024-07-01", "is no period"},
      Refusal{"2024-07-01...2024-07-02", "is no period"},
      Refusal{"2024-09-02..2024-09-01", "ends before it begins"},
      Refusal{"2024..2023", "ends before it begins"},
      Refusal{" 2024", "is no period"},
      Refusal{"last month", "is no period"},
      Refusal{"../../etc", "is no period"},
  };
  for (const auto& each : cases) {
    const auto period = read_period(each.text);
    ASSERT_FALSE(period) << each.text;
    EXPECT_NE(period.error().what.find(each.says), std::string::npos)
        << each.text << ": " << period.error().to_string();
    EXPECT_EQ(period.error().where, "--period");
    EXPECT_FALSE(period.error().next.empty()) << each.text;
  }
}

}  // namespace
}  // namespace xalink::meaning
