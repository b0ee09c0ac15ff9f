// What dossiers of a period come to, with figures counted by hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/meaning/service_table.hpp"
#include "gateway/meaning/small_cells.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/dossier_log.hpp"

namespace xalink::meaning {
namespace {

std::vector<registry::Entry> rows_of(const std::vector<std::string>& tables) {
  ScratchFolder folder;
  std::vector<std::filesystem::path> files;
  for (const auto& table : tables)
    files.push_back(folder.write("t" + std::to_string(files.size()) + ".csv", table));
  const auto judged = registry::judge_files(files, {}, false, TextEncoding::automatic);
  EXPECT_TRUE(judged);
  for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
  return judged->change.result;
}

// Lũng Cú merges into another unit on 2025-07-01 under the same code; Trống has no dossiers.
constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\n"
    "00715,,2025-06-30,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00721,,2025-06-30,xã,Trống,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00745,,2025-06-30,xã,Phố Cáo,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00715,2025-07-01,,xã,Lũng Cú Mới,,,08,Tuyên Quang,\n";
constexpr const char* kZones =
    "code,valid_from,zone,zone_from,zone_to,decision\n"
    "00715,,III,2021-06-04,2025-12-31,861/QĐ-TTg\n"
    "00745,,II,2021-06-04,2025-12-31,861/QĐ-TTg\n";
constexpr const char* kSites =
    "site,code,name,role\n"
    "lung-cu,00715,Trụ sở Lũng Cú,office\n"
    "lung-cu-2,00715,Điểm Séo Lủng,annex\n"
    "pho-cao,00745,Trụ sở Phố Cáo,office\n";
constexpr const char* kProcedures =
    "procedure,name,limit,limit_unit,online\n"
    "1.001193,Đăng ký khai sinh,1,ngày làm việc,toàn trình\n";

class ServicesTest : public testing::Test {
 protected:
  ServiceTable table(const char* period, const char* now = "2030-01-01", JudgementRules rules = {}) {
    return {read_period(period).value(), at(now),
            ServiceGround{ground().registry, ground().calendar, ground().procedures, rules}};
  }
  static std::string code(int number) { return "H22.58-240916-" + std::to_string(10'000 + number); }
  static std::string decimal(const ServiceTally& tally, const char* id, int decimals = 2) {
    const auto figures = figures_of(tally);
    return find_figure(figures, id)->decimal(decimals).value_or("none");
  }

  // Read once: nothing changes them.
  struct Ground {
    std::vector<registry::Entry> rows = rows_of({kCommunes, kZones, kSites, kProcedures});
    registry::Registry registry{rows};
    WorkCalendar calendar{shipped({"working-days-2024-2027.csv", "office-hours.csv"})};
    Procedures procedures{rows};
  };
  static const Ground& ground() {
    static const Ground kGround;
    return kGround;
  }
};

// | dossier | site      | accepted | channel | level | fee, paid | digitised | due  | ended     | standing |
// | 1       | lung-cu   | 2/9      | online  | 4     | yes, 1    | yes       | 6/9  | 5/9       | early | | 2
// | lung-cu   | 3/9      | online  | 4     | yes, 0    | no        | 6/9  | 6/9       | on time         | | 3
// | lung-cu-2 | 4/9      | direct  | 3     | no        | yes       | 6/9  | 9/9       | late            | | 4
// | lung-cu   | 30/8     | direct  | 3     | yes, 2    | yes       | 4/9  | 4/9       | on time         | | 5
// | pho-cao   | 25/9     | post    | 2     | –         | –         | 30/9 | –         | in time         | | 6
// | pho-cao   | 20/9     | –       | –     | yes, –    | –         | 26/9 | –         | overdue         | | 7
// | pho-cao   | 20/9     | online  | –     | no        | no        | –    | 23/9      | not judged      | | 8
// | pho-cao   | (refused, registered on 10/9)                             | not accepted    | | 9       |
// pho-cao   | 20/9     | online  | birth certificate, 1 working day: 23/9 | 23/9 | on time (limit) | | 10 |
// pho-cao   | 1/10     | after the period                                          |                 |
std::vector<std::vector<DossierEvent>> september(auto code) {
  const auto like = [&](int number, const char* site, const char* due, std::optional<std::uint8_t> channel,
                        const char* level, std::optional<bool> fee, std::optional<std::uint8_t> paid,
                        std::optional<bool> digitised) {
    DossierEvent event;
    event.code = code(number);
    event.site = site;
    event.procedure = "2.000815";
    if (*due != 0) event.due = at(due);
    event.channel = channel;
    event.level = level;
    event.fee = fee;
    event.online_payment = paid;
    event.digitised = digitised;
    return event;
  };
  const auto none = std::nullopt;
  DossierEvent birth = like(9, "pho-cao", "", 2, "", false, 0, none);
  birth.procedure = "1.001193";
  return {
      log_of({"2 2024-09-02 09:00", "9 2024-09-05 09:00"},
             like(1, "lung-cu", "2024-09-06", 2, "4", true, 1, true)),
      log_of({"2 2024-09-03 09:00", "9 2024-09-06 15:00"},
             like(2, "lung-cu", "2024-09-06", 2, "4", true, 0, false)),
      log_of({"2 2024-09-04 09:00", "9 2024-09-09 09:00"},
             like(3, "lung-cu-2", "2024-09-06", 1, "3", false, 0, true)),
      log_of({"2 2024-08-30 09:00", "9 2024-09-04 09:00"},
             like(4, "lung-cu", "2024-09-04", 1, "3", true, 2, true)),
      log_of({"2 2024-09-25 09:00"}, like(5, "pho-cao", "2024-09-30", 3, "2", none, none, none)),
      log_of({"2 2024-09-20 09:00", "4 2024-09-20 10:00"},
             like(6, "pho-cao", "2024-09-26", none, "", true, none, none)),
      log_of({"2 2024-09-20 09:00", "9 2024-09-23 09:00"}, like(7, "pho-cao", "", 2, "", false, 0, false)),
      log_of({"1 2024-09-10 09:00", "3 2024-09-11 09:00"}, like(8, "pho-cao", "", 2, "", none, none, none)),
      log_of({"2 2024-09-20 09:00", "9 2024-09-23 16:00"}, birth),
      log_of({"2 2024-10-01 09:00", "9 2024-10-02 09:00"},
             like(10, "pho-cao", "2024-10-04", 2, "4", true, 1, true)),
  };
}

TEST_F(ServicesTest, CountsASeptemberAsByHand) {
  auto made = table("2024-09");
  for (auto& events : september(code)) made.add(std::move(events));
  const auto all = made.tally({Level::all, ""});
  EXPECT_EQ(made.dossiers(), 9);
  EXPECT_EQ(all.received, 7) << "1, 2, 3, 5, 6, 7, 9";
  EXPECT_EQ(all.resolved, 6) << "1, 2, 3, 4, 7, 9";
  EXPECT_EQ(all.early, 1);
  EXPECT_EQ(all.on_time, 3) << "2, 4, 9";
  EXPECT_EQ(all.late, 1);
  EXPECT_EQ(all.resolved_not_judged, 1) << "7";
  EXPECT_EQ(all.by_legal_limit, 1) << "9";
  EXPECT_EQ(all.pending, 2);
  EXPECT_EQ(all.in_time, 1);
  EXPECT_EQ(all.overdue, 1);
  EXPECT_EQ(all.not_accepted, 1) << "8";

  EXPECT_EQ(decimal(all, "on_time_of_resolved"), "80.00") << "4 of 5";
  EXPECT_EQ(decimal(all, "on_time_of_all"), "71.43") << "5 of 7";
  EXPECT_EQ(decimal(all, "early_of_resolved"), "20.00");
  EXPECT_EQ(decimal(all, "online_filed"), "57.14") << "1, 2, 7, 9 of 7; without a channel is direct";
  EXPECT_EQ(decimal(all, "full_online"), "100.00") << "1, 2, and 9 by its procedure";
  EXPECT_EQ(decimal(all, "partial_online"), "0.00") << "3 alone";
  EXPECT_EQ(decimal(all, "full_level_share"), "60.00") << "1, 2, 9 of 1, 2, 3, 5, 9";
  EXPECT_EQ(decimal(all, "online_payment"), "50.00") << "1 of 1, 2; of 6 the payment is not told";
  EXPECT_EQ(decimal(all, "reused_data"), "50.00") << "1, 3 of 1, 2, 3, 7";
  EXPECT_EQ(decimal(all, "digitised_results"), "none");
  EXPECT_EQ(decimal(all, "satisfaction"), "none");
  // Hours: 72, 78, 120, 120, 72, 79: 541 / 6 / 24 and (78 + 79) / 2 / 24.
  EXPECT_EQ(decimal(all, "processing_days", 4), "3.7569");
  EXPECT_EQ(decimal(all, "processing_days_median", 4), "3.2708");
  // Working days (2/9 and 3/9 are holidays, 7/9 and 8/9 a weekend): 1: 4, 5 = 2; 2: 4, 5, 6 = 3; 3: 5, 6, 9 =
  // 3; 4: 4 = 1; 7: 23 = 1; 9: 23 = 1.
  EXPECT_EQ(all.processing_working_days, 11);

  const auto lung_cu = made.tally({Level::commune, "00715@"});
  EXPECT_EQ(lung_cu.received, 3) << "two boards of one commune";
  EXPECT_EQ(lung_cu.resolved, 4);
  EXPECT_EQ(made.tally({Level::site, "lung-cu-2"}).late, 1);
  EXPECT_EQ(made.tally({Level::zone, "III"}).resolved, 4);
  EXPECT_EQ(made.tally({Level::zone, "II"}).overdue, 1);
  EXPECT_EQ(made.tally({Level::district, "02/026"}).received, 7);
  EXPECT_EQ(made.tally({Level::province, "02"}).resolved, 6);
  EXPECT_EQ(made.tally({Level::procedure, "1.001193"}).on_time, 1);
  EXPECT_EQ(made.name_of({Level::commune, "00715@"}), "xã Lũng Cú");
  EXPECT_EQ(made.name_of({Level::procedure, "1.001193"}), "Đăng ký khai sinh");
}

// What sources tell of files: + there, - not, nothing: not told.
// | dossier | site    | ended by     | papers | result | 4.2, both told | 4.1, result told |
// | 1       | lung-cu | 9, then 10   | +      | - at 9, + at 10 | yes   | yes              |
// | 2       | lung-cu | 9            | +      | -      | no             | no               |
// | 3       | lung-cu | 9            | -      | +      | no             | yes              |
// | 4       | lung-cu | 10           | nothing | +     | left out       | yes              |
// | 5       | lung-cu | 9            | +      | nothing | left out      | left out         |
// | 6       | lung-cu | 8 (stopped)  | +      | -      | no result to give | no result to give |
// | 7       | lung-cu | in progress  | +      | -      | –              | –                |
// | 8       | lung-cu | 9 in October | +      | +      | –              | –                |
// | 9       | pho-cao | 9            | nothing | nothing | not measured | not measured     |
TEST_F(ServicesTest, CountsDigitisedResultsAsByHand) {
  auto made = table("2024-09");
  const auto add = [&](int number, const char* site, std::initializer_list<const char*> states,
                       std::optional<bool> papers, std::optional<bool> result) {
    DossierEvent like = due_on("2024-09-30");
    like.code = code(number);
    like.site = site;
    like.attachments = papers;
    like.result_file = result;
    auto events = log_of(states, like);
    if (number == 1) events.back().result_file = true;
    made.add(std::move(events));
  };
  const auto none = std::nullopt;
  add(1, "lung-cu", {"2 2024-09-10 09:00", "9 2024-09-11 09:00", "10 2024-09-12 09:00"}, true, false);
  add(2, "lung-cu", {"2 2024-09-10 09:00", "9 2024-09-11 09:00"}, true, false);
  add(3, "lung-cu", {"2 2024-09-10 09:00", "9 2024-09-11 09:00"}, false, true);
  add(4, "lung-cu", {"2 2024-09-10 09:00", "10 2024-09-11 09:00"}, none, true);
  add(5, "lung-cu", {"2 2024-09-10 09:00", "9 2024-09-11 09:00"}, true, none);
  add(6, "lung-cu", {"2 2024-09-10 09:00", "8 2024-09-11 09:00"}, true, false);
  add(7, "lung-cu", {"2 2024-09-10 09:00", "4 2024-09-11 09:00"}, true, false);
  add(8, "lung-cu", {"2 2024-09-10 09:00", "9 2024-10-01 09:00"}, true, true);
  add(9, "pho-cao", {"2 2024-09-10 09:00", "9 2024-09-11 09:00"}, none, none);
  const auto all = made.tally({Level::all, ""});
  EXPECT_EQ(all.resolved, 7);
  EXPECT_EQ(all.finished, 6) << "without 6";
  EXPECT_EQ(decimal(all, "digitised_results"), "75.00") << "1, 3, 4 of 1 to 4";
  EXPECT_EQ(decimal(all, "digitised_dossiers"), "33.33") << "1 of 1, 2, 3";
  const auto figures = figures_of(all);
  EXPECT_EQ(find_figure(figures, "digitised_results")->note.english, "2 without this information left out");
  EXPECT_EQ(find_figure(figures, "digitised_dossiers")->note.english, "3 without this information left out");

  // Who never sends the columns has no share of 0.
  const auto pho_cao = figures_of(made.tally({Level::site, "pho-cao"}));
  for (const char* id : {"digitised_results", "digitised_dossiers", "reused_data"}) {
    const auto* figure = find_figure(pho_cao, id);
    EXPECT_FALSE(figure->has_value()) << id;
    EXPECT_FALSE(figure->measured) << id;
    EXPECT_NE(figure->note.english.find("not measured"), std::string::npos) << id;
  }
  const auto nobody = figures_of(ServiceTally{});
  EXPECT_TRUE(find_figure(nobody, "digitised_results")->measured) << "there was nothing to look at";

  // As it stood on the 12th at 8: the result of dossier 1 was not there yet.
  auto earlier = table("2024-09", "2024-09-12 08:00");
  DossierEvent like = due_on("2024-09-30");
  like.result_file = false;
  auto events = log_of({"2 2024-09-10 09:00", "9 2024-09-11 09:00", "10 2024-09-12 09:00"}, like);
  events.back().result_file = true;
  earlier.add(std::move(events));
  EXPECT_EQ(decimal(earlier.tally({Level::all, ""}), "digitised_results"), "0.00");
}

TEST_F(ServicesTest, SumsToTheWholeAtEveryLevel) {
  auto made = table("2024-09");
  for (auto& events : september(code)) made.add(std::move(events));
  const auto all = figures_of(made.tally({Level::all, ""}));
  for (const Level level : {Level::province, Level::district, Level::zone, Level::commune, Level::site}) {
    ServiceTally sum;
    for (const auto& [unit, tally] : made.tallies()) {
      if (unit.level == level) sum += tally;
    }
    const auto figures = figures_of(sum);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(figures[i].numerator, all[i].numerator) << all[i].id;
      EXPECT_EQ(figures[i].denominator, all[i].denominator) << all[i].id;
    }
  }
}

TEST_F(ServicesTest, HasAPlaceWithoutDossiersAndNoRateForIt) {
  auto made = table("2024-09");
  const Unit empty{Level::commune, "00721@"};
  ASSERT_TRUE(made.tallies().contains(empty));
  const auto figures = figures_of(made.tally(empty));
  EXPECT_EQ(find_figure(figures, "received")->decimal(0), "0");
  for (const char* rate :
       {"on_time_of_resolved", "on_time_of_all", "online_filed", "online_payment", "processing_days"}) {
    const auto* figure = find_figure(figures, rate);
    EXPECT_FALSE(figure->decimal(2)) << rate << ": nothing divided by nothing is not 0";
    EXPECT_FALSE(figure->note.empty()) << rate;
  }
  EXPECT_FALSE(made.tallies().contains({Level::commune, "00715@2025-07-01"})) << "a unit of another time";
}

TEST_F(ServicesTest, SaysThatASourceWithoutChannelsHasNone) {
  auto made = table("2024-09");
  made.add(log_of({"2 2024-09-16 09:00", "9 2024-09-17 09:00"}, due_on("2024-09-20")));
  const auto figures = figures_of(made.tally({Level::all, ""}));
  EXPECT_FALSE(find_figure(figures, "online_filed")->has_value());
  EXPECT_NE(find_figure(figures, "online_filed")->note.english.find("no channel"), std::string::npos);
}

TEST_F(ServicesTest, KeepsTheTwoSidesOfAMergerApart) {
  const auto events = log_of({"2 2025-06-27 09:00", "9 2025-07-02 09:00"}, due_on("2025-07-03"));
  auto year = table("2025");
  year.add(events);
  const Unit before{Level::commune, "00715@"};
  const Unit after{Level::commune, "00715@2025-07-01"};
  EXPECT_EQ(year.tally(before).received, 1);
  EXPECT_EQ(year.tally(before).resolved, 0);
  EXPECT_EQ(year.tally(after).received, 0);
  EXPECT_EQ(year.tally(after).resolved, 1);
  EXPECT_EQ(year.tally({Level::province, "02"}).received, 1);
  EXPECT_EQ(year.tally({Level::province, "08"}).resolved, 1);
  EXPECT_EQ(year.tally({Level::all, ""}).received, 1) << "once in all";
  auto june = table("2025-06");
  june.add(events);
  EXPECT_EQ(june.tally(before).pending, 1);
  EXPECT_EQ(june.tally(before).in_time, 1);
}

TEST_F(ServicesTest, CountsBoardsThatNoRegistryPlaces) {
  auto made = table("2024-09");
  auto like = due_on("2024-09-20");
  like.site = "unknown-board";
  made.add(log_of({"2 2024-09-16 09:00", "9 2024-09-17 09:00"}, like));
  EXPECT_EQ(made.tally({Level::all, ""}).resolved, 1);
  EXPECT_EQ(made.tally({Level::commune, ""}).resolved, 1) << "told apart, not lost";
  EXPECT_EQ(made.tally({Level::site, "unknown-board"}).resolved, 1);
}

TEST_F(ServicesTest, ListsWhatIsDueSoonAndOverdue) {
  auto made = table("2024-09", "2024-09-18 10:00");
  const auto pending = [&](int number, const char* due) {
    DossierEvent like = due_on(due);
    like.code = code(number);
    made.add(log_of({"2 2024-09-10 09:00"}, like));
  };
  pending(1, "2024-09-18 17:00");  // today
  pending(2, "2024-09-19 17:00");
  pending(3, "2024-09-23 17:00");  // Monday: 19, 20, 23
  pending(4, "2024-09-24 17:00");
  pending(5, "2024-09-13 17:00");  // the Friday before: 16, 17, 18
  // Due on Friday the 13th; the citizen was waited for from the 11th to the 16th: 13 + 5 - 1 = 17, and the
  // working day after it.
  DossierEvent waited = due_on("2024-09-13 17:00");
  waited.code = code(6);
  made.add(log_of({"2 2024-09-10 09:00", "5 2024-09-11 09:00", "4 2024-09-16 09:00"}, waited));
  std::string listed;
  for (const auto& each : made.due_within(3))
    listed += each.code.substr(each.code.size() - 1) + ":" + std::to_string(each.working_days_left) + " ";
  EXPECT_EQ(listed, "5:-3 1:0 6:0 2:1 3:3 ");
  EXPECT_EQ(made.tally({Level::all, ""}).overdue, 1);
  EXPECT_EQ(made.due_within(3).front().commune, "00715@");
}

// A limit of two hours from Tuesday 16:30. Until 17:00: half an hour, and till 08:30 on Wednesday. Until
// 20:00: till 18:30 on Tuesday.
TEST_F(ServicesTest, LegalLimitsRunInTheHoursOfTheirOffice) {
  const auto rows = rows_of(
      {kCommunes, "site,code,office_hours\nusual,00715,\nevening,00715,ca tối\n",
       "procedure,limit,limit_unit\n9.000001,2,hours\n",
       "hours,morning_start,morning_end,afternoon_start,afternoon_end\nca tối,07:00,11:30,13:30,20:00\n"});
  auto all = shipped({"working-days-2024-2027.csv", "office-hours.csv"});
  all.insert(all.end(), rows.begin(), rows.end());
  const registry::Registry registry(rows);
  const WorkCalendar calendar(all);
  const Procedures procedures(rows);
  ServiceTable made(read_period("2024-09").value(), at("2024-10-01"),
                    ServiceGround{registry, calendar, procedures, {}});
  for (const char* site : {"usual", "evening"}) {
    DossierEvent like;
    like.site = site;
    like.code = std::string("H22.58-240917-") + (like.site == "usual" ? "0001" : "0002");
    like.procedure = "9.000001";
    made.add(log_of({"2 2024-09-17 16:30", "9 2024-09-18 08:00"}, like));
  }
  EXPECT_EQ(made.tally({Level::site, "usual"}).on_time, 1);
  EXPECT_EQ(made.tally({Level::site, "evening"}).late, 1);
}

TEST_F(ServicesTest, TellsWhatANewDueDateSaved) {
  auto made = table("2024-09");
  auto events = log_of({"2 2024-09-16 09:00"}, due_on("2024-09-18"));
  events.push_back(event("4 2024-09-19 09:00", due_on("2024-09-25")));
  events.push_back(event("9 2024-09-24 09:00", due_on("2024-09-25")));
  made.add(events);
  EXPECT_EQ(made.tally({Level::all, ""}).early, 1);
  EXPECT_EQ(made.tally({Level::all, ""}).saved_by_new_due, 1);
}

TEST_F(ServicesTest, DoesNotDependOnTheOrderOfDossiersAndEvents) {
  std::mt19937 random(7);
  auto first = table("2024-09");
  auto second = table("2024-09");
  auto dossiers = september(code);
  for (const auto& events : dossiers) first.add(events);
  std::ranges::shuffle(dossiers, random);
  for (auto& events : dossiers) {
    events.push_back(events.front());
    std::ranges::shuffle(events, random);
    second.add(events);
  }
  ASSERT_EQ(first.tallies().size(), second.tallies().size());
  for (const auto& [unit, tally] : first.tallies()) {
    ServiceTally sorted;
    ServiceTally other;
    EXPECT_TRUE((sorted += tally) == (other += second.tally(unit))) << unit.key;
  }
  EXPECT_EQ(first.due_within(100), second.due_within(100));
}

TEST(DossierKeyTest, IsTheCodeWhereTheCodeSaysWhose) {
  const auto key = [](const char* code, const char* site, const char* agency) {
    DossierEvent event;
    event.code = code;
    event.site = site;
    event.agency = agency;
    return dossier_key(event);
  };
  EXPECT_EQ(key("000.00.01.H29-240115-0001", "a", ""), key("000.00.01.H29-240115-0001", "b", "x"));
  EXPECT_EQ(key("G09.20-20260609-0092637", "a", ""), key("G09.20-20260609-0092637", "b", ""));
  EXPECT_EQ(key("0123456789abcdef0123456789abcdef", "a", ""),
            key("0123456789abcdef0123456789abcdef", "b", ""));
  EXPECT_NE(key("0001", "a", ""), key("0001", "b", ""));
  EXPECT_EQ(key("0001", "a", "H22.58.12"), key("0001", "b", "H22.58.12"));
  EXPECT_NE(key("-240115-1", "a", ""), key("-240115-1", "b", ""));
}

TEST(SatisfactionTest, CountsEachAnswerOnce) {
  const auto day = [](const char* text) { return registry::read_date(text).value(); };
  const auto row = [&](const char* site, const char* first, const char* last, std::int64_t answers,
                       const char* taken) {
    SatisfactionCount made;
    made.site = site;
    made.commune = "00715";
    made.agency = "H22.58.12";
    made.first = day(first);
    made.last = day(last);
    made.channel = "kiosk";
    made.answers = answers;
    made.recorded = at(taken);
    return made;
  };
  std::vector<SatisfactionCount> rows = {
      row("a", "2024-07-01", "2024-07-31", 10, "2024-08-01"),
      row("a", "2024-07-01", "2024-07-31", 12, "2024-08-05"),  // corrected
      row("b", "2024-07-01", "2024-07-31", 12, "2024-08-04"),  // told by another board, too
      row("a", "2024-08-01", "2024-08-31", 20, "2024-09-01"),
      row("a", "2024-07-01", "2024-09-30", 99, "2024-10-01"),  // the quarter, over its months
      row("a", "2024-06-15", "2024-07-15", 7, "2024-07-16"),   // reaches outside
      row("a", "2024-05-01", "2024-05-31", 7, "2024-07-16"),
  };
  const auto quarter = read_period("2024-Q3").value();
  const auto chosen = answers_of(rows, quarter);
  std::int64_t answers = 0;
  for (const auto& each : chosen.rows) answers += each.answers;
  EXPECT_EQ(answers, 32);
  EXPECT_EQ(chosen.reach_outside, 1U);
  EXPECT_EQ(chosen.overlapping, 1U);
  std::ranges::reverse(rows);
  EXPECT_EQ(answers_of(rows, quarter).rows, chosen.rows);
}

TEST(SmallCellsTest, AreNotShownAndDoNotFollowFromTheSum) {
  EXPECT_FALSE(is_small_cell(0));
  EXPECT_TRUE(is_small_cell(1));
  EXPECT_TRUE(is_small_cell(4));
  EXPECT_FALSE(is_small_cell(5));
  EXPECT_TRUE(share_may_be_shown(50, 100));
  EXPECT_TRUE(share_may_be_shown(100, 100));
  EXPECT_FALSE(share_may_be_shown(97, 100)) << "three were late";
  EXPECT_FALSE(share_may_be_shown(3, 100));
  EXPECT_FALSE(share_may_be_shown(4, 4));
  using Hidden = std::vector<bool>;
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>{10, 20, 0}), Hidden({false, false, false}));
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>{3, 20, 7}), Hidden({true, false, true}))
      << "3 alone would follow from the sum";
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>{1, 2, 9, 30}), Hidden({true, true, true, false}))
      << "1 + 2 together are few";
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>{3, 4, 30}), Hidden({true, true, false}));
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>{3, 0, 0}), Hidden({true, false, false}));
  EXPECT_EQ(hidden_cells(std::vector<std::int64_t>()), Hidden());
}

// | unit | all | a  | b  | c |
// | 1    | 42  | 40 | 0  | 2 |   2 follows from 42 − 40, so 40 is hidden; then 40 from the column's sum 65
// | 2    | 34  | 25 | 9  | 0 |   so 25 is hidden, and 9 with it in its row; of column b, 9 with the 6
// | 3    | 6   | 0  | 6  | 0 |
TEST(SmallCellsTest, DoNotFollowFromRowsNorFromColumns) {
  const std::vector<std::vector<std::int64_t>> rows = {{42, 40, 0, 2}, {34, 25, 9, 0}, {6, 0, 6, 0}};
  const std::vector<SumOfColumns> sums = {{0, {1, 2, 3}}};
  const auto hidden = hidden_cells(rows, sums, true);
  EXPECT_EQ(hidden[0], (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(hidden[1], (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(hidden[2], (std::vector<bool>{false, false, true, false}));
  const auto alone = hidden_cells(rows, sums, false);
  EXPECT_EQ(alone[0], (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(alone[1], (std::vector<bool>{false, false, false, false}));
}

TEST(FiguresTest, RoundHalvesAwayFromZero) {
  Figure figure;
  figure.measure = FigureUnit::percent;
  figure.numerator = 1;
  figure.denominator = 8;
  EXPECT_EQ(figure.decimal(0), "13");
  EXPECT_EQ(figure.decimal(1), "12.5");
  EXPECT_EQ(figure.decimal(2), "12.50");
  figure.numerator = 9995;
  figure.denominator = 10'000;
  EXPECT_EQ(figure.decimal(1), "100.0") << "99.95";
  EXPECT_EQ(figure.decimal(2), "99.95");
  figure.numerator = 2;
  figure.denominator = 3;
  EXPECT_EQ(figure.decimal(4), "66.6667");
  figure.denominator = 0;
  EXPECT_FALSE(figure.decimal(2));
}

}  // namespace
}  // namespace xalink::meaning
