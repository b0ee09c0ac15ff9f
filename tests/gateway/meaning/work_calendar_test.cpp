// Working days and due dates. Expected values are worked out by hand on a wall calendar.

#include "gateway/meaning/work_calendar.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/shipped_tables.hpp"

namespace xalink::meaning {
namespace {

using registry::Kind;

const WorkCalendar& calendar() {
  static const WorkCalendar kCalendar(shipped({"working-days-2024-2027.csv", "office-hours.csv"}));
  return kCalendar;
}

std::string due(const std::string& received, TimeLimit limit,
                HolidaysInDays holidays = HolidaysInDays::count) {
  const auto due = calendar().due(at(received), limit, "", holidays);
  return due ? shown(*due) : "not known";
}
TimeLimit wd(double days) {
  return TimeLimit::of_working_days(days);
}

// Number of working days of each year, counted by hand: weekdays (Monday to Friday) less holidays on
// weekdays, plus days made up.
//   2024: 262 − 12 (1/1; 8, 9, 12, 13, 14/2; 18/4; 29, 30/4; 1/5; 2, 3/9) + 1 = 251
//   2025: 261 − 12 (1/1; 27–31/1; 7/4; 30/4; 1, 2/5; 1, 2/9)              + 1 = 250
//   2026: 261 − 14 (1, 2/1; 16–20/2; 27, 30/4; 1/5; 31/8; 1, 2/9; 24/11)   + 2 = 249
//   2027: 261 − 10 (1/1; 5, 8, 9, 10/2; 16, 30/4; 3/5; 2/9; 24/11)             = 251
TEST(WorkCalendarTest, HasAsManyWorkingDaysAsCountedByHand) {
  const auto in_year = [](int year) {
    return calendar().working_days(at(std::to_string(year - 1) + "-12-31"),
                                   at(std::to_string(year) + "-12-31"));
  };
  EXPECT_EQ(in_year(2024), 251);
  EXPECT_EQ(in_year(2025), 250);
  EXPECT_EQ(in_year(2026), 249);
  EXPECT_EQ(in_year(2027), 251);
}

TEST(WorkCalendarTest, KnowsTetMadeUpSaturdaysAndTheDayOfCulture) {
  const auto works = [](const char* day) { return calendar().is_working_day(*registry::read_date(day)); };
  EXPECT_TRUE(works("2024-02-07"));
  EXPECT_FALSE(works("2024-02-08"));
  EXPECT_FALSE(works("2024-02-14"));
  EXPECT_TRUE(works("2024-02-15"));
  EXPECT_FALSE(works("2024-04-29"));
  EXPECT_TRUE(works("2024-05-04")) << "a Saturday that is made up";
  EXPECT_FALSE(works("2024-05-11")) << "any other Saturday";
  EXPECT_TRUE(works("2025-11-24")) << "a Monday, the year before";
  EXPECT_FALSE(works("2026-11-24"));
}

TEST(WorkCalendarTest, SaysOfYearsThatItDoesNotKnowThatItDoesNot) {
  EXPECT_TRUE(calendar().knows(*registry::read_date("2027-12-31")));
  EXPECT_FALSE(calendar().knows(*registry::read_date("2028-01-01")));
  EXPECT_EQ(due("2027-12-30 09:00", wd(1)), "2027-12-31 09:00");
  EXPECT_EQ(due("2027-12-31 09:00", wd(1)), "not known");
  EXPECT_EQ(due("2023-12-29 09:00", wd(5)), "not known");
}

struct DueCase {
  const char* what;
  const char* received;
  TimeLimit limit;
  const char* due;
};

// September 2024: 16 Mon, 17 Tue, 18 Wed, 19 Thu, 20 Fri, 21 Sat, 22 Sun, 23 Mon.
TEST(WorkCalendarTest, CountsAsTheOneStopSoftwareDoes) {
  const DueCase cases[] = {
      {"one day keeps the time of the day", "2024-09-18 09:15", wd(1), "2024-09-19 09:15"},
      {"over a weekend", "2024-09-20 09:15", wd(1), "2024-09-23 09:15"},
      {"three over a weekend", "2024-09-19 14:00", wd(3), "2024-09-24 14:00"},
      {"in the lunch break: its end", "2024-09-18 12:10", wd(1), "2024-09-19 13:30"},
      {"the end of the morning is office time", "2024-09-18 11:30", wd(1), "2024-09-19 11:30"},
      {"before hours: the beginning", "2024-09-18 06:20", wd(1), "2024-09-19 07:00"},
      {"17:00 is office time", "2024-09-18 17:00", wd(1), "2024-09-19 17:00"},
      {"a second after 17:00 is the next morning", "2024-09-18 17:00:01", wd(1), "2024-09-20 07:00"},
      {"online on Friday evening", "2024-09-20 21:00", wd(1), "2024-09-24 07:00"},
      {"on a Saturday", "2024-09-21 09:00", wd(1), "2024-09-24 07:00"},
      {"on a Saturday that is made up", "2024-05-04 09:00", wd(1), "2024-05-06 09:00"},
      {"onto a Saturday that is made up", "2024-05-03 09:00", wd(1), "2024-05-04 09:00"},
      {"over Tết", "2024-02-07 10:00", wd(1), "2024-02-15 10:00"},
      {"in Tết", "2024-02-10 10:00", wd(2), "2024-02-19 07:00"},
      {"over 30/4 with its swap", "2024-04-26 15:00", wd(2), "2024-05-03 15:00"},
      {"over the turn of the year", "2024-12-31 08:00", wd(1), "2025-01-02 08:00"},
      {"half a day: the afternoon", "2024-09-18 08:00", wd(0.5), "2024-09-18 14:00"},
      {"a day and a half", "2024-09-18 08:00", wd(1.5), "2024-09-19 14:00"},
      {"two hours over lunch", "2024-09-18 10:30", TimeLimit::of_hours(2), "2024-09-18 14:30"},
      {"two hours that end with the morning", "2024-09-18 09:30", TimeLimit::of_hours(2), "2024-09-18 11:30"},
      {"four hours over the night", "2024-09-18 15:30", TimeLimit::of_hours(4), "2024-09-19 09:30"},
      {"one hour at the end of Friday", "2024-09-20 17:00", TimeLimit::of_hours(1), "2024-09-23 08:00"},
      {"eight hours are a working day", "2024-09-18 09:15", TimeLimit::of_hours(8), "2024-09-19 09:15"},
      {"ten hours", "2024-09-18 16:00", TimeLimit::of_hours(10), "2024-09-20 08:00"},
      {"no time at all", "2024-09-21 09:00", wd(0), "2024-09-23 07:00"},
      {"calendar days", "2024-09-16 09:00", TimeLimit::of_days(3), "2024-09-19 09:00"},
      {"calendar days roll off a weekend", "2024-09-18 09:00", TimeLimit::of_days(3), "2024-09-23 09:00"},
      {"calendar days roll off a holiday", "2024-08-30 09:00", TimeLimit::of_days(3), "2024-09-04 09:00"},
      {"calendar days roll off Tết", "2024-02-05 09:00", TimeLimit::of_days(5), "2024-02-15 09:00"},
  };
  for (const auto& each : cases) EXPECT_EQ(due(each.received, each.limit), each.due) << each.what;
}

TEST(WorkCalendarTest, MayPassOverHolidaysInCalendarDays) {
  // 29/4 to 1/5 are passed over: 28/4, 2/5, 3/5.
  EXPECT_EQ(due("2024-04-27 07:30", TimeLimit::of_days(3)), "2024-05-06 07:00")
      << "received on a Saturday: counted from 2/5, and 5/5 is a Sunday";
  EXPECT_EQ(due("2024-04-26 09:00", TimeLimit::of_days(5), HolidaysInDays::are_skipped), "2024-05-04 09:00");
  EXPECT_EQ(due("2024-04-26 09:00", TimeLimit::of_days(5)), "2024-05-02 09:00");
}

TEST(WorkCalendarTest, MovesTheDueDateByTheCitizensTime) {
  const auto moved = [](const char* due, const char* asked, const char* given) {
    return shown(calendar().due_after_supplement(at(due), at(asked), at(given)).value());
  };
  EXPECT_EQ(moved("2024-09-20 09:00", "2024-09-17 10:00", "2024-09-19 15:00"), "2024-09-23 09:00")
      << "20 + 2 − 1 = 21, a Saturday; the next working day is Monday";
  EXPECT_EQ(moved("2024-09-19 09:00", "2024-09-17 10:00", "2024-09-17 15:00"), "2024-09-19 09:00")
      << "the same day moves nothing";
  EXPECT_EQ(moved("2024-08-30 09:00", "2024-08-26 10:00", "2024-08-29 15:00"), "2024-09-04 09:00")
      << "30/8 + 3 − 1 = 1/9; 2/9 and 3/9 are holidays";
}

TEST(WorkCalendarTest, TakesTheOfficeHoursOfTheSeasonAndOfTheSite) {
  ScratchFolder folder;
  const auto judged = registry::judge_files(
      {folder.write("hours.csv",
                    "hours,from,to,morning_start,morning_end,afternoon_start,afternoon_end\n"
                    ",,2024-10-15,7h,11h30,13h30,17h\n"
                    ",2024-10-16,,7:30,12:00,13:00,16:30\n"
                    "cửa khẩu,,,08:00,12:00,12:00,16:00\n"),
       std::filesystem::path(XALINK_MEANING_DATA "/working-days-2024-2027.csv")},
      {}, false, TextEncoding::automatic);
  ASSERT_TRUE(judged);
  ASSERT_TRUE(judged->mistakes.empty()) << judged->mistakes.front().to_string(Language::english);
  const WorkCalendar own(judged->change.result);
  EXPECT_EQ(shown(own.counted_from(at("2024-10-15 06:00"))), "2024-10-15 07:00");
  EXPECT_EQ(shown(own.counted_from(at("2024-10-15 18:00"))), "2024-10-16 07:30");
  EXPECT_EQ(shown(own.counted_from(at("2024-10-16 17:00"))), "2024-10-17 07:30");
  EXPECT_EQ(shown(own.counted_from(at("2024-10-16 12:00"), "cửa khẩu")), "2024-10-16 12:00")
      << "no lunch break";
  EXPECT_EQ(shown(own.due(at("2024-10-16 11:00"), TimeLimit::of_hours(2), "cửa khẩu").value()),
            "2024-10-16 13:00");
  EXPECT_EQ(own.hours(*registry::read_date("2024-10-16"), "không có"),
            own.hours(*registry::read_date("2024-10-16")))
      << "a name that nobody defined is the default";
}

TEST(WorkCalendarTest, ShipsEachDayWithItsSourceAndSureness) {
  for (const auto& row : shipped({"working-days-2024-2027.csv"})) {
    EXPECT_FALSE(row.at("source").empty()) << row.at("day");
    EXPECT_FALSE(row.at("occasion").empty()) << row.at("day");
    // No swap is the law's, and of 2027 nobody has announced any.
    if (row.at("day_type") == "working") {
      EXPECT_EQ(row.at("sureness"), "reported");
      EXPECT_NE(row.at("day").substr(0, 4), "2027");
    }
  }
}

std::string mistakes_of(const std::string& text) {
  ScratchFolder folder;
  const auto judged =
      registry::judge_files({folder.write("t.csv", text)}, {}, false, TextEncoding::automatic);
  std::string told;
  for (const auto& mistake : judged->mistakes) told += mistake.to_string(Language::english) + "\n";
  return told;
}
void expect_told(const std::string& text, const std::string& told) {
  EXPECT_NE(mistakes_of(text).find(told), std::string::npos) << text << "told: " << mistakes_of(text);
}

TEST(WorkCalendarTest, TellsEachMistakeOfATableByLineAndColumn) {
  const std::string head = "day,day_type,sureness,source\n";
  EXPECT_EQ(mistakes_of(head + "30/4/2024,nghỉ,luật,x\n"), "");
  expect_told(head + "31/4/2024,nghỉ,luật,x\n", "t.csv:2: column 1 (day): \"31/4/2024\" is not a day");
  expect_told(head + "2024-04-30,nghỉ,luật,x\n30/4/2024,làm bù,luật,x\n",
              "t.csv:3: column 1 (day): this row stands already");
  expect_told(head + "2024-05-03,làm bù,công bố,x\n",
              "t.csv:2: column 2 (day_type): 2024-05-03 is no weekend");
  expect_told(head + "2024-05-04,làm bù,,\n", "t.csv:2: column 3 (sureness): is empty");
  expect_told(head + "2024-05-04,làm bù,,\n", "t.csv:2: column 4 (source): is empty");
  const std::string hours = "hours,from,to,morning_start,morning_end,afternoon_start,afternoon_end\n";
  expect_told(hours + ",,,7:00,11:30,11:00,17:00\n",
              "t.csv:2: column 6 (afternoon_start): 11:00 is not after");
  expect_told(hours + ",,,7:00,7:00,11:00,17:00\n", "t.csv:2: column 5 (morning_end)");
  expect_told(hours + ",,,7:60,11:30,13:00,17:00\n",
              "t.csv:2: column 4 (morning_start): \"7:60\" is not a time");
  expect_told(hours + ",,,7:00,11:30,13:00,17:00\n,2024-01-01,,7:00,11:30,13:00,17:00\n",
              "t.csv:3: column 2 (from): overlaps");
  const std::string procedures = "procedure,limit,limit_unit,online\n";
  EXPECT_EQ(mistakes_of(procedures + "1.001193,\"0,5\",ngày làm việc,toàn trình\n"), "");
  expect_told(procedures + "1.001193,3,,\n", "t.csv:2: column 3 (limit_unit): is empty");
  expect_told(procedures + "1.001193,2.5,ngày,\n", "t.csv:2: column 2 (limit): is no whole number of days");
}

}  // namespace
}  // namespace xalink::meaning
