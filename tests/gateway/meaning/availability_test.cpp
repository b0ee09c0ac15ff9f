#include "gateway/meaning/availability.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "tests/gateway/meaning/board_story.hpp"

namespace xalink::test {
namespace {

using namespace meaning;
using std::chrono::minutes;

constexpr minutes kNone{0};

SiteEvidence evidence_of(const BoardStory& story) {
  SiteEvidence evidence;
  for (const auto& record : story.records()) evidence.take(record);
  return evidence;
}

Interval day(const std::string& date) {
  return {local(date + " 00:00"), local(date + " 24:00")};
}

Availability availability_of(const BoardStory& story, const Interval& period,
                             WallTime now = local("2025-01-01 00:00")) {
  const auto site = site_timeline(evidence_of(story), period, now);
  return measure(site.timeline, {up_to_now(period, now)}, open_within(period, MondayToFriday(), {}));
}

// One Tuesday, 3 September 2024, as a caretaker would tell it:
//
//   from   to     what                                          in office hours (07:00-11:30, 13:30-17:00)
//   00:00  06:00  switched off the evening before     360 min        0
//   06:00  08:00  up                                  120           60
//   08:00  09:30  first hop                            90           90
//   09:30  10:00  internet: the outage goes on         30           30
//   10:00  12:00  up                                  120           90
//   12:00  12:40  service one-stop                     40            0
//   12:40  15:00  up                                  140           90
//   15:00  15:05  no sign, not yet believed off         5            5   unknown
//   15:05  16:00  power                                55           55
//   16:00  18:00  up                                  120           60
//   18:00  24:00  switched off                        360            0
//                                                    1440          480
BoardStory tuesday() {
  BoardStory story;
  const auto at = [](const std::string& time) { return local("2024-09-03 " + time); };
  story.boot("b0", local("2024-09-02 06:00")).boot("b1", at("06:00")).boot("b2", at("16:00"));
  story.boot("b3", local("2024-09-04 06:00"));
  story.present("b0", local("2024-09-02 06:00"), local("2024-09-02 18:00"));
  story.shutdown("b0", local("2024-09-02 18:00"), "b1");
  story.present("b1", at("06:00"), at("15:00"));
  story.event("o1", "begin", "first hop", "b1", at("08:00"), "b1", at("08:00"));
  story.event("o1", "cause", "internet", "b1", at("08:00"), "b1", at("09:30"));
  story.event("o1", "end", "internet", "b1", at("08:00"), "b1", at("10:00"));
  story.outage("b1", "services", at("12:00"), at("12:40"), "one-stop");
  story.power_loss("b1", at("15:05"), "b2");
  story.present("b2", at("16:00"), at("18:00"));
  story.shutdown("b2", at("18:00"), "b3");
  story.present("b3", local("2024-09-04 06:00"), local("2024-09-04 18:00"));
  return story;
}

// Twelve hours lie between two records by the calendar, ten minutes since the boot: nobody saw the twelve.
TEST(Availability, AClockThatJumpedProvesNothingOfWhatItJumpedOver) {
  const auto at = [](const std::string& time) { return local("2024-09-03 " + time); };
  BoardStory story;
  story.boot("b1", at("06:00")).present("b1", at("06:00"), at("07:00"));
  story.sign("b1", at("07:10"), at("19:10")).sign("b1", at("07:20"), at("19:20"));

  const auto all = availability_of(story, day("2024-09-03")).all_hours;

  EXPECT_EQ(all.up, minutes(70));
  EXPECT_EQ(all.unknown, minutes(1440 - 70));
}

TEST(Availability, OfADayIsWhatTheTableSays) {
  const auto found = availability_of(tuesday(), day("2024-09-03"));

  struct Line {
    const char* what;
    Milliseconds all;
    Milliseconds office;
    minutes all_by_hand;
    minutes office_by_hand;
  };
  const auto& all = found.all_hours;
  const auto& office = found.office_hours;
  const auto by = [&](const char* what, Cause cause, int hand, int office_hand) {
    return Line{what, all.down_by(cause), office.down_by(cause), minutes(hand), minutes(office_hand)};
  };
  for (const auto& line : {
           Line{"period", all.period, office.period, minutes(1440), minutes(480)},
           Line{"up", all.up, office.up, minutes(500), minutes(300)},
           Line{"unknown", all.unknown, office.unknown, minutes(5), minutes(5)},
           by("switched off", Cause::switched_off, 720, 0),
           by("power", Cause::power, 55, 55),
           by("board", Cause::board, 0, 0),
           by("first hop", Cause::first_hop, 90, 90),
           by("internet", Cause::internet, 30, 30),
           by("services", Cause::services, 40, 0),
           Line{"outage time", all.outage_time(), office.outage_time(), minutes(215), minutes(175)},
           Line{"longest", all.longest, office.longest, minutes(120), minutes(120)},
           Line{"known", all.known(), office.known(), minutes(1435), minutes(475)},
           Line{"powered on", all.powered_on(), office.powered_on(), minutes(660), minutes(420)},
           Line{"estimated", all.estimated, office.estimated, kNone, kNone},
       }) {
    EXPECT_EQ(line.all, line.all_by_hand) << line.what;
    EXPECT_EQ(line.office, line.office_by_hand) << line.what << " in office hours";
  }
  EXPECT_EQ(all.outages, 3U);
  EXPECT_EQ(office.outages, 2U);
  EXPECT_EQ(all.services, (std::map<std::string, Milliseconds>{{"one-stop", minutes(40)}}));
  // 215 min / 3 = 71 min 40 s; 500 min / 3 = 166 min 40 s; 175 / 2; 300 / 2.
  EXPECT_EQ(all.mean_time_to_repair(), std::chrono::seconds(4'300));
  EXPECT_EQ(all.mean_time_between_failures(), std::chrono::seconds(10'000));
  EXPECT_EQ(office.mean_time_to_repair(), std::chrono::seconds(5'250));
  EXPECT_EQ(office.mean_time_between_failures(), minutes(150));
  // The four ways, and the line without what lies beyond it.
  EXPECT_EQ(availability(all, Base::known_time), (Share{minutes(500), minutes(1435)}));
  EXPECT_EQ(availability(all, Base::powered_on_time), (Share{minutes(500), minutes(660)}));
  EXPECT_EQ(availability(office, Base::known_time), (Share{minutes(300), minutes(475)}));
  EXPECT_EQ(availability(office, Base::powered_on_time), (Share{minutes(300), minutes(420)}));
  EXPECT_EQ(availability(all, Base::known_time, Demand::line), (Share{minutes(540), minutes(1435)}));
  EXPECT_DOUBLE_EQ(*availability(office, Base::powered_on_time).value(), 300.0 / 420.0);
  EXPECT_EQ(all.completeness(), (Share{minutes(1435), minutes(1440)}));
}

TEST(Availability, SilenceIsNeitherUpNorDownUntilEvidenceComes) {
  const auto period = day("2024-09-05");
  BoardStory story;
  story.boot("b", local("2024-09-04 00:00"));
  story.present("b", local("2024-09-04 00:00"), local("2024-09-05 06:00"));
  auto found = availability_of(story, period).all_hours;
  EXPECT_EQ(found.up, minutes(360));
  EXPECT_EQ(found.unknown, minutes(1080));
  EXPECT_EQ(found.down_total(), kNone);

  // The link is back: the lane of events comes first, the measurements of that time later.
  story.outage("b", "link", local("2024-09-05 06:00"), local("2024-09-05 14:00"));
  found = availability_of(story, period).all_hours;
  EXPECT_EQ(found.down_by(Cause::link), minutes(480));
  EXPECT_EQ(found.unknown, minutes(600));

  story.present("b", local("2024-09-05 06:00"), local("2024-09-05 24:00"));
  found = availability_of(story, period).all_hours;
  EXPECT_EQ(found.up, minutes(960));
  EXPECT_EQ(found.down_by(Cause::link), minutes(480));
  EXPECT_EQ(found.unknown, kNone);
}

TEST(Availability, AnOutageWithoutEndLastsToTheLastSignOfTheBoard) {
  const auto period = day("2024-09-05");
  BoardStory story;
  story.boot("b", local("2024-09-05 00:00"));
  story.present("b", local("2024-09-05 00:00"), local("2024-09-05 10:00"));
  story.event("o", "begin", "services", "b", local("2024-09-05 08:00"), "b", local("2024-09-05 08:00"),
              "tax");
  const auto found = availability_of(story, period).all_hours;
  EXPECT_EQ(found.up, minutes(480));
  EXPECT_EQ(found.down_by(Cause::services), minutes(120));
  EXPECT_EQ(found.unknown, minutes(840));
  const auto outages = outages_of(evidence_of(story), local("2024-09-06 00:00"));
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_TRUE(outages[0].open);
}

TEST(Availability, OfTwoCausesTheLowerOneCountsAndTheSumStaysExact) {
  BoardStory story;
  story.boot("b", local("2024-09-05 00:00"));
  story.present("b", local("2024-09-05 00:00"), local("2024-09-05 24:00"));
  story.outage("b", "gateway", local("2024-09-05 01:00"), local("2024-09-05 05:00"));
  story.outage("b", "services", local("2024-09-05 02:00"), local("2024-09-05 06:00"), "b-portal");
  story.outage("b", "services", local("2024-09-05 03:00"), local("2024-09-05 04:00"), "a-portal");
  const auto found = availability_of(story, day("2024-09-05")).all_hours;
  EXPECT_EQ(found.down_by(Cause::gateway), minutes(60));
  EXPECT_EQ(found.services,
            (std::map<std::string, Milliseconds>{{"a-portal", minutes(60)}, {"b-portal", minutes(180)}}));
  EXPECT_EQ(found.up, minutes(1140));
  EXPECT_EQ(found.outages, 1U);  // one stretch, whatever its causes
  EXPECT_EQ(found.longest, minutes(300));
}

TEST(Availability, MainsThatAreGoneAreNoOutageWhileTheBoardRunsOn) {
  BoardStory story;
  story.boot("b", local("2024-09-05 00:00"));
  story.present("b", local("2024-09-05 00:00"), local("2024-09-05 24:00"));
  story.outage("b", "power", local("2024-09-05 01:00"), local("2024-09-05 05:00"), "mains");
  const auto found = availability_of(story, day("2024-09-05")).all_hours;
  EXPECT_EQ(found.up, minutes(1440));
  EXPECT_EQ(found.outages, 0U);
  const auto outages = outages_of(evidence_of(story), local("2024-09-06 00:00"));
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_TRUE(outages[0].on_battery);
}

TEST(Availability, TimeWithinBoundsCountsAsEstimatedAndTimeWithoutBoundsNotAtAll) {
  BoardStory story;
  story.boot("sure", local("2024-09-05 00:00")).boot("guess", local("2024-09-05 06:00"));
  story.boot("lost", local("2024-09-05 12:00"));
  story.without_clock("guess", std::chrono::hours(6)).without_clock("lost", std::chrono::hours(900));
  story.present("sure", local("2024-09-05 00:00"), local("2024-09-05 05:00"));
  story.present("guess", local("2024-09-05 06:00"), local("2024-09-05 10:00"));
  story.present("lost", local("2024-09-05 12:00"), local("2024-09-05 20:00"));
  const auto found = availability_of(story, day("2024-09-05")).all_hours;
  EXPECT_EQ(found.up, minutes(540));
  EXPECT_EQ(found.estimated, minutes(240));
  EXPECT_EQ(found.unknown, minutes(900));
  EXPECT_EQ(found.estimated_share(), (Share{minutes(240), minutes(540)}));
  const auto counts = evidence_of(story).counts_by_day().at(*registry::read_date("2024-09-05"));
  EXPECT_EQ(counts.records, 31U + 25U + 49U);
  EXPECT_EQ(counts.estimated, 25U);
  EXPECT_EQ(counts.undated, 49U);
}

TEST(Availability, TheDayBeginsAtSeventeenHoursUtc) {
  BoardStory story;
  story.boot("b", local("2024-09-04 20:00"));
  story.present("b", local("2024-09-04 23:00"), local("2024-09-05 01:00"));
  EXPECT_EQ(availability_of(story, day("2024-09-04")).all_hours.up, minutes(60));
  EXPECT_EQ(availability_of(story, day("2024-09-05")).all_hours.up, minutes(60));
  EXPECT_EQ(day("2024-09-05").begin,
            WallTime(std::chrono::sys_days(std::chrono::year(2024) / 9 / 4)) + std::chrono::hours(17));
}

TEST(Availability, AnOutageOverMidnightHasItsPartInEachDayAndCountsInBoth) {
  BoardStory story;
  story.boot("b", local("2024-09-04 00:00"));
  story.present("b", local("2024-09-04 00:00"), local("2024-09-05 24:00"));
  story.outage("b", "internet", local("2024-09-04 22:30"), local("2024-09-05 00:45"));
  const auto before = availability_of(story, day("2024-09-04")).all_hours;
  const auto after = availability_of(story, day("2024-09-05")).all_hours;
  EXPECT_EQ(before.down_by(Cause::internet), minutes(90));
  EXPECT_EQ(after.down_by(Cause::internet), minutes(45));
  EXPECT_EQ(before.outages + after.outages, 2U);
  const auto both = availability_of(story, {day("2024-09-04").begin, day("2024-09-05").end}).all_hours;
  EXPECT_EQ(both.outages, 1U);
  EXPECT_EQ(both.longest, minutes(135));
}

TEST(Availability, ThePeriodEndsWithNow) {
  BoardStory story;
  story.boot("b", local("2024-09-05 00:00"));
  story.present("b", local("2024-09-05 00:00"), local("2024-09-05 09:00"));
  const auto found = availability_of(story, day("2024-09-05"), local("2024-09-05 09:10"));
  EXPECT_EQ(found.all_hours.period, minutes(550));
  EXPECT_EQ(found.all_hours.unknown, minutes(10));
  EXPECT_EQ(found.office_hours.period, minutes(130));
}

TEST(Availability, WeekendsAreNoOfficeHours) {
  BoardStory story;
  story.boot("b", local("2024-09-07 00:00"));
  story.present("b", local("2024-09-07 00:00"), local("2024-09-08 24:00"));
  const auto found = availability_of(story, {day("2024-09-07").begin, day("2024-09-08").end});
  EXPECT_EQ(found.all_hours.up, minutes(2880));
  EXPECT_EQ(found.office_hours.period, kNone);
  EXPECT_EQ(availability(found.office_hours, Base::known_time).value(), std::nullopt);
}

TEST(Availability, APowerLossOfABootWithoutATimeIsReckonedFromItsLength) {
  BoardStory story;
  story.boot("lost", local("2024-09-05 00:00")).boot("b", local("2024-09-05 10:00"));
  story.power_loss("lost", local("2024-09-05 08:00"), "b");
  story.present("b", local("2024-09-05 10:00"), local("2024-09-05 12:00"));
  const auto found = availability_of(story, day("2024-09-05")).all_hours;
  EXPECT_EQ(found.down_by(Cause::power), minutes(120));
  EXPECT_EQ(found.up, minutes(120));
}

}  // namespace
}  // namespace xalink::test
