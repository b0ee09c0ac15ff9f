// A dossier's state and standing follow from its events by the rules of Decision 766's indicator 2.1. Each
// case was judged by hand.

#include "gateway/meaning/dossier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "gateway/meaning/judgement.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/dossier_log.hpp"

namespace xalink::meaning {
namespace {

const WorkCalendar& calendar() {
  static const WorkCalendar kCalendar(shipped({"working-days-2024-2027.csv", "office-hours.csv"}));
  return kCalendar;
}

const Procedures& procedures() {
  static const Procedures kProcedures = [] {
    ScratchFolder folder;
    const auto judged = registry::judge_files({folder.write("procedures.csv",
                                                            "procedure,limit,limit_unit,online\n"
                                                            "1.001193,1,ngày làm việc,toàn trình\n"
                                                            "1.000894,5,ngày,một phần\n"
                                                            "2.000815,4,giờ,\n"
                                                            "3.000181,20,ngày làm việc,\n"
                                                            "9.999999,,,toàn trình\n")},
                                              {}, false, TextEncoding::automatic);
    EXPECT_TRUE(judged->mistakes.empty());
    return Procedures(judged->change.result);
  }();
  return kProcedures;
}

const char* word(Standing standing) {
  switch (standing) {
    case Standing::early: return "early";
    case Standing::on_time: return "on time";
    case Standing::late: return "late";
    case Standing::in_time: return "in time";
    case Standing::overdue: return "overdue";
    case Standing::not_judged: return "not judged";
  }
  return "";
}

/// As of the end of September 2024, unless told otherwise.
Dossier dossier(const std::vector<DossierEvent>& events, const char* as_of = "2024-10-01") {
  const auto made = dossier_at(in_order(events), at(as_of));
  EXPECT_TRUE(made);
  return made.value_or(Dossier{});
}
Judgement judgement(const std::vector<DossierEvent>& events, const char* as_of = "2024-10-01",
                    const JudgementRules& rules = {}) {
  return judge(dossier(events, as_of), at(as_of), calendar(), procedures(), rules);
}
std::string standing(const std::vector<DossierEvent>& events, const char* as_of = "2024-10-01",
                     const JudgementRules& rules = {}) {
  return word(judgement(events, as_of, rules).standing);
}

// September 2024: 16 is a Monday.
TEST(DossierTest, IsJudgedAsByHand) {
  struct Case {
    const char* what;
    std::vector<DossierEvent> events;
    const char* standing;
    const char* ended;
  };
  const auto due20 = due_on("2024-09-20 17:00");
  const std::vector<Case> cases = {
      {"handled before its day",
       log_of({"1 2024-09-16 08:00", "2 2024-09-16 09:00", "4 2024-09-16 14:00", "9 2024-09-19 16:00",
               "10 2024-09-25 09:00"},
              due20),
       "early", "2024-09-19 16:00"},
      {"on its day", log_of({"2 2024-09-16 09:00", "9 2024-09-20 10:00"}, due20), "on time",
       "2024-09-20 10:00"},
      {"on its day in the evening: days are compared",
       log_of({"2 2024-09-16 09:00", "9 2024-09-20 21:30"}, due20), "on time", "2024-09-20 21:30"},
      {"on the day after", log_of({"2 2024-09-16 09:00", "9 2024-09-21 00:00"}, due20), "late",
       "2024-09-21 00:00"},
      {"fetched late by the citizen does not count",
       log_of({"2 2024-09-16 09:00", "9 2024-09-20 10:00", "10 2024-09-28 10:00"}, due20), "on time",
       "2024-09-20 10:00"},
      {"state 9 missing: state 10",
       log_of({"2 2024-09-16 09:00", "4 2024-09-16 10:00", "10 2024-09-23 08:00"}, due20), "late",
       "2024-09-23 08:00"},
      {"stopped", log_of({"2 2024-09-16 09:00", "8 2024-09-19 08:00"}, due20), "early", "2024-09-19 08:00"},
      {"accepted and then refused", log_of({"2 2024-09-16 09:00", "3 2024-09-23 08:00"}, due20), "late",
       "2024-09-23 08:00"},
      {"withdrawn after acceptance", log_of({"2 2024-09-16 09:00", "7 2024-09-18 08:00"}, due20), "early",
       "2024-09-18 08:00"},
      {"withdrawn, then stopped: the stop is the end",
       log_of({"2 2024-09-16 09:00", "7 2024-09-18 08:00", "8 2024-09-23 08:00"}, due20), "late",
       "2024-09-23 08:00"},
      {"a withdrawal that was taken back",
       log_of({"2 2024-09-16 09:00", "7 2024-09-18 08:00", "4 2024-09-18 09:00"}, due20), "overdue", ""},
      {"withdrawn before acceptance", log_of({"1 2024-09-16 09:00", "7 2024-09-18 08:00"}, due20),
       "not judged", ""},
      {"refused", log_of({"1 2024-09-16 09:00", "3 2024-09-17 08:00"}), "not judged", "2024-09-17 08:00"},
      {"in progress, due later",
       log_of({"2 2024-09-27 09:00", "4 2024-09-27 10:00"}, due_on("2024-10-02 17:00")), "in time", ""},
      {"in progress, due on the last day of the period",
       log_of({"2 2024-09-27 09:00"}, due_on("2024-09-30 17:00")), "in time", ""},
      {"in progress, due the day before", log_of({"2 2024-09-26 09:00"}, due_on("2024-09-29 17:00")),
       "overdue", ""},
      {"waits for papers asked for in time: the moment of the request counts",
       log_of({"2 2024-09-16 09:00", "5 2024-09-19 10:00"}, due20), "in time", ""},
      {"waits for papers asked for too late", log_of({"2 2024-09-16 09:00", "5 2024-09-23 10:00"}, due20),
       "overdue", ""},
      {"back at work after papers: their time is subtracted from the end of the period",
       // 30/9 less 8 days is 22/9, past 20/9.
       log_of({"2 2024-09-16 09:00", "5 2024-09-18 10:00", "4 2024-09-26 10:00"}, due20), "overdue", ""},
      {"back at work after papers, in time",
       // 30/9 less 11 days is 19/9.
       log_of({"2 2024-09-16 09:00", "5 2024-09-17 10:00", "4 2024-09-28 10:00"}, due20), "in time", ""},
      {"finished after papers: their time is subtracted",
       // 25/9 15:00 less 6 days is 19/9 15:00.
       log_of({"2 2024-09-16 09:00", "5 2024-09-17 10:00", "4 2024-09-23 10:00", "9 2024-09-25 15:00"},
              due20),
       "early", "2024-09-25 15:00"},
      {"papers asked for twice are late, whatever the dates",
       log_of({"2 2024-09-16 09:00", "5 2024-09-16 10:00", "4 2024-09-16 11:00", "5 2024-09-16 14:00",
               "4 2024-09-16 15:00", "9 2024-09-17 15:00"},
              due20),
       "late", "2024-09-17 15:00"},
      {"papers asked for twice, in progress",
       log_of({"2 2024-09-27 09:00", "5 2024-09-27 10:00", "4 2024-09-27 11:00", "5 2024-09-27 14:00"},
              due_on("2024-10-20")),
       "overdue", ""},
      {"reopened after 10: not at its end any more",
       log_of({"2 2024-09-16 09:00", "9 2024-09-18 09:00", "10 2024-09-18 10:00", "4 2024-09-19 09:00"},
              due20),
       "overdue", ""},
      {"reopened and finished again: the new end counts",
       log_of({"2 2024-09-16 09:00", "9 2024-09-18 09:00", "10 2024-09-18 10:00", "4 2024-09-19 09:00",
               "9 2024-09-23 09:00", "10 2024-09-24 09:00"},
              due20),
       "late", "2024-09-23 09:00"},
      {"9 told again after 10",
       log_of({"2 2024-09-16 09:00", "9 2024-09-18 09:00", "10 2024-09-19 10:00", "9 2024-09-23 09:00"},
              due20),
       "early", "2024-09-18 09:00"},
      {"back moves",
       log_of({"2 2024-09-16 09:00", "4 2024-09-16 10:00", "2 2024-09-17 10:00", "4 2024-09-17 11:00",
               "6 2024-09-17 12:00", "4 2024-09-18 10:00", "9 2024-09-20 09:00"},
              due20),
       "on time", "2024-09-20 09:00"},
      {"due on a holiday: days are compared as they are",
       log_of({"2 2024-08-30 09:00", "9 2024-09-04 09:00"}, due_on("2024-09-02")), "late",
       "2024-09-04 09:00"},
      {"no due date and no known limit", log_of({"2 2024-09-16 09:00", "9 2024-09-17 09:00"}), "not judged",
       "2024-09-17 09:00"},
      {"finished before its reception", log_of({"9 2024-09-16 08:00", "2 2024-09-16 09:00"}, due20),
       "overdue", ""},
  };
  for (const auto& each : cases) {
    const auto made = dossier(each.events);
    EXPECT_EQ(standing(each.events), each.standing) << each.what;
    EXPECT_EQ(made.ended ? shown(*made.ended) : "", each.ended) << each.what;
  }
}

TEST(DossierTest, ComparesMomentsWhenAskedTo) {
  const JudgementRules exact{Granularity::exact, DueDate::latest, HolidaysInDays::count};
  const auto due = due_on("2024-09-20 17:00");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-20 17:00"}, due), "2024-10-01", exact),
            "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-20 17:00:01"}, due), "2024-10-01", exact),
            "late");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-20 17:00:01"}, due), "2024-10-01"), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-20 23:59"}, due_on("2024-09-20")), "2024-10-01",
                     exact),
            "on time")
      << "a due date without a time of the day holds all day";
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00"}, due), "2024-09-20 17:00", exact), "in time");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00"}, due), "2024-09-20 17:00:01", exact), "overdue");
}

TEST(DossierTest, ComparesDaysOfVietnam) {
  // 23:30 in Vietnam is the same day in UTC, 00:30 is the day before.
  const auto due = due_on("2024-09-20");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-20 23:59:59"}, due)), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-21 00:30"}, due)), "late");
}

TEST(DossierTest, GoesByTheLegalLimitWithoutADueDate) {
  const auto of = [](const char* procedure) {
    DossierEvent like;
    like.procedure = procedure;
    return like;
  };
  // One working day from Friday 09:00 is Monday; received on a Saturday it runs from Monday 07:00.
  EXPECT_EQ(standing(log_of({"2 2024-09-20 09:00", "9 2024-09-23 16:00"}, of("1.001193"))), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-20 09:00", "9 2024-09-24 08:00"}, of("1.001193"))), "late");
  EXPECT_EQ(standing(log_of({"2 2024-09-21 09:00", "9 2024-09-24 16:00"}, of("1.001193"))), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-20 18:00", "9 2024-09-24 16:00"}, of("1.001193"))), "on time")
      << "after 17:00";
  // Five days from Monday 16/9 are Saturday 21/9, which rolls to Monday 23/9.
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-23 16:00"}, of("1.000894"))), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-09-16 09:00", "9 2024-09-24 08:00"}, of("1.000894"))), "late");
  // Over Tết: 7/2 is the last working day before, 15/2 the first after.
  EXPECT_EQ(standing(log_of({"2 2024-02-07 09:00", "9 2024-02-15 16:00"}, of("1.001193"))), "on time");
  EXPECT_EQ(standing(log_of({"2 2024-02-07 09:00", "9 2024-02-16 08:00"}, of("1.001193"))), "late");
  // The citizen's time is subtracted: 25/9 less 3 days is 22/9, due on 23/9.
  EXPECT_EQ(standing(log_of(
                {"2 2024-09-20 09:00", "5 2024-09-20 10:00", "4 2024-09-23 10:00", "9 2024-09-25 16:00"},
                of("1.001193"))),
            "early");
  // A local procedure is known by its national part.
  EXPECT_EQ(standing(log_of({"2 2024-09-02 09:00", "9 2024-09-30 16:00"}, of("3.000181.000.00.00.H22"))),
            "early");
  EXPECT_TRUE(judgement(log_of({"2 2024-09-20 09:00"}, of("1.001193"))).by_legal_limit);

  const auto none = judgement(log_of({"2 2024-09-20 09:00", "9 2024-09-23 16:00"}, of("9.999999")));
  EXPECT_EQ(none.why, NotJudged::no_due_date);
  const auto unknown_year =
      judgement(log_of({"2 2028-02-01 09:00", "9 2028-02-02 16:00"}, of("1.001193")), "2028-03-01");
  EXPECT_EQ(unknown_year.why, NotJudged::unknown_calendar)
      << "no guess about working days of a year without a calendar";
  const auto late_log = judgement(log_of({"4 2024-09-20 09:00", "9 2024-09-23 16:00"}, of("1.001193")));
  EXPECT_EQ(late_log.why, NotJudged::no_acceptance_time);
}

TEST(DossierTest, KeepsEachDueDateThatWasTold) {
  auto events = log_of({"2 2024-09-16 09:00", "4 2024-09-17 09:00"}, due_on("2024-09-20 17:00"));
  events.push_back(event("4 2024-09-19 09:00", due_on("2024-09-25 17:00")));
  events.push_back(event("9 2024-09-24 09:00", due_on("2024-09-25 17:00")));
  const auto made = dossier(events);
  EXPECT_EQ(shown(*made.first_due), "2024-09-20 17:00");
  EXPECT_EQ(shown(*made.due), "2024-09-25 17:00");
  EXPECT_EQ(made.due_changes, 1);
  EXPECT_EQ(standing(events), "early");
  EXPECT_EQ(standing(events, "2024-10-01", {Granularity::date, DueDate::first, HolidaysInDays::count}),
            "late");
}

TEST(DossierTest, DoesNotSubtractTwiceWhatANewDueDateHolds) {
  auto events = log_of({"2 2024-09-16 09:00", "5 2024-09-17 09:00"}, due_on("2024-09-20 17:00"));
  // Four days later the papers are there, and with them a new date.
  events.push_back(event("4 2024-09-21 09:00", due_on("2024-09-24 17:00")));
  events.push_back(event("9 2024-09-26 09:00", due_on("2024-09-24 17:00")));
  EXPECT_EQ(standing(events), "late") << "26/9 against 24/9, not 22/9";
  EXPECT_EQ(standing(events, "2024-10-01", {Granularity::date, DueDate::first, HolidaysInDays::count}),
            "late")
      << "26/9 less 4 days is 22/9, against 20/9";
}

TEST(DossierTest, StandsAsItStoodAtTheEndOfThePeriod) {
  const auto events =
      log_of({"1 2024-09-16 08:00", "2 2024-09-17 09:00", "9 2024-10-02 09:00"}, due_on("2024-09-27 17:00"));
  EXPECT_FALSE(dossier_at(in_order(events), at("2024-09-16 08:00")));
  EXPECT_EQ(dossier(events, "2024-09-17").state, DossierState::registered);
  EXPECT_EQ(standing(events, "2024-09-27"), "in time");
  EXPECT_EQ(standing(events, "2024-09-28"), "in time") << "the 27th is the last day";
  EXPECT_EQ(standing(events, "2024-09-28 00:00:01"), "overdue");
  EXPECT_EQ(standing(events, "2024-11-01"), "late");
}

TEST(DossierTest, LearnsStatesThatNobodyReportedFromTheirDates) {
  // A board that came when the dossier was already handed over.
  DossierEvent like = due_on("2024-09-20 17:00");
  like.received = at("2024-09-16 09:00");
  like.finished = at("2024-09-19 15:00");
  const auto events = log_of({"10 2024-10-02 09:00"}, like);
  const auto september = dossier(events);
  EXPECT_EQ(shown(*september.accepted), "2024-09-16 09:00");
  EXPECT_EQ(shown(*september.ended), "2024-09-19 15:00");
  EXPECT_EQ(september.ended_by, EndedBy::finished);
  EXPECT_EQ(standing(events), "early");
  EXPECT_EQ(standing(events, "2024-09-18"), "in time");

  // Of a reopened dossier the date of the first end is none of the second.
  auto again =
      log_of({"2 2024-09-16 09:00", "9 2024-09-19 15:00", "10 2024-09-20 09:00", "4 2024-09-23 09:00"}, like);
  again.push_back(event("10 2024-09-25 09:00", like));
  EXPECT_EQ(shown(*dossier(again).ended), "2024-09-25 09:00");
  EXPECT_TRUE(dossier(again).reopened);
}

TEST(DossierTest, TakesTheSourcesCountOfRequestsWhereItSawMore) {
  DossierEvent like = due_on("2024-09-20 17:00");
  like.supplement_requests = 2;
  const auto judged = judgement(log_of({"2 2024-09-16 09:00", "9 2024-09-17 09:00"}, like));
  EXPECT_EQ(judged.standing, Standing::late);
  EXPECT_TRUE(judged.by_requests);
}

TEST(DossierTest, DatesEventsWithoutATimeByTheirFields) {
  DossierEvent like = due_on("2024-09-20 17:00");
  like.submitted = at("2024-09-15 20:00");
  like.received = at("2024-09-16 09:00");
  like.finished = at("2024-09-19 15:00");
  like.returned = at("2024-09-20 10:00");
  std::vector<DossierEvent> events;
  for (const char* state : {"10 2024-09-29", "9 2024-09-29", "2 2024-09-29", "1 2024-09-29"}) {
    events.push_back(event(state, like));
    events.back().state_at.reset();
  }
  const auto made = dossier(events);
  ASSERT_EQ(made.history.size(), 4U);
  EXPECT_EQ(shown(made.history[0].from), "2024-09-15 20:00");
  EXPECT_EQ(shown(made.history[3].from), "2024-09-20 10:00");
  EXPECT_EQ(shown(*made.ended), "2024-09-19 15:00");
}

TEST(DossierTest, OrdersDaysWithoutATimeByTheStates) {
  const auto made =
      dossier(log_of({"10 2024-09-16", "9 2024-09-16", "4 2024-09-16", "2 2024-09-16", "1 2024-09-16"},
                     due_on("2024-09-16")));
  EXPECT_EQ(made.history.size(), 5U);
  EXPECT_EQ(made.state, DossierState::returned);
}

TEST(DossierTest, MeasuresProcessingWithoutTheCitizensTime) {
  const auto time = [](const std::vector<DossierEvent>& events) {
    return std::chrono::duration_cast<std::chrono::hours>(dossier(events).processing().value()).count();
  };
  EXPECT_EQ(time(log_of({"2 2024-09-16 09:00", "9 2024-09-18 09:00"})), 48);
  EXPECT_EQ(
      time(log_of({"2 2024-09-16 09:00", "5 2024-09-16 10:00", "4 2024-09-17 10:00", "9 2024-09-18 09:00"})),
      24);
  EXPECT_EQ(
      time(log_of({"1 2024-09-10 09:00", "5 2024-09-11 10:00", "2 2024-09-16 09:00", "9 2024-09-18 09:00"})),
      48)
      << "papers asked for before acceptance take none of its time";
  EXPECT_FALSE(dossier(log_of({"4 2024-09-16 09:00", "9 2024-09-18 09:00"})).processing())
      << "since when is not known";
}

TEST(DossierTest, ReadsTheLevelAsSystemsWriteIt) {
  EXPECT_EQ(online_level("4"), OnlineLevel::full);
  EXPECT_EQ(online_level("Mức độ 3"), OnlineLevel::partial);
  EXPECT_EQ(online_level("Dịch vụ công trực tuyến TOÀN TRÌNH"), OnlineLevel::full);
  EXPECT_EQ(online_level("DVC trực tuyến một phần"), OnlineLevel::partial);
  EXPECT_EQ(online_level("2"), OnlineLevel::information);
  for (const char* text : {"", "0", "44", "x4", "5", "không rõ"})
    EXPECT_EQ(online_level(text), OnlineLevel::unknown) << text;
}

// Random lives of dossiers: states in any order, dates told or not, two boards.
std::vector<DossierEvent> some_life(std::mt19937& random) {
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  std::vector<DossierEvent> events;
  WallTime time = at("2024-09-02 08:00");
  for (int i = 0, n = 1 + below(8); i < n; ++i) {
    DossierEvent each;
    each.code = "H22-1";
    each.site = below(2) == 0 ? "a" : "b";
    each.state = static_cast<DossierState>(1 + below(10));
    time += std::chrono::hours(below(3) * 20);
    if (below(4) > 0) each.state_at = time;
    each.recorded = time + std::chrono::minutes(below(100));
    if (below(2) == 0) each.received = at("2024-09-03 09:00");
    if (below(2) == 0) each.due = at("2024-09-10") + std::chrono::hours(24 * below(3));
    if (below(3) == 0) each.finished = time;
    if (below(5) == 0) each.supplement_requests = static_cast<std::uint8_t>(below(3));
    events.push_back(std::move(each));
  }
  return events;
}

TEST(DossierTest, IsTheSameInWhateverOrderAndHoweverOftenItsEventsCome) {
  std::mt19937 random(20240918);
  for (int life = 0; life < 2000; ++life) {
    auto events = some_life(random);
    const auto ordered = in_order(events);
    const auto told = dossier_at(ordered, at("2024-10-01"));
    for (int turn = 0; turn < 3; ++turn) {
      auto shuffled = events;
      for (int twice = 0; twice < 3; ++twice) shuffled.push_back(events[random() % events.size()]);
      std::ranges::shuffle(shuffled, random);
      ASSERT_TRUE(in_order(shuffled) == ordered) << "life " << life;
    }
    ASSERT_TRUE(in_order(ordered) == ordered) << "life " << life;
    if (!told) continue;
    // What holds of every dossier.
    ASSERT_TRUE(std::ranges::is_sorted(told->history, {}, &StateStay::from));
    ASSERT_FALSE(told->pending() && told->ended);
    ASSERT_EQ(told->ended.has_value(), told->ended_by.has_value());
    const auto judged = judge(*told, at("2024-10-01"), calendar(), procedures());
    ASSERT_EQ(judged.standing == Standing::not_judged, judged.why != NotJudged::none);
    const bool over = judged.standing == Standing::early || judged.standing == Standing::on_time ||
                      judged.standing == Standing::late;
    if (judged.standing != Standing::not_judged) {
      ASSERT_EQ(over, told->ended.has_value());
    }
  }
}

}  // namespace
}  // namespace xalink::meaning
