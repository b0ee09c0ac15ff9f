// The evidence of a small province (commune_days.hpp): lung-cu was without power for 7 of the 8 office hours
// of 5 September, dong-van without a service for 2 of them.

#include "gateway/reports/investment_evidence.hpp"

#include <gtest/gtest.h>

#include "gateway/reports/coverage_report.hpp"
#include "tests/gateway/reports/commune_days.hpp"

namespace xalink::reports {
namespace {

meaning::ThresholdProfile profile() {
  auto profiles = meaning::parse_threshold_profiles(
      "profile,name,name_vi,measure,statistic,technologies,good,limited,source,standing\n"
      "p,P,P,download_mbps,mean,,20,,s,s\n"
      "p,P,P,rtt_ms,mean,,50,,s,s\n"
      "p,P,P,loss_percent,mean,,1,,s,s\n"
      "p,P,P,availability_percent,office_hours/known/all,,99,,s,s\n",
      "p.csv");
  EXPECT_TRUE(profiles) << profiles.error().to_string();
  return profiles->at(0);
}

TEST(CommuneEvidence, ComesFromFiguresAndRegistry) {
  const CommuneDays days;
  ASSERT_EQ(days.mistakes, "");
  auto sites = days.sites;
  sites["lung-cu"].last_seen = days.span.end - std::chrono::hours(1);
  const OutageReportInput ground{sites,           days.registry, 1,    days.period, days.span,
                                 Scope::district, days.opening,  false};
  MeasuredSites measured;
  measured["lung-cu"].download_mbps.add(5);  // 1 - 5/20 = 0.75
  measured["lung-cu"].rtt_ms.add(200);       // 1 - 50/200 = 0.75
  measured["lung-cu"].loss_percent.add(0);   // 0; mean 0.5, whatever the availability
  const auto bar = profile();
  const auto communes = commune_evidence(ground, measured, bar);
  ASSERT_EQ(communes.size(), 3U);
  const auto& lung_cu = communes[0];
  EXPECT_EQ(lung_cu.key, "00715@");
  EXPECT_EQ(lung_cu.unit.vietnamese, "Đồng Văn");
  EXPECT_EQ(lung_cu.zone, "III");
  EXPECT_EQ(lung_cu.border, true);
  EXPECT_EQ(lung_cu.population, 4800);
  EXPECT_DOUBLE_EQ(lung_cu.availability.value_or(-1), 9.0 / 16);
  EXPECT_DOUBLE_EQ(lung_cu.completeness.value_or(-1), 1.0);
  EXPECT_EQ(lung_cu.down[meaning::index(Cause::power)], std::chrono::hours(9));
  EXPECT_DOUBLE_EQ(lung_cu.coverage_gap.value_or(-1), 0.5);
  EXPECT_EQ(lung_cu.villages, std::nullopt) << "no survey is no evidence";
  EXPECT_EQ(communes[1].coverage_gap, std::nullopt);
  EXPECT_DOUBLE_EQ(communes[1].availability.value_or(-1), 6.0 / 8);
  EXPECT_EQ(communes[2].availability, std::nullopt);
  const auto ranking = rank(communes);
  ASSERT_EQ(ranking.ranked.size(), 2U);
  // lung-cu 25*1 (56 % available), 20*.5, 5*.48, 5*.99, 10*1 = 52.35 of 65; dong-van 25*.98, 5*.7, 5*.9,
  // 10/3 = 35.83 of 45
  EXPECT_EQ(ranking.ranked[0].evidence->key, "00715@");
  EXPECT_NEAR(ranking.ranked[0].score, 5235 / 65.0, 1e-9);
  EXPECT_NEAR(ranking.ranked[1].score, (24.5 + 3.5 + 4.5 + 10 / 3.0) / 45 * 100, 1e-9);
  EXPECT_EQ(ranking.ranked[0].kind, Investment::power);
  EXPECT_EQ(ranking.ranked[1].kind, Investment::service_owner);
  EXPECT_EQ(ranking.unranked.at(0)->key, "00769@");
}

// Lines of 00715's two sites on 6 September 2024, VND a month: 300,000 and 150,000, together 450,000; the
// fastest is 100 Mbit/s down, 50 up. One that ended on the 5th does not count. 00721's has no price.
TEST(CommuneEvidence, TakesContractsAndProgrammesFromTheRegistry) {
  CommuneDays days;
  ScratchFolder folder;
  const auto judged = registry::judge_files(
      {folder.write("communes.csv",
                    "code,type,name,district_code,district,province_code,province,programmes\n"
                    "00715,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang,1719; VTCI\n"
                    "00721,thị trấn,Đồng Văn,026,Đồng Văn,02,Hà Giang,\n"
                    "00769,thị trấn,Mèo Vạc,027,Mèo Vạc,02,Hà Giang,\n"),
       folder.write("sites.csv", "site,code\nlung-cu,00715\nlung-cu-2,00715\ndong-van,00721\n"),
       folder.write("lines.csv",
                    "site,from,to,technology,provider,down_mbps,up_mbps,price_vnd_month\n"
                    "lung-cu,2023-01-01,,fibre,VNPT,100,50,300000\n"
                    "lung-cu,2022-01-01,2024-09-05,vsat,,8,1,9000000\n"
                    "lung-cu-2,2023-01-01,,4g,Viettel,20,,150000\n"
                    "dong-van,2023-01-01,,fibre,,40,,\n")},
      {}, false, TextEncoding::automatic);
  ASSERT_EQ(judged->errors, 0U);
  const registry::Registry filled(judged->change.result);
  const OutageReportInput ground{days.sites,     filled,       1,    days.period, days.span,
                                 Scope::commune, days.opening, false};
  const auto communes = commune_evidence(ground, {}, profile());
  ASSERT_EQ(communes.size(), 3U);
  EXPECT_EQ(communes[0].contract.lines, Said("4G Viettel, fibre VNPT", "4G Viettel, cáp quang VNPT"));
  EXPECT_EQ(communes[0].contract.price_vnd_month, 450'000);
  EXPECT_EQ(communes[0].contract.down_mbps, 100.0);
  EXPECT_EQ(communes[0].contract.up_mbps, 50.0);
  EXPECT_EQ(communes[0].programmes, "1719; VTCI");
  EXPECT_EQ(communes[1].contract.lines, Said("fibre", "cáp quang"));
  EXPECT_EQ(communes[1].contract.price_vnd_month, std::nullopt) << "nothing is put in place of a price";
  EXPECT_EQ(communes[1].contract.up_mbps, std::nullopt);
  EXPECT_EQ(communes[1].programmes, "");
  EXPECT_TRUE(communes[2].contract.lines.empty());
}

// Of 00715 a department told 8 villages on 1 August and, corrected on 3 September, 9; an operator 7; later
// than the period another 10. The registry surveyed two of its villages.
TEST(CoverageReport, PutsAgenciesCountsOfVillagesBesideTheRegistrys) {
  CommuneDays days;
  ScratchFolder folder;
  auto rows = registry::judge_files(
      {folder.write("communes.csv",
                    "code,type,name,district_code,district,province_code,province\n"
                    "00715,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang\n"),
       folder.write("villages.csv",
                    "code,village,date,coverage,grid_power,source\n"
                    "00715,Lô Lô Chải,2024-05-01,none,no,s\n00715,Thèn Pả,2024-06-01,full,yes,s\n")},
      {}, false, TextEncoding::automatic);
  ASSERT_EQ(rows->errors, 0U) << rows->mistakes.at(0).to_string(Language::english);
  const registry::Registry surveyed(rows->change.result);
  const OutageReportInput ground{days.sites,     surveyed,     1,    days.period, days.span,
                                 Scope::commune, days.opening, false};
  const auto day = [](const char* text) { return *registry::read_date(text); };
  const auto at = [&](const char* text) { return meaning::start_of(day(text)); };
  const auto bar = profile();
  const meaning::SiteMeasurements none;
  CoverageReportInput input{ground, none, bar};
  input.village_counts = {
      {"00715", "", day("2024-08-01"), "Sở TT&TT", 8, 2, 1, 0, at("2024-08-02")},
      {"00715", "", day("2024-08-01"), "Sở TT&TT", 9, 3, std::nullopt, 0, at("2024-09-03")},
      {"00715", "", day("2024-07-01"), "Viettel", 7, 1, 1, 1, at("2024-09-05")},
      {"00715", "", day("2024-09-30"), "Sở TT&TT", 10, 0, 0, 0, at("2024-10-01")},
      {"99999", "", day("2024-07-01"), "Viettel", 3, 0, 0, 0, at("2024-09-05")}};
  const auto document = coverage_report(input);
  EXPECT_EQ(flaw_of(document), "");
  const auto& table = *table_named(document, "villages");
  ASSERT_EQ(table.rows.size(), 3U);
  const auto of = [&](std::size_t row, const char* column) {
    return table.rows.at(row).cells[*column_at(table, column)];
  };
  EXPECT_EQ(of(0, "villages"), Cell(std::int64_t{9}));
  EXPECT_EQ(of(0, "no_signal"), Cell(std::int64_t{3}));
  EXPECT_EQ(of(0, "gaps"), Cell(Missing::not_given));
  EXPECT_EQ(of(0, "as_of"), Cell(day("2024-08-01")));
  EXPECT_EQ(of(0, "source"), Cell(std::string("Sở TT&TT")));
  EXPECT_EQ(of(1, "villages"), Cell(std::int64_t{7})) << "another source is another row: nothing is added";
  EXPECT_EQ(of(0, "registry_villages"), Cell(std::int64_t{2}));
  EXPECT_EQ(of(0, "registry_no_signal"), Cell(std::int64_t{1}));
  EXPECT_EQ(of(0, "registry_survey"), Cell(day("2024-06-01")));
  EXPECT_EQ(of(2, "commune"), Cell(std::string("99999"))) << "a code that the registry lacks is not lost";
  const auto& units = *table_named(document, "units");
  EXPECT_EQ(units.rows.at(0).cells[*column_at(units, "villages")], Cell(std::int64_t{2}));
}

TEST(CoverageReport, JudgesEachCommuneByTheProfile) {
  CommuneDays days;
  days.sites["lung-cu"].last_seen = days.span.end - std::chrono::hours(1);
  const OutageReportInput ground{days.sites,     days.registry, 1,    days.period, days.span,
                                 Scope::commune, days.opening,  false};
  MeasuredSites measured;
  measured["lung-cu"].download_mbps.add(25);  // met
  measured["lung-cu"].rtt_ms.add(200);        // not met
  measured["lung-cu"].services["one-stop"] = {3, 4};
  const auto bar = profile();
  const auto document = coverage_report({ground, measured, bar});
  EXPECT_EQ(flaw_of(document), "");
  const auto& units = *table_named(document, "units");
  ASSERT_EQ(units.rows.size(), 3U);
  const auto state_in = [&](std::size_t row) { return std::get<State>(units.rows[row].cells[1]).key; };
  EXPECT_EQ(state_in(0), "limited") << "download is met, round trip and availability are not";
  EXPECT_EQ(state_in(2), "no_recent_data");
  EXPECT_EQ(units.rows[0].cells[*column_at(units, "services_percent")], Cell(75.0));
  EXPECT_EQ(units.rows[0].cells[*column_at(units, "villages")], Cell(Missing::not_given));
  const auto& wanted = *table_named(document, "requirements");
  const auto measured_at = *column_at(wanted, "measured");
  ASSERT_GE(wanted.rows.size(), 4U);
  EXPECT_EQ(wanted.rows[0].cells[measured_at], Cell(25.0));
  EXPECT_EQ(wanted.rows[1].cells[measured_at], Cell(200.0));
  EXPECT_EQ(wanted.rows[2].cells[measured_at], Cell(Missing::not_measured));
  EXPECT_EQ(wanted.rows[3].cells[measured_at], Cell(56.25));
}

TEST(CoverageReport, TellsItsRequirementsInVietnameseAndOfEachRowItsCode) {
  CommuneDays days;
  days.sites["lung-cu"].last_seen = days.span.end - std::chrono::hours(1);
  const OutageReportInput ground{days.sites,     days.registry, 1,    days.period, days.span,
                                 Scope::commune, days.opening,  false};
  MeasuredSites measured;
  measured["lung-cu"].download_mbps.add(25);
  const auto profiles = meaning::parse_threshold_profiles(
      "profile,name,name_vi,measure,statistic,technologies,good,limited,source,standing\n"
      "mine,Mine,Của tôi,download_mbps,median,,20,,proposal | đề xuất,agree on it | cần thống nhất\n",
      "mine.csv");
  ASSERT_TRUE(profiles) << profiles.error().to_string();
  const auto document = coverage_report({ground, measured, profiles->front()});
  const auto& wanted = *table_named(document, "requirements");
  EXPECT_EQ(wanted.rows.at(0).cells[*column_at(wanted, "requirement")],
            Cell(Said{"Download, Mbit/s, median", "Tải xuống, Mbit/s, trung vị"}));
  const auto& last = document.definitions.back();
  EXPECT_EQ(last.meaning, (Said{"Wanted: 20.00 (agree on it)", "Mức cần: 20,00 (cần thống nhất)"}));
  EXPECT_EQ(last.source, (Said{"proposal", "đề xuất"}));
  const auto& units = *table_named(document, "units");
  EXPECT_EQ(units.rows.at(0).code.find("00715@"), 0U) << units.rows.at(0).code;
}

TEST(CoverageReport, CountsEveryCommuneOnceInALargerUnit) {
  CommuneDays days;
  days.sites["lung-cu"].last_seen = days.span.end - std::chrono::hours(1);
  const OutageReportInput ground{days.sites,      days.registry, 1,    days.period, days.span,
                                 Scope::district, days.opening,  false};
  MeasuredSites measured;
  measured["lung-cu"].download_mbps.add(25);
  const auto bar = profile();
  const auto document = coverage_report({ground, measured, bar});
  EXPECT_EQ(flaw_of(document), "");
  const auto& units = *table_named(document, "units");
  ASSERT_EQ(units.rows.size(), 2U);
  EXPECT_EQ(units.rows[0].cells[0], Cell(Said{"Đồng Văn", "Đồng Văn"}));
  EXPECT_EQ(units.rows[0].cells[*column_at(units, "communes")], Cell(std::int64_t{2}));
  EXPECT_EQ(units.rows[0].cells[*column_at(units, "limited")], Cell(std::int64_t{1}));
  EXPECT_EQ(units.rows[1].cells[*column_at(units, "no_recent_data")], Cell(std::int64_t{1}));
}

}  // namespace
}  // namespace xalink::reports
