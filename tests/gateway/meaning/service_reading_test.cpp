// Dossiers out of a real store, and a generated quarter of a province counted twice: by the gateway, and by
// recompute.py from the store's tables.

#include "gateway/service_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/meaning/service_table.hpp"
#include "gateway/reports/delayed_dossiers.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/gateway/meaning/dossier_log.hpp"
#include "tests/gateway/reports/commune_days.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using meaning::at;
using meaning::DossierEvent;
using meaning::Level;

const std::string kEpochC = "00000000-0000-4000-8000-00000000000c";

Record record_of_event(const DossierEvent& event, const Schema& schema) {
  std::map<std::string, Value> values;
  const auto time = [&](const char* name, const std::optional<WallTime>& told) {
    if (told) values[name] = static_cast<std::uint64_t>(told->time_since_epoch().count());
  };
  const auto text = [&](const char* name, const std::string& told) {
    if (!told.empty()) values[name] = told;
  };
  const auto number = [&](const char* name, const std::optional<std::uint8_t>& told) {
    if (told) values[name] = std::uint64_t{*told};
  };
  text("Code", event.code);
  text("Procedure", event.procedure);
  text("Agency", event.agency);
  text("Level", event.level);
  values["State"] = static_cast<std::uint64_t>(event.state);
  time("State At", event.state_at);
  time("Submitted", event.submitted);
  time("Received", event.received);
  time("Due", event.due);
  time("Finished", event.finished);
  time("Returned", event.returned);
  number("Channel", event.channel);
  number("Online Payment", event.online_payment);
  number("Supplement Requests", event.supplement_requests);
  if (event.fee) values["Fee"] = *event.fee;
  if (event.digitised) values["Digitised"] = *event.digitised;
  if (event.attachments) values["Attachments"] = *event.attachments;
  if (event.result_file) values["Result File"] = *event.result_file;
  Record record;
  record.stamp = Stamp{event.recorded, Milliseconds(0), "boot-one", ClockQuality::synchronised};
  for (const auto& column : schema.columns) record.values.push_back(values[column.name]);
  return record;
}

class ServiceReadingTest : public StoreTest {
 protected:
  void deliver(const std::string& site, const std::string& epoch, RowId first,
               const std::vector<DossierEvent>& events, const Schema& schema = dossier_schema()) {
    Batch batch;
    batch.epoch = epoch;
    batch.lane = Lane::events;
    batch.schemas.push_back(schema);
    for (const auto& event : events) {
      batch.items.push_back({0, first, first, record_of_event(event, schema)});
      ++first;
    }
    const auto mark = commit_one(std::move(batch), NodeId{"VN-03", site});
    EXPECT_EQ(mark.mark, first - 1);
  }
  std::vector<std::vector<DossierEvent>> read(DossierReading& reading) {
    std::vector<std::vector<DossierEvent>> dossiers;
    auto query = store::RecordQuery::open(file());
    EXPECT_TRUE(query) << query.error().to_string();
    const auto done = for_each_dossier(*query, "VN-03", [&](std::vector<DossierEvent> events) {
      dossiers.push_back(std::move(events));
      return true;
    });
    EXPECT_TRUE(done) << done.error().to_string();
    reading = done.value_or(DossierReading{});
    return dossiers;
  }
};

DossierEvent full_event() {
  auto event = meaning::event("5 2024-09-17 10:00");
  event.site = "lung-cu";
  event.procedure = "1.001193";
  event.agency = "H22.58.12";
  event.submitted = at("2024-09-15 20:00");
  event.received = at("2024-09-16 09:00");
  event.due = at("2024-09-20 17:00");
  event.finished = at("2024-09-19 09:00");
  event.returned = at("2024-09-20 09:00");
  event.channel = 2;
  event.level = "4";
  event.online_payment = 1;
  event.fee = true;
  event.digitised = false;
  event.supplement_requests = 1;
  event.attachments = true;
  event.result_file = false;
  event.recorded = at("2024-09-17 10:05");
  return event;
}

TEST_F(ServiceReadingTest, GivesADossierWithAllThatWasToldOfIt) {
  const auto told = full_event();
  deliver("lung-cu", kEpochA, 1, {told});
  DossierReading reading;
  const auto dossiers = read(reading);
  ASSERT_EQ(dossiers.size(), 1U);
  EXPECT_TRUE(dossiers[0] == std::vector<DossierEvent>{told});
}

TEST_F(ServiceReadingTest, PutsTogetherWhatLiesApart) {
  const auto code = [](DossierEvent event, const char* text) {
    event.code = text;
    return event;
  };
  const auto one = "H22.58.12-240916-0001";
  const auto two = "H22.58.12-240916-0002";
  deliver("lung-cu", kEpochA, 1,
          {code(meaning::event("2 2024-09-16 09:00"), one), code(meaning::event("2 2024-09-16 09:10"), two)});
  deliver("lung-cu-2", kEpochB, 1,
          {code(meaning::event("9 2024-09-18 09:00"), one), code(meaning::event("2 2024-09-18"), "12")});
  // The board's card was changed: its outbox is another, and it tells everything again. "12" there is another
  // commune's twelfth dossier.
  deliver("lung-cu", kEpochC, 1,
          {code(meaning::event("2 2024-09-16 09:00"), one), code(meaning::event("2 2024-09-18"), "12")});
  DossierReading reading;
  const auto dossiers = read(reading);
  EXPECT_EQ(reading.records, 6U);
  EXPECT_EQ(reading.used, 6U);
  EXPECT_EQ(reading.dossiers, 4U);
  std::map<std::string, std::vector<std::size_t>> by_code;
  for (const auto& events : dossiers)
    by_code[events.front().code].push_back(meaning::in_order(events).size());
  EXPECT_EQ(by_code[one], std::vector<std::size_t>{2}) << "the same event told twice stands once";
  EXPECT_EQ(by_code[two], std::vector<std::size_t>{1});
  EXPECT_EQ(by_code["12"], (std::vector<std::size_t>{1, 1}));
}

TEST_F(ServiceReadingTest, TakesWhatOlderProgramsSentAndPassesOverWhatIsUnusable) {
  Schema old = dossier_schema();
  std::erase_if(old.columns, [](const Column& column) {
    return column.name != "Code" && column.name != "State" && column.name != "Due";
  });
  auto event = full_event();
  event.due = WallTime(Milliseconds(0));  // what systems write for no date
  deliver("lung-cu", kEpochA, 1, {event}, old);
  auto nameless = full_event();
  nameless.code.clear();
  deliver("lung-cu", kEpochA, 2, {nameless});
  auto stateless = full_event();
  stateless.state = static_cast<meaning::DossierState>(11);
  deliver("lung-cu", kEpochA, 3, {stateless});
  DossierReading reading;
  const auto dossiers = read(reading);
  EXPECT_EQ(reading.records, 3U);
  EXPECT_EQ(reading.unusable, 2U);
  ASSERT_EQ(dossiers.size(), 1U);
  EXPECT_FALSE(dossiers[0][0].due);
  EXPECT_FALSE(dossiers[0][0].state_at);
  EXPECT_EQ(dossiers[0][0].time(), event.recorded);
}

TEST_F(ServiceReadingTest, EndsWhenTheVisitorHasSeenEnough) {
  auto one = full_event();
  auto two = full_event();
  two.code = "H22.58.12-240916-0002";
  deliver("lung-cu", kEpochA, 1, {one, two});
  auto query = store::RecordQuery::open(file());
  int seen = 0;
  const auto reading = for_each_dossier(*query, "", [&](std::vector<DossierEvent>) { return ++seen < 1; });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(reading->dossiers, 1U);
  EXPECT_EQ(for_each_dossier(*query, "VN-99", [](std::vector<DossierEvent>) { return true; })->records, 0U);
}

TEST_F(ServiceReadingTest, ReadsAnswersAndTasks) {
  const auto ms = [](const char* day) {
    return static_cast<std::uint64_t>(at(day).time_since_epoch().count());
  };
  const auto put = [&](const Schema& schema, RowId row, std::map<std::string, Value> values) {
    Batch batch;
    batch.epoch = kEpochA;
    batch.lane = Lane::events;
    batch.schemas.push_back(schema);
    Record record;
    record.stamp = Stamp{at("2024-10-01 08:00"), Milliseconds(0), "boot-one", ClockQuality::synchronised};
    for (const auto& column : schema.columns) record.values.push_back(values[column.name]);
    batch.items.push_back({0, row, row, record});
    commit_one(std::move(batch));
  };
  put(satisfaction_schema(), 1,
      {{"Commune", "00715"},
       {"Agency", "H22.58.12"},
       {"Period Start", ms("2024-09-01")},
       {"Period End", ms("2024-09-30")},
       {"Channel", "kiosk"},
       {"Asked", std::uint64_t{420}},
       {"Answers", std::uint64_t{312}},
       {"Satisfied", std::uint64_t{305}}});
  put(task_schema(), 2,
      {{"Code", "CCHC-2024"},
       {"Programme", "Cải cách hành chính"},
       {"Owner", "UBND tỉnh"},
       {"As Of", ms("2024-09-30")},
       {"Deadline", ms("2024-12-31")},
       {"Total", std::uint64_t{41}},
       {"Done", std::uint64_t{35}},
       {"On Time", std::uint64_t{35}}});
  put(satisfaction_schema(), 3, {{"Commune", "00715"}, {"Answers", std::uint64_t{1}}});
  auto query = store::RecordQuery::open(file());
  const auto answers = satisfaction_counts(*query, "");
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 1U) << "a row without a period says nothing";
  const auto day = [](const char* text) { return registry::read_date(text).value(); };
  EXPECT_TRUE((*answers)[0] == (meaning::SatisfactionCount{"site-a", "00715", "H22.58.12", day("2024-09-01"),
                                                           day("2024-09-30"), "kiosk", 420, 312, 305,
                                                           at("2024-10-01 08:00")}));
  const auto tasks = task_counts(*query, "");
  ASSERT_TRUE(tasks);
  ASSERT_EQ(tasks->size(), 1U);
  EXPECT_EQ((*tasks)[0].total, 41);
  EXPECT_EQ((*tasks)[0].done, 35);
  EXPECT_EQ((*tasks)[0].late, std::nullopt);
  EXPECT_EQ((*tasks)[0].deadline, day("2024-12-31"));
}

// Three months with a merger in their middle: eight old communes become two, which reuse codes.
constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\n"
    "00715,,2025-06-30,xã,Một,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00718,,2025-06-30,xã,Hai,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00721,,2025-06-30,xã,Ba,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00724,,2025-06-30,xã,Bốn,026,Đồng Văn,02,Hà Giang,00715@2025-07-01\n"
    "00769,,2025-06-30,xã,Năm,027,Mèo Vạc,02,Hà Giang,00769@2025-07-01\n"
    "00772,,2025-06-30,xã,Sáu,027,Mèo Vạc,02,Hà Giang,00769@2025-07-01\n"
    "00775,,2025-06-30,xã,Bảy,027,Mèo Vạc,02,Hà Giang,00769@2025-07-01\n"
    "00778,,2025-06-30,xã,Tám,027,Mèo Vạc,02,Hà Giang,00769@2025-07-01\n"
    "00715,2025-07-01,,xã,Một Hai Ba Bốn,,,08,Tuyên Quang,\n"
    "00769,2025-07-01,,xã,Năm Sáu Bảy Tám,,,08,Tuyên Quang,\n";
constexpr const char* kZones =
    "code,valid_from,zone,zone_from,zone_to,decision\n"
    "00715,,III,2021-06-04,2025-12-31,861\n00718,,III,2021-06-04,2025-12-31,861\n"
    "00769,,II,2021-06-04,2025-12-31,861\n00775,,I,2021-06-04,2025-12-31,861\n"
    "00715,2025-07-01,III,2025-07-01,,861\n";
constexpr const char* kSites =
    "site,code,valid_from\n"
    "s1,00715,\ns2,00718,\ns3,00721,\ns4,00724,\ns5,00769,\ns6,00772,\ns7,00775,\ns8,00778,\ns1b,00715,\n";
constexpr const char* kProcedures =
    "procedure,limit,limit_unit,online\n"
    "1.001193,1,working_days,full\n"
    "1.000894,5,days,partial\n"
    "2.000815,4,hours,\n"
    "1.004859,2.5,working_days,full\n"
    "1.001776,,,information\n";

class Quarter {
 public:
  explicit Quarter(unsigned seed) : random_(seed) {}

  std::vector<DossierEvent> dossier(int number) {
    static const std::vector<std::vector<int>> kLives = {{1, 2, 4, 9, 10},
                                                         {2, 4, 9, 10},
                                                         {2, 9, 10},
                                                         {2, 10},
                                                         {1, 2, 4, 5, 4, 9, 10},
                                                         {2, 4, 6, 4, 9},
                                                         {1, 3},
                                                         {1, 7},
                                                         {1, 2, 7, 8},
                                                         {2, 4, 8},
                                                         {2, 5},
                                                         {2, 4, 5, 4, 5, 4, 9, 10},
                                                         {2, 4},
                                                         {1, 2},
                                                         {10},
                                                         {2, 9, 10, 4, 9},
                                                         {2, 4, 2, 4, 9, 9, 10},
                                                         {1, 5, 2, 9},
                                                         {9, 2, 4},
                                                         {2, 7, 4, 10},
                                                         {2, 4, 9, 5, 10},
                                                         {4, 9},
                                                         {8},
                                                         {2, 3}};
    static const std::vector<std::string> kProcedureCodes = {
        "1.001193", "1.000894", "2.000815", "1.004859.000.00.00.H22", "1.001776", "9.9"};
    static const std::vector<std::string> kSiteIds = {"s1", "s2", "s3", "s4",  "s5",
                                                      "s6", "s7", "s8", "s1b", "nowhere"};
    DossierEvent like;
    like.code = "H22.58-250401-" + std::to_string(10'000 + number);
    like.site = pick(kSiteIds);
    like.procedure = pick(kProcedureCodes);
    if (chance(80)) like.channel = static_cast<std::uint8_t>(1 + below(3));
    if (chance(70)) like.level = pick(std::vector<std::string>{"4", "3", "2", "toàn trình", "một phần", "?"});
    if (chance(80)) like.fee = chance(60);
    if (chance(80)) like.online_payment = static_cast<std::uint8_t>(below(3));
    if (chance(80)) like.digitised = chance(50);
    if (chance(80)) like.attachments = chance(70);
    const bool files_told = chance(80);
    WallTime time = at("2025-04-20") + Milliseconds(below(100 * 86'400) * 1000LL);
    const bool due_told = chance(70);
    std::vector<DossierEvent> events;
    for (const int state : pick(kLives)) {
      time += Milliseconds(below(3) * 86'400'000LL + below(40'000) * 1000LL);
      DossierEvent event = like;
      event.state = static_cast<meaning::DossierState>(state);
      if (chance(90)) event.state_at = chance(15) ? meaning::start_of(meaning::day_of(time)) : time;
      if (state == 2 && chance(60)) like.received = event.received = time;
      if (state != 2 && chance(10)) event.received = time - std::chrono::hours(below(60));
      if (due_told && (state == 2 || (state != 1 && chance(10)))) {
        like.due = event.due = time + Milliseconds(below(6 * 86'400) * 1000LL);
      }
      if (state == 9 && chance(70)) like.finished = event.finished = time;
      if (state == 10 && chance(40)) event.finished = time - std::chrono::hours(below(50));
      if (state == 10 && chance(50)) event.returned = time;
      if (files_told && chance(90)) like.result_file = event.result_file = state > 8 && chance(70);
      if (chance(5)) event.supplement_requests = static_cast<std::uint8_t>(below(3));
      event.recorded = time + Milliseconds(1 + below(2'000'000));
      events.push_back(event);
      if (chance(10)) {  // told again, by another board
        event.site = pick(kSiteIds);
        event.recorded += Milliseconds(below(1000));
        events.push_back(event);
      }
    }
    return events;
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

 private:
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  std::mt19937 random_;
};

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "no shell";
  std::array<char, 4096> bytes{};
  for (std::size_t n = 0; (n = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;)
    text.append(bytes.data(), n);
  const int status = ::pclose(pipe);
  if (status != 0) text += "\nended with " + std::to_string(status);
  return text;
}

const char* level_name(Level level) {
  switch (level) {
    case Level::all: return "all";
    case Level::province: return "province";
    case Level::district: return "district";
    case Level::zone: return "zone";
    case Level::commune: return "commune";
    case Level::site: return "site";
    case Level::procedure: return "procedure";
  }
  return "";
}

TEST_F(ServiceReadingTest, AnIndependentRecomputationAgreesToTheLastDigit) {
  Quarter quarter(20250701);
  std::map<std::string, std::vector<DossierEvent>> of_site;
  for (int number = 0; number < 1500; ++number) {
    for (auto& event : quarter.dossier(number)) of_site[event.site].push_back(std::move(event));
  }
  char letter = '0';
  for (auto& [site, events] : of_site) {
    // The order in which boards took them, some weeks late.
    std::mt19937 random(static_cast<unsigned>(letter));
    std::ranges::shuffle(events, random);
    deliver(site, std::string("00000000-0000-4000-8000-0000000000") + letter + "0", 1, events);
    ++letter;
  }
  ScratchFolder folder;
  const std::vector<std::filesystem::path> files = {
      folder.write("communes.csv", kCommunes), folder.write("zones.csv", kZones),
      folder.write("sites.csv", kSites), folder.write("procedures.csv", kProcedures),
      std::filesystem::path(XALINK_MEANING_DATA "/working-days-2024-2027.csv")};
  const auto judged = registry::judge_files(files, {}, false, TextEncoding::automatic);
  ASSERT_TRUE(judged);
  for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
  const registry::Registry registry(judged->change.result);
  const meaning::WorkCalendar calendar(judged->change.result);
  const meaning::Procedures procedures(judged->change.result);
  const auto period = meaning::read_period("2025-05..2025-07").value();
  for (const auto granularity : {meaning::Granularity::date, meaning::Granularity::exact}) {
    meaning::ServiceTable table(period, at("2026-01-01"),
                                {registry,
                                 calendar,
                                 procedures,
                                 {granularity, meaning::DueDate::latest, meaning::HolidaysInDays::count}});
    auto query = store::RecordQuery::open(file());
    const auto reading = for_each_dossier(*query, "", [&](std::vector<DossierEvent> events) {
      table.add(std::move(events));
      return true;
    });
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->dossiers, 1500U);

    std::string command = "python3 " XALINK_RECOMPUTE " " + file().string() + " 2025-05-01 2025-07-31 " +
                          (granularity == meaning::Granularity::exact ? "exact" : "date");
    for (const auto& each : files) command += " " + each.string();
    std::set<std::string> theirs;
    std::set<std::string> figures;
    std::istringstream lines(output_of(command));
    for (std::string line; std::getline(lines, line);) {
      theirs.insert(line);
      const auto at_figure = line.find('|', line.find('|') + 1);
      if (at_figure != std::string::npos)
        figures.insert(line.substr(at_figure + 1, line.find('|', at_figure + 1) - at_figure - 1));
    }
    std::set<std::string> ours;
    for (const auto& [unit, tally] : table.tallies()) {
      if (tally == meaning::ServiceTally{}) continue;  // what has no dossiers is in the registry alone
      for (const auto& figure : meaning::figures_of(tally)) {
        if (!figures.contains(figure.id)) continue;
        ours.insert(std::string(level_name(unit.level)) + "|" + unit.key + "|" + figure.id + "|" +
                    std::to_string(figure.numerator) + "|" + std::to_string(figure.denominator));
      }
    }
    EXPECT_GT(ours.size(), 500U);
    EXPECT_EQ(figures.size(), 25U);
    std::vector<std::string> differences;
    std::ranges::set_symmetric_difference(ours, theirs, std::back_inserter(differences));
    for (std::size_t i = 0; i < differences.size() && i < 20; ++i) {
      ADD_FAILURE() << (ours.contains(differences[i]) ? "gateway alone: " : "recomputed alone: ")
                    << differences[i];
    }
    // Every standing occurs, or the comparison says little.
    const auto all = table.tally({Level::all, ""});
    for (const auto count : {all.early, all.on_time, all.late, all.in_time, all.overdue,
                             all.resolved_not_judged, all.pending_not_judged, all.not_accepted,
                             all.late_by_requests, all.saved_by_new_due, all.by_legal_limit, all.reopened,
                             all.result_file, all.no_result_file, all.digital, all.not_digital}) {
      EXPECT_GT(count, 0);
    }
  }
}

TEST_F(ServiceReadingTest, LeavingOutWhatAPeriodDoesNotConcernChangesNoFigure) {
  Quarter quarter(20250815);
  std::map<std::string, std::vector<DossierEvent>> of_site;
  for (int number = 0; number < 600; ++number) {
    for (auto& event : quarter.dossier(number)) of_site[event.site].push_back(std::move(event));
  }
  char letter = '0';
  for (const auto& [site, events] : of_site) {
    deliver(site, std::string("00000000-0000-4000-8000-0000000000") + letter++ + "0", 1, events);
  }
  const registry::Registry nowhere;
  const meaning::WorkCalendar calendar;
  const meaning::Procedures procedures;
  auto query = store::RecordQuery::open(file());
  ASSERT_TRUE(query);
  std::uint64_t left_out = 0;
  for (const auto& [period, now] :
       std::vector<std::pair<const char*, const char*>>{{"2025-05", "2026-01-01"},
                                                        {"2025-07", "2026-01-01"},
                                                        {"2025-07-15..2025-07-15", "2026-01-01"},
                                                        {"2025-06", "2025-06-10 12:00"},
                                                        {"2025-08", "2025-06-10 12:00"},
                                                        {"2024", "2026-01-01"},
                                                        {"2025", "2026-01-01"},
                                                        {"2026-01", "2026-03-01"}}) {
    const auto days = meaning::read_period(period).value();
    const meaning::ServiceGround ground{nowhere, calendar, procedures, {}};
    meaning::ServiceTable whole(days, at(now), ground);
    meaning::ServiceTable part(days, at(now), ground);
    const auto into = [](meaning::ServiceTable& table) {
      return [&table](std::vector<DossierEvent> events) {
        table.add(std::move(events));
        return true;
      };
    };
    const auto all = for_each_dossier(*query, "", into(whole));
    const auto some = for_each_dossier(*query, "", into(part), {}, DossierWindow{days.from(), whole.as_of()});
    ASSERT_TRUE(all && some);
    EXPECT_EQ(all->records, some->records) << period;
    EXPECT_EQ(all->dossiers, 600U);
    EXPECT_LE(some->dossiers, all->dossiers);
    EXPECT_EQ(all->used, all->records);
    EXPECT_GE(some->used, some->dossiers);
    EXPECT_LE(some->used, some->records);
    EXPECT_EQ(some->dossiers == 0, some->used == 0) << period << ": a report must not say that it used them";
    left_out += all->dossiers - some->dossiers;
    EXPECT_TRUE(whole.tallies() == part.tallies()) << period << " as of " << now;
    EXPECT_TRUE(whole.due_within(1000) == part.due_within(1000)) << period << " as of " << now;
  }
  EXPECT_GT(left_out, 600U) << "or nothing was tried";
}

TEST_F(ServiceReadingTest, OneReadingCountsDelayedDossiersOfTwoPeriodsAsTwoReadingsDo) {
  const reports::CommuneDays place;
  const meaning::WorkCalendar calendar;
  const meaning::Procedures procedures;
  // Day by day, from dossiers that ended long before to some that begin after all of it.
  std::map<std::string, std::vector<DossierEvent>> of_site;
  for (int number = 0; number < 40; ++number) {
    const auto accepted = at("2024-08-25 08:00") + std::chrono::hours(9 * number);
    DossierEvent like;
    like.site = number % 3 == 0 ? "dong-van" : "lung-cu";
    like.code = "H22.58-240901-" + std::to_string(1000 + number);
    like.state = meaning::DossierState::accepted;
    like.received = like.state_at = accepted;
    like.due = accepted + std::chrono::hours(24 * 3);
    like.recorded = accepted;
    of_site[like.site].push_back(like);
    if (number % 5 == 0) continue;  // never ends
    like.state = meaning::DossierState::finished;
    like.finished = like.state_at = accepted + std::chrono::hours(24 * (1 + 3 * number % 7));
    like.recorded = *like.state_at;
    of_site[like.site].push_back(like);
  }
  deliver("lung-cu", kEpochC, 1, of_site["lung-cu"]);
  deliver("dong-van", kEpochB, 1, of_site["dong-van"]);
  const auto ground_of = [&](const meaning::ReportPeriod& period) {
    return reports::OutageReportInput{
        place.sites,   place.registry, 1, period, {period.from(), period.to()}, reports::Scope::commune,
        place.opening, false};
  };
  const auto ground = ground_of(place.period);
  const auto ground_before = ground_of(meaning::period_before(place.period));
  auto query = store::RecordQuery::open(file());
  ASSERT_TRUE(query);
  const auto counts = [&](const std::vector<std::vector<const reports::OutageReportInput*>>& readings) {
    std::string text;
    for (const auto& reading : readings) {
      std::vector<std::unique_ptr<reports::DelayedDossiers>> counted;
      std::vector<reports::DelayedDossiers*> periods;
      for (const auto* each : reading) {
        counted.push_back(std::make_unique<reports::DelayedDossiers>(*each, calendar, procedures));
        periods.push_back(counted.back().get());
      }
      const auto read = reports::read_dossiers(*query, periods);
      EXPECT_TRUE(read) << read.error().to_string();
      for (const auto* each : periods) {
        std::vector<reports::CommuneEvidence> communes(2);
        communes[0].key = "00715@";
        communes[1].key = "00721@";
        each->put_into(communes);
        for (const auto& commune : communes) {
          text += std::to_string(commune.dossiers.value_or(-1)) + "/" +
                  std::to_string(commune.dossiers_delayed) + " ";
        }
      }
    }
    return text;
  };
  const auto apart = counts({{&ground_before}, {&ground}});
  EXPECT_EQ(counts({{&ground_before, &ground}}), apart);
  // lung-cu had no power on 5 September; the period before has dossiers and nothing to blame.
  EXPECT_EQ(apart, "13/0 7/0 12/2 7/0 ");
}

}  // namespace
}  // namespace xalink::test
