#include "gateway/meaning/coverage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gateway/meaning/calendar_opening.hpp"
#include "gateway/meaning/period.hpp"
#include "gateway/registry/judged_files.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/throughput_schema.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/board_story.hpp"

namespace xalink::test {
namespace {

using namespace meaning;
using Outcome = Judged::Outcome;

const WallTime kEnd = local("2024-10-01 00:00");

std::vector<ThresholdProfile> shipped() {
  auto profiles = read_threshold_profiles(XALINK_THRESHOLD_PROFILES);
  if (!profiles) throw std::runtime_error(profiles.error().to_string());
  return *profiles;
}
ThresholdProfile profile(const std::string& id) {
  for (auto& each : shipped()) {
    if (each.id == id) return each;
  }
  throw std::runtime_error(id);
}

// A site with these means, seen at the period's end.
struct Office {
  MeasuredFigures measured;
  Availability availability;
  registry::Line contract;

  Office(double down, double up, double rtt, double loss, const std::string& technology = "fibre") {
    if (down >= 0) measured.download_mbps.add(down);
    if (up >= 0) measured.upload_mbps.add(up);
    if (rtt >= 0) measured.rtt_ms.add(rtt);
    if (loss >= 0) measured.loss_percent.add(loss);
    measured.technology = technology;
  }
  [[nodiscard]] SiteCoverage by(const ThresholdProfile& profile, std::chrono::days ago = {}) const {
    SiteFacts facts;
    facts.availability = &availability;
    facts.measured = &measured;
    facts.contract = &contract;
    facts.last_seen = kEnd - ago;
    return coverage_of(profile, facts, kEnd);
  }
};

TEST(Coverage, TheShippedProfilesAreThoseOfTheSources) {
  std::string all;
  for (const auto& each : shipped()) {
    for (const auto& one : each.requirements) {
      for (const auto& text : {one.source, one.standing}) {
        EXPECT_NE(halves(text).english, halves(text).vietnamese) << text;
      }
      all += each.id + " " + std::string(to_string(one.measure)) + " " + registry::decimal_text(one.good);
      all += (one.limited ? " " + registry::decimal_text(*one.limited) : "") + "\n";
    }
  }
  EXPECT_EQ(all,
            "qcvn34 rtt_ms 50\nqcvn34 download_of_contract 0.8\nqcvn34 upload_of_contract 0.8\n"
            "qcvn34 availability_percent 99.5\n"
            "qd36 download_mbps 200\nqd36 download_mbps 40\nqd36 download_mbps 100\n"
            "itu10 download_mbps 10\ngiga20 download_mbps 20\ngiga download_mbps 5 1\n"
            "office download_mbps 20\noffice upload_mbps 5\noffice rtt_ms 100\noffice loss_percent 1\n"
            "office availability_percent 99\n");
}

TEST(Coverage, HasFourStates) {
  const auto giga = profile("giga");
  EXPECT_EQ(Office(5, 1, 10, 0).by(giga).state, CoverageState::good);
  EXPECT_EQ(Office(4.99, 1, 10, 0).by(giga).state, CoverageState::limited);
  EXPECT_EQ(Office(1, 1, 10, 0).by(giga).state, CoverageState::limited);
  EXPECT_EQ(Office(0.99, 1, 10, 0).by(giga).state, CoverageState::bad);
  EXPECT_EQ(Office(-1, 1, 10, 0).by(giga).state, CoverageState::no_recent_data);
  EXPECT_EQ(Office(50, 1, 10, 0).by(giga, std::chrono::days(29)).state, CoverageState::no_recent_data);

  const auto office = profile("office");
  EXPECT_EQ(Office(20, 5, 100, 1).by(office).state, CoverageState::good);
  EXPECT_EQ(Office(20, 4, 100, 1).by(office).state, CoverageState::limited);
  EXPECT_EQ(Office(19, 4, 101, 2).by(office).state, CoverageState::bad);
  const auto judged = Office(20, -1, 101, 1).by(office);
  std::vector<Outcome> outcomes;
  for (const auto& each : judged.requirements) outcomes.push_back(each.outcome);
  EXPECT_EQ(outcomes, (std::vector{Outcome::good, Outcome::not_measured, Outcome::bad, Outcome::good,
                                   Outcome::not_measured}));
}

TEST(Coverage, AskOfEachTechnologyWhatIsMeantForIt) {
  const auto plan = profile("qd36");
  EXPECT_EQ(Office(50, 1, 10, 0, "fibre").by(plan).state, CoverageState::bad);
  EXPECT_EQ(Office(50, 1, 10, 0, "4g").by(plan).state, CoverageState::good);
  EXPECT_EQ(Office(50, 1, 10, 0, "5g").by(plan).state, CoverageState::bad);
  EXPECT_EQ(Office(50, 1, 10, 0, "vsat").by(plan).state, CoverageState::no_recent_data);
  EXPECT_EQ(Office(50, 1, 10, 0, "").by(plan).requirements[0].outcome, Outcome::does_not_apply);
}

TEST(Coverage, ComparesWithTheContractAndWithAvailabilityOfTheLine) {
  const auto qcvn = profile("qcvn34");
  Office office(80, 79, 50, 0);
  office.contract.down_mbps = 100;
  office.contract.up_mbps = 100;
  auto& hours = office.availability.all_hours;
  hours.period = Milliseconds(10'000);
  hours.up = Milliseconds(9'000);
  hours.down[index(Cause::services)] = Milliseconds(500);
  hours.down[index(Cause::power)] = Milliseconds(460);
  hours.down[index(Cause::internet)] = Milliseconds(40);
  const auto judged = office.by(qcvn);
  EXPECT_EQ(judged.requirements[0].outcome, Outcome::good);
  EXPECT_EQ(judged.requirements[1].outcome, Outcome::good);
  EXPECT_EQ(judged.requirements[2].outcome, Outcome::bad);
  // (9000 + 500) of (10000 - 460)
  EXPECT_EQ(judged.requirements[3].outcome, Outcome::good);
  EXPECT_NEAR(*judged.requirements[3].measured, 99.5807, 0.0001);
  EXPECT_EQ(judged.state, CoverageState::limited);
  office.contract.down_mbps.reset();
  EXPECT_EQ(office.by(qcvn).requirements[1].outcome, Outcome::not_measured);
}

TEST(Coverage, IsLiveAtRiskOrSilentByDays) {
  using std::chrono::days;
  for (const auto& [ago, expected] :
       {std::pair(days(0), Liveness::live), std::pair(days(21), Liveness::live),
        std::pair(days(22), Liveness::at_risk), std::pair(days(28), Liveness::at_risk),
        std::pair(days(29), Liveness::silent)}) {
    EXPECT_EQ(liveness_of(kEnd - ago, kEnd), expected) << ago.count();
  }
  EXPECT_EQ(liveness_of(std::nullopt, kEnd), Liveness::silent);
  EXPECT_EQ(best({CoverageState::bad, CoverageState::no_recent_data, CoverageState::limited}),
            CoverageState::limited);
  EXPECT_EQ(best({}), CoverageState::no_recent_data);
}

TEST(Coverage, ProfilesWithMistakesSayWhere) {
  const std::string head =
      "profile,name,name_vi,measure,statistic,technologies,good,limited,source,standing\n";
  const auto told = [&](const std::string& row) {
    const auto read = parse_threshold_profiles(head + row, "p.csv");
    return read ? std::string() : read.error().to_string();
  };
  EXPECT_EQ(told("a,A,A,rtt_ms,p95,,100,,s,t\n"), "");
  EXPECT_NE(told("a,A,A,rtt,p95,,100,,s,t\n").find("p.csv:2: column 4 (measure): \"rtt\""),
            std::string::npos);
  EXPECT_NE(told("a,A,A,rtt_ms,p99,,100,,s,t\n").find("column 5 (statistic)"), std::string::npos);
  EXPECT_NE(told("a,A,A,rtt_ms,p95,,x,,s,t\n").find("column 7 (good)"), std::string::npos);
  EXPECT_NE(told("a,A,A,rtt_ms,p95,,100,50,s,t\n").find("column 8 (limited)"), std::string::npos);
  EXPECT_NE(told("a,A,A,rtt_ms,p95,,100,,,t\n").find("column 9 (source)"), std::string::npos);
  EXPECT_NE(told("a,A,A,rtt_ms\n").find("p.csv:2: has 4 fields"), std::string::npos);
  const auto wrong = parse_threshold_profiles(head + "a,A,A,rtt_ms,p95,,x,,s,t\n", "p.csv");
  EXPECT_EQ(
      xalink::told(wrong.error(), Language::vietnamese),
      "p.csv:2: cột 7 (good): \"x\" không phải số. Tiếp theo: Sửa lại như trong threshold-profiles.csv của "
      "gói này");
  EXPECT_FALSE(parse_threshold_profiles("", "p.csv"));
  EXPECT_FALSE(parse_threshold_profiles("a,b\n", "p.csv"));
}

class SiteMeasuresTest : public testing::Test {
 protected:
  void add(const Schema& schema, const std::string& at,
           const std::vector<std::pair<std::string, Value>>& values) {
    store::StoredRecord record;
    record.schema = &schema;
    record.values.resize(schema.columns.size());
    for (const auto& [column, value] : values) {
      const auto place = column_index(schema, column);
      if (!place) throw std::invalid_argument(column);
      record.values[*place] = value;
    }
    record.time = local(at);
    record.boot = "b";
    record.boot_time = record.time - local("2024-09-01 00:00");
    records.push_back(std::move(record));
  }
  [[nodiscard]] MeasuredFigures figures() const {
    SiteMeasures measures({local("2024-09-02 00:00"), local("2024-09-03 00:00")});
    for (const auto& record : records) measures.take(record);
    return measures.figures();
  }
  std::vector<store::StoredRecord> records;
};

TEST_F(SiteMeasuresTest, ARowCountsAsOftenAsItStandsFor) {
  const auto ping = with_runs(ping_schema("anchor"));
  const auto hop = with_runs(ping_schema("gateway"));
  const auto mean = [](std::uint64_t us, std::uint64_t runs) {
    return std::vector<std::pair<std::string, Value>>{{"RTT mean", us}, {"Loss", 0.0}, {"Runs", runs}};
  };
  add(ping, "2024-09-01 23:50", mean(999'000, 1));  // of the day before
  add(ping, "2024-09-02 00:10", mean(10'000, 20));
  add(ping, "2024-09-02 00:25", mean(40'000, 15));  // the one before stood for 15
  add(ping, "2024-09-02 00:30", mean(90'000, 4));   // for 4
  add(ping, "2024-09-03 00:30", mean(99'000, 1));   // the last of the day for 1; not of the day itself
  add(hop, "2024-09-02 00:10", mean(1'000, 1));     // the next hop is not the way beyond
  const auto expect_all = [](const MeasuredFigures& found) {
    EXPECT_EQ(found.rtt_ms.count(), 20U);
    // (15 * 10 + 4 * 40 + 90) / 20
    EXPECT_DOUBLE_EQ(*found.rtt_ms.mean(), 20.0);
    EXPECT_EQ(found.rtt_ms.statistic(Statistic::median), 10.0);
    EXPECT_EQ(found.rtt_ms.statistic(Statistic::p90), 40.0);
    EXPECT_EQ(found.rtt_ms.quantile(1), 90.0);
    EXPECT_EQ(found.loss_percent.mean(), 0.0);
  };
  expect_all(figures());
  std::mt19937 random(1);
  std::ranges::shuffle(records, random);
  expect_all(figures());
}

TEST_F(SiteMeasuresTest, GathersSpeedServicesPowerAndTechnology) {
  const auto speed = throughput_schema();
  const auto reach = with_runs(reach_schema("one-stop"));
  const auto power = with_runs(power_schema());
  const auto access = access_schema();
  add(speed, "2024-09-02 08:00",
      {{"Download", std::uint64_t{20'000'000}}, {"Upload", std::uint64_t{5'000'000}}});
  add(speed, "2024-09-02 12:00", {{"Download", std::uint64_t{30'000'000}}});
  add(reach, "2024-09-02 08:00", {{"Success", true}, {"Runs", std::uint64_t{1}}});
  add(reach, "2024-09-02 09:00", {{"Success", false}, {"Runs", std::uint64_t{9}}});
  add(power, "2024-09-02 09:00", {{"Under Voltage", true}, {"Mains", true}, {"Runs", std::uint64_t{1}}});
  add(access, "2024-09-02 09:00", {{"Technology", std::string("4g")}});
  add(access, "2024-09-02 08:00", {{"Technology", std::string("fibre")}});
  add(access, "2024-09-03 09:00", {{"Technology", std::string("leo")}});
  const auto found = figures();
  EXPECT_DOUBLE_EQ(*found.download_mbps.mean(), 25.0);
  EXPECT_EQ(found.upload_mbps.count(), 1U);
  EXPECT_EQ(found.services.at("one-stop"), (Ratio{9, 10}));
  EXPECT_EQ(found.under_voltage, (Ratio{1, 1}));
  EXPECT_EQ(found.on_mains, (Ratio{1, 1}));
  EXPECT_EQ(found.technology, "4g");
}

TEST_F(SiteMeasuresTest, AnHourlySummaryCountsAsItsMeasurements) {
  const auto ping = ping_schema("anchor");
  HourlySummary hour(ping);
  Record record;
  record.values.resize(ping.columns.size());
  for (const std::uint64_t rtt : {10'000U, 20'000U, 60'000U}) {
    record.values[*column_index(ping, "RTT mean")] = rtt;
    record.values[*column_index(ping, "Loss")] = 20.0;
    hour.add(record);
  }
  const auto summary = summary_schema(ping);
  store::StoredRecord stored;
  stored.schema = &summary;
  stored.values = hour.finish(1, 3).values;
  stored.time = local("2024-09-02 10:00");
  records.push_back(stored);
  const auto found = figures();
  EXPECT_EQ(found.rtt_ms.count(), 3U);
  EXPECT_DOUBLE_EQ(*found.rtt_ms.mean(), 30.0);
  EXPECT_DOUBLE_EQ(*found.loss_percent.mean(), 20.0);
  EXPECT_EQ(found.summarised, 6U);
}

TEST(Villages, AreCountedByTheNewestSurveyAndWithoutSignalByPower) {
  ScratchFolder folder;
  const auto judged = registry::judge_files(
      {folder.write(
           "c.csv",
           "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\n"
           "00691,,,xã,Á,024,Hà Giang,02,Hà Giang,\n"),
       folder.write("v.csv",
                    "code,valid_from,village,date,coverage,grid_power,hard_area,source\n"
                    "00691,,Một,2023-01-01,none,no,yes,survey\n"
                    "00691,,Một,2024-01-01,none,yes,yes,survey\n"
                    "00691,,Hai,2024-01-01,none,no,,survey\n"
                    "00691,,Ba,2024-02-01,none,yes,no,survey\n"
                    "00691,,Bốn,2024-01-01,none,,,survey\n"
                    "00691,,Năm,2024-01-01,partial,no,,survey\n"
                    "00691,,Sáu,2024-01-01,covered,yes,,survey\n"
                    "00691,,Bảy,2025-01-01,covered,yes,,survey\n")},
      {}, false, TextEncoding::automatic);
  ASSERT_TRUE(judged);
  for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
  const registry::Registry registry(judged->change.result);
  const auto found = village_figures(registry, {"00691", std::nullopt}, *registry::read_date("2024-09-30"));
  EXPECT_EQ(found.surveyed, 6U);
  EXPECT_EQ(found.without_signal, 4U);
  EXPECT_EQ(found.with_gaps, 1U);
  EXPECT_EQ(found.covered, 1U);
  EXPECT_EQ(found.without_power, 2U);
  EXPECT_EQ(found.hard_area_with_power, 1U);
  EXPECT_EQ(found.other_with_power, 1U);
  EXPECT_EQ(found.no_power, 1U);
  EXPECT_EQ(found.power_not_told, 1U);
  EXPECT_EQ(found.oldest_survey, registry::read_date("2024-01-01"));
  EXPECT_EQ(found.newest_survey, registry::read_date("2024-02-01"));
}

TEST(CalendarOpeningTest, HasTheHoursOfTheCalendar) {
  const WorkCalendar calendar;
  const CalendarOpening opening(calendar);
  const Interval week{local("2024-09-02 00:00"), local("2024-09-08 24:00")};
  EXPECT_EQ(open_within(week, opening, {}), open_within(week, MondayToFriday(), {}));
}

}  // namespace
}  // namespace xalink::test
