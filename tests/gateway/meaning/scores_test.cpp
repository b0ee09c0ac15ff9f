// Points of Decision 766, published figures, targets and registers of tasks; and the whole scenario of the
// article of 18 September 2024.

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/meaning/official_figures.hpp"
#include "gateway/meaning/service_scores.hpp"
#include "gateway/meaning/service_table.hpp"
#include "gateway/meaning/task_register.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/dossier_log.hpp"

namespace xalink::meaning {
namespace {

using registry::Entry;

struct Told {
  std::vector<Entry> rows;
  std::string mistakes;
};
Told read(const std::string& table) {
  ScratchFolder folder;
  const auto judged =
      registry::judge_files({folder.write("t.csv", table)}, {}, false, TextEncoding::automatic);
  Told told;
  told.rows = judged->change.result;
  for (const auto& mistake : judged->mistakes) told.mistakes += mistake.to_string(Language::english) + "\n";
  return told;
}
std::vector<Entry> rows_of(const std::string& table) {
  auto told = read(table);
  EXPECT_EQ(told.mistakes, "");
  return told.rows;
}
void expect_told(const std::string& table, const std::string& told) {
  EXPECT_NE(read(table).mistakes.find(told), std::string::npos) << table << "told: " << read(table).mistakes;
}

const std::vector<Entry>& decision() {
  static const auto kRows = shipped({"decision-766.csv", "decision-766-bands.csv"});
  return kRows;
}
constexpr const char* kDecision = "766/QĐ-TTg";

const ScoreLine& line(const Scores& scores, const std::string& id) {
  return *std::ranges::find(scores.lines, id, &ScoreLine::id);
}

TEST(ScoresTest, ShipTheMaximaOfTheGroups) {
  const auto scores = scores_of(decision(), kDecision, figures_of(ServiceTally{}));
  std::string maxima;
  double sum = 0;
  for (const auto& group : scores.groups) {
    maxima += group.id + ":" + registry::decimal_text(group.maximum.value()) + " ";
    sum += *group.maximum;
  }
  EXPECT_EQ(maxima, "1:18 2:20 3:22 4:22 5:18 ");
  EXPECT_EQ(sum, 100);
}

// Of 4.3 T is 80 % and Pmax 2: 40 % are 1 point, 80 % and more are 2.
TEST(ScoresTest, ConvertByTheThreshold) {
  const auto points = [](Count digitised, Count not_digitised) {
    ServiceTally tally;
    tally.digitised = digitised;
    tally.not_digitised = not_digitised;
    return line(scores_of(decision(), kDecision, figures_of(tally)), "4.3").points;
  };
  EXPECT_DOUBLE_EQ(points(40, 60).value(), 1.0);
  EXPECT_DOUBLE_EQ(points(80, 20).value(), 2.0);
  EXPECT_DOUBLE_EQ(points(100, 0).value(), 2.0);
  EXPECT_DOUBLE_EQ(points(0, 100).value(), 0.0);
  EXPECT_DOUBLE_EQ(points(799, 201).value(), 2.0 * 79.9 / 80);
  EXPECT_FALSE(points(0, 0)) << "no cases are not 0 points";
}

// 4.2: 4 points from 80 % on, below in proportion. 4.1: the source has no threshold.
TEST(ScoresTest, DigitisedDossiersHavePointsWhereTheirColumnsAreTold) {
  const auto scored = [](Count digital, Count not_digital, Count untold) {
    ServiceTally tally;
    tally.digital = digital;
    tally.not_digital = not_digital;
    tally.result_file = digital;
    tally.no_result_file = not_digital;
    tally.finished = tally.resolved = digital + not_digital + untold;
    return scores_of(decision(), kDecision, figures_of(tally));
  };
  EXPECT_DOUBLE_EQ(line(scored(60, 40, 7), "4.2").points.value(), 3.0) << "4 * 60 / 80";
  EXPECT_DOUBLE_EQ(line(scored(80, 20, 0), "4.2").points.value(), 4.0);
  EXPECT_DOUBLE_EQ(line(scored(0, 9, 0), "4.2").points.value(), 0.0);
  EXPECT_EQ(line(scored(60, 40, 7), "4.1").status, ScoreStatus::rate_only);
  EXPECT_EQ(line(scored(60, 40, 7), "4.1").figure->decimal(2), "60.00");
  const auto untold = scored(0, 0, 5);
  for (const char* id : {"4.1", "4.2"}) {
    EXPECT_EQ(line(untold, id).status, ScoreStatus::not_measured) << id;
    EXPECT_FALSE(line(untold, id).points) << id;
    EXPECT_NE(line(untold, id).reason.vietnamese.find("DuongDanTepTinKetQua"), std::string::npos) << id;
  }
  EXPECT_EQ(line(scored(0, 0, 0), "4.2").status, ScoreStatus::no_cases);
}

TEST(ScoresTest, GiveNoPointsWhereTheSourceDoesNotSayHow) {
  ServiceTally tally;
  tally.early = 979;
  tally.late = 21;
  tally.resolved = 1000;
  const auto scores = scores_of(decision(), kDecision, figures_of(tally));
  const auto& progress = line(scores, "2.1");
  EXPECT_EQ(progress.status, ScoreStatus::rate_only);
  EXPECT_EQ(progress.figure->decimal(2), "97.90");
  EXPECT_FALSE(progress.points);
  EXPECT_NE(progress.reason.english.find("not stated"), std::string::npos);
  EXPECT_EQ(line(scores, "5.2").status, ScoreStatus::not_measured);
  EXPECT_EQ(line(scores, "4.3").status, ScoreStatus::no_cases);
  EXPECT_FALSE(scores.complete);
  EXPECT_EQ(scores.band, "") << "part of a score has no band";
  for (const auto& each : scores.lines) {
    if (each.status == ScoreStatus::not_measured) {
      EXPECT_NE(each.reason.english, "") << each.id;
      EXPECT_NE(each.reason.vietnamese, each.reason.english) << each.id;
    }
  }
}

TEST(ScoresTest, FollowTheTableOfAnotherDecision) {
  const auto rows = rows_of(
      "decision,id,name,maximum,conversion,threshold,measure,reason,source\n"
      "X,1,Nhóm,10,group,,,,s\n"
      "X,1.1,Đúng hạn,6,proportional,,on_time_of_all,,s\n"
      "X,1.2,Thanh toán,4,threshold,50,online_payment,,s\n");
  ServiceTally tally;
  tally.on_time = 9;
  tally.overdue = 1;
  tally.fee_bearing = 8;
  tally.paid_online = 2;
  auto with_bands = rows;
  const auto bands = rows_of("decision,band,points_from,points_below,source\nX,Tốt,7,,s\nX,Kém,0,7,s\n");
  with_bands.insert(with_bands.end(), bands.begin(), bands.end());
  const auto scores = scores_of(with_bands, "X", figures_of(tally));
  EXPECT_DOUBLE_EQ(scores.points, 5.4 + 2.0);
  EXPECT_TRUE(scores.complete);
  EXPECT_EQ(scores.band, "Tốt");
}

TEST(ScoresTest, NameTheBandOfPublishedPoints) {
  EXPECT_EQ(band_of(decision(), kDecision, 82.89), "Tốt");
  EXPECT_EQ(band_of(decision(), kDecision, 90), "Xuất sắc");
  EXPECT_EQ(band_of(decision(), kDecision, 89.99), "Tốt");
  EXPECT_EQ(band_of(decision(), kDecision, 70), "Khá");
  EXPECT_EQ(band_of(decision(), kDecision, 49.9), "Yếu");
}

TEST(ScoresTest, TellMistakesOfTheTableByLineAndColumn) {
  const std::string head = "decision,id,name,maximum,conversion,threshold,measure,reason,source\n";
  expect_told(head + "X,1.1,a,6,proportional,,on_time_of_all,,s\n",
              "t.csv:2: column 2 (id): there is no group X 1");
  expect_told(head + "X,1,g,5,group,,,,s\nX,1.1,a,6,proportional,,on_time_of_all,,s\n",
              "t.csv:2: column 4 (maximum): is less than");
  expect_told(head + "X,1,g,6,group,,,,s\nX,1.1,a,6,threshold,,on_time_of_all,,s\n",
              "t.csv:3: column 6 (threshold): is empty");
  expect_told(head + "X,1,g,6,group,,,,s\nX,1.1,a,6,unstated,,,,s\n", "t.csv:3: column 8 (reason): is empty");
  expect_told("decision,band,points_from,points_below,source\nX,a,0,50,s\nX,b,40,60,s\n",
              "t.csv:3: column 3 (points_from): overlaps with a");
}

TEST(OfficialTest, IsComparedWithWhatIsMeasured) {
  const auto rows = rows_of(
      "indicator,level,unit,from,to,as_of,measure,value,numerator,denominator,source\n"
      "on_time_of_resolved,tỉnh,02,1/7/2024,30/9/2024,1/10/2024,%,\"97,0\",,,cổng\n"
      "on_time_of_resolved,tỉnh,02,1/7/2024,30/9/2024,5/10/2024,%,\"97,5\",,,cổng\n"
      "2.1,tỉnh,02,1/7/2024,30/9/2024,,điểm,\"18,4\",,,cổng\n"
      "4.3,tỉnh,02,1/7/2024,30/9/2024,,điểm,\"1,5\",,,cổng\n"
      "5.2,tỉnh,02,1/7/2024,30/9/2024,,%,90,9,10,cổng\n"
      "on_time_of_resolved,tỉnh,02,1/7/2024,31/7/2024,,%,50,,,cổng\n"
      "on_time_of_resolved,xã,00715@,1/7/2024,30/9/2024,,%,50,,,cổng\n");
  ServiceTally tally;
  tally.on_time = 979;
  tally.late = 21;
  tally.digitised = 1;
  tally.not_digitised = 1;
  const auto figures = figures_of(tally);
  const auto official = official_of(rows, "province", "02", read_period("2024-Q3").value());
  ASSERT_EQ(official.size(), 4U);
  const auto compared = compare(official, figures, scores_of(decision(), kDecision, figures));
  EXPECT_EQ(compared[0].official.indicator, "2.1");
  EXPECT_FALSE(compared[0].difference) << "the points of 2.1 are not computed";
  EXPECT_NE(compared[0].note.english.find("not stated"), std::string::npos);
  EXPECT_NEAR(compared[1].difference.value(), 2 * 50.0 / 80 - 1.5, 1e-9);
  EXPECT_FALSE(compared[2].difference);
  EXPECT_NE(compared[2].note.english.find("petitions"), std::string::npos);
  EXPECT_EQ(compared[3].official.value, 97.5) << "the newest snapshot";
  EXPECT_NEAR(compared[3].difference.value(), 0.4, 1e-9);
}

TEST(OfficialTest, TellsMistakesByLineAndColumn) {
  const std::string head = "indicator,level,unit,from,to,measure,value,numerator,denominator,source\n";
  expect_told(head + "a,province,02,2024-09-30,2024-07-01,percent,90,,,s\n",
              "t.csv:2: column 5 (to): 2024-07-01 is before from");
  expect_told(head + "a,province,02,2024-07-01,2024-09-30,percent,101,,,s\n", "t.csv:2: column 7 (value)");
  expect_told(head + "a,province,02,2024-07-01,2024-09-30,percent,90,9,,s\n",
              "t.csv:2: column 9 (denominator): is empty");
  expect_told(head + "a,province,02,2024-07-01,2024-09-30,percent,90,11,10,s\n",
              "t.csv:2: column 8 (numerator): is greater");
  expect_told(head + "a,province,02,2024-07-01,2024-09-30,percent,80,9,10,s\n", "80 is not 9/10 in percent");
  expect_told(head + "a,tinh,02,2024-07-01,2024-09-30,percent,90,,,\n",
              "t.csv:2: column 2 (level): \"tinh\" is none");
}

TEST(TargetsTest, AreReachedOpenOrMissed) {
  const auto rows = rows_of(
      "indicator,level,unit,deadline,direction,value,decision\n"
      "online_filed,province,02,2024-12-31,tối thiểu,80,KH 1\n"
      "online_payment,province,02,2024-12-31,>=,90,KH 1\n"
      "online_payment,province,02,2024-06-30,at_least,89,KH 1\n"
      "resolved_late,province,02,2024-06-30,at_most,5,KH 1\n"
      "digitised_results,province,02,2024-12-31,at_least,50,KH 1\n");
  ServiceTally tally;
  tally.received = 100;
  tally.filed_online = 80;
  tally.filed_directly = 20;
  tally.fee_bearing = 100;
  tally.paid_online = 85;
  tally.late = 6;
  const auto state = [&](std::size_t i, const char* day) {
    return targets_of(rows, "province", "02", figures_of(tally), *registry::read_date(day)).at(i).state;
  };
  // By deadline, then indicator: online_payment (June), resolved_late, digitised_results, online_filed,
  // online_payment.
  EXPECT_EQ(state(0, "2024-06-30"), TargetState::open) << "the last day";
  EXPECT_EQ(state(0, "2024-07-01"), TargetState::missed);
  EXPECT_EQ(state(1, "2024-07-01"), TargetState::missed);
  EXPECT_EQ(state(2, "2025-07-01"), TargetState::not_measured);
  EXPECT_EQ(state(3, "2025-07-01"), TargetState::reached);
  EXPECT_EQ(state(4, "2024-12-31"), TargetState::open);
}

TEST(TasksTest, CountAsByHand) {
  const auto rows = rows_of(
      "Chương trình,Mã nhiệm vụ,Nội dung,Đơn vị chủ trì,Hạn hoàn thành,Ngày hoàn thành\n"
      "CCHC,1,a,Sở Nội vụ,30/6/2024,30/6/2024\n"   // on time
      "CCHC,2,b,Sở Nội vụ,30/6/2024,1/7/2024\n"    // late
      "CCHC,3,c,Sở Tư pháp,,1/8/2024\n"            // done, no deadline
      "CCHC,4,d,Sở Tư pháp,30/9/2024,\n"           // open, in time on 18/9
      "CCHC,5,e,Sở Tư pháp,31/8/2024,\n"           // open, overdue
      "CCHC,6,f,Sở Nội vụ,31/12/2024,1/10/2024\n"  // done after 18/9
      "Đề án 06,1,g,Công an tỉnh,,\n");
  const auto day = registry::read_date("2024-09-18").value();
  const auto tally = tasks_by(TasksBy::programme, rows, day).at("CCHC");
  EXPECT_EQ(tally, (TaskTally{6, 3, 1, 1, 1, 2, 1, 0}));
  EXPECT_EQ(tasks_by(TasksBy::programme, rows, day).at("Đề án 06").open_without_deadline, 1);
  EXPECT_EQ(tasks_by(TasksBy::owner, rows, day).at("Sở Tư pháp"), (TaskTally{3, 1, 0, 0, 1, 1, 1, 0}));
  EXPECT_EQ(figures_of(tally)[0].decimal(1), "50.0");
  EXPECT_EQ(figures_of(tally)[1].decimal(1), "50.0") << "1 of the 2 that are done and had a deadline";
  expect_told("programme,task,text,deadline\nCCHC,1,a,31/6/2024\nCCHC,,a,\n",
              "t.csv:2: column 4 (deadline): \"31/6/2024\"");
  expect_told("programme,task,text,deadline\nCCHC,1,a,\nCCHC,1,a,\n",
              "t.csv:3: column 1 (programme): this row stands already");
}

TEST(TasksTest, TakeTheNewestCountOfEachRegister) {
  const auto count = [](const char* as_of, Count done, const char* recorded) {
    TaskCount made;
    made.code = "CCHC-2024";
    made.owner = "UBND tỉnh";
    made.as_of = *registry::read_date(as_of);
    made.total = 41;
    made.done = done;
    made.recorded = at(recorded);
    return made;
  };
  std::vector<TaskCount> counts = {
      count("2024-09-15", 34, "2024-09-16"), count("2024-09-15", 35, "2024-09-17"),
      count("2024-06-30", 20, "2024-09-18"), count("2024-09-30", 36, "2024-09-30")};
  for (int turn = 0; turn < 2; ++turn) {
    const auto newest = newest_counts(counts, *registry::read_date("2024-09-18"));
    ASSERT_EQ(newest.size(), 1U);
    EXPECT_EQ(newest[0].done, 35);
    std::ranges::reverse(counts);
  }
}

// Registers of reform and of Project 06 on 18 September:
//   registry: CCHC of Sở Nội vụ, 2 tasks, 1 done on time, 1 open and overdue
//   boards:   CCHC of Sở Nội vụ, 41 of which 35 done: the registry lists them, left out
//             CCHC of Sở Tư pháp, 20 of which 15 done, 14 of them on time, 3 late in all: 1 done late,
//             2 open and overdue, 3 open
//             ĐA06 of Công an tỉnh, 83 of which 67 done, deadline 31 December: 16 open in time
TEST(TasksTest, CountNothingTwiceThatTheRegistryLists) {
  const auto rows = rows_of(
      "programme,task,text,owner,deadline,done\n"
      "CCHC,1,a,Sở Nội vụ,2024-06-30,2024-06-30\n"
      "CCHC,2,b,Sở Nội vụ,2024-06-30,\n");
  const auto day = registry::read_date("2024-09-18").value();
  const auto as_of = registry::read_date("2024-09-15").value();
  const auto deadline = registry::read_date("2024-12-31");
  const std::vector<TaskCount> counts{
      {"a", "CCHC", "SỞ NỘI VỤ", as_of, {}, 41, 35, 35, 0, at("2024-09-16")},
      {"b", "CCHC", "Sở Tư pháp", as_of, deadline, 20, 15, 14, 3, at("2024-09-16")},
      {"c", "ĐA06", "Công an tỉnh", as_of, deadline, 83, 67, {}, {}, at("2024-09-16")}};
  const auto by = tasks_by(TasksBy::programme, rows, counts, day);
  // total, done, on time, late, without a deadline, open in time, overdue, without a deadline
  EXPECT_EQ(by.at("CCHC"), (TaskTally{22, 16, 15, 1, 0, 3, 3, 0}));
  EXPECT_EQ(by.at("ĐA06"), (TaskTally{83, 67, 0, 0, 67, 16, 0, 0}));
  EXPECT_EQ(not_listed(counts, rows).size(), 2U);
  const auto all = task_figures(rows, counts, "", day);
  EXPECT_EQ(find_figure(all, "tasks_done")->decimal(2), "79.05") << "83 of 105";
  EXPECT_EQ(find_figure(task_figures(rows, counts, "Sở Tư pháp", day), "tasks_done")->decimal(1), "75.0");
  EXPECT_TRUE(task_figures(rows, counts, "nobody", day).empty());
  EXPECT_EQ(tally_of(counts[2], registry::read_date("2025-01-01").value()).open_overdue, 16)
      << "past the deadline of the whole";
}

std::string tasks(const std::string& programme, int total, int done) {
  std::string rows;
  for (int i = 1; i <= total; ++i) {
    rows +=
        programme + "," + std::to_string(i) + ",nhiệm vụ,31/12/2024," + (i <= done ? "10/9/2024" : "") + "\n";
  }
  return rows;
}

// The article: 97.9 % solved before and on time, 81.4 % online, 89.5 % paid online, 97.7 % satisfied; 35 of
// 41 tasks of administrative reform, 67 of 83 of Project 06, 15 of 20 of digital transformation. 1000
// dossiers:
//   resolved 1000: 600 early, 379 on their day, 21 late     → 979/1000
//   received 1000: 814 online, 186 directly                  → 814/1000
//   with a fee 200: 150 on the national, 29 on the province's gateway, 21 in cash → 179/200
//   answers 1000, satisfied 977
TEST(ArticleTest, ItsFiguresAreFoundFromDossiers) {
  const registry::Registry nowhere;
  const WorkCalendar calendar(shipped({"working-days-2024-2027.csv", "office-hours.csv"}));
  const Procedures procedures;
  const auto period = read_period("2024-08-01..2024-09-18").value();
  ServiceTable table(period, at("2024-09-18 17:00"), {nowhere, calendar, procedures, {}});
  for (int i = 0; i < 1000; ++i) {
    DossierEvent like = due_on("2024-09-12 17:00");
    like.code = "000.11.35.H22-240909-" + std::to_string(1000 + i);
    like.site = "site-" + std::to_string(i % 193);
    // Numbers prime to 1000 spread each property over the dossiers without regard to the others.
    like.channel = i * 7 % 1000 < 814 ? 2 : 1;
    like.level = "4";
    const int fee = i * 11 % 1000;
    like.fee = fee < 200;
    like.online_payment = fee < 150 ? 1 : fee < 179 ? 2 : 0;
    const int turn = i * 13 % 1000;
    const char* end = turn < 600   ? "9 2024-09-11 16:00"
                      : turn < 979 ? "9 2024-09-12 16:59"
                                   : "9 2024-09-13 08:00";
    // In no order, with one event that comes twice.
    table.add(log_of({end, "4 2024-09-09 15:00", "2 2024-09-09 09:00", "10 2024-09-16 09:00", end}, like));
  }
  SatisfactionCount answers;
  answers.site = "site-1";
  answers.first = period.first;
  answers.last = period.last;
  answers.asked = 1250;
  answers.answers = 1000;
  answers.satisfied = 977;
  for (const auto& row : answers_of({answers, answers}, period).rows) table.add(row);

  const auto figures = figures_of(table.tally({Level::all, ""}));
  const auto found = [&](const char* id) { return find_figure(figures, id)->decimal(1).value_or("none"); };
  EXPECT_EQ(found("on_time_of_resolved"), "97.9");
  EXPECT_EQ(found("on_time_of_all"), "97.9") << "nothing is pending";
  EXPECT_EQ(found("online_filed"), "81.4");
  EXPECT_EQ(found("online_payment"), "89.5");
  EXPECT_EQ(found("satisfaction"), "97.7");
  EXPECT_EQ(found("response"), "80.0");
  EXPECT_EQ(found("early_of_resolved"), "60.0");

  const auto rows = rows_of("programme,task,text,deadline,done\n" + tasks("Cải cách hành chính", 41, 35) +
                            tasks("Đề án 06", 83, 67) + tasks("Chuyển đổi số", 20, 15));
  const auto register_of = tasks_by(TasksBy::programme, rows, period.last);
  const auto done = [&](const char* programme) {
    const auto figure = figures_of(register_of.at(programme))[0];
    return std::to_string(figure.numerator) + "/" + std::to_string(figure.denominator) + " = " +
           figure.decimal(1).value();
  };
  EXPECT_EQ(done("Cải cách hành chính"), "35/41 = 85.4");
  EXPECT_EQ(done("Đề án 06"), "67/83 = 80.7");
  EXPECT_EQ(done("Chuyển đổi số"), "15/20 = 75.0");
}

}  // namespace
}  // namespace xalink::meaning
