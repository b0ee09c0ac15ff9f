// Outages and availability of a small province, reckoned by hand (commune_days.hpp).
//
//                     lung-cu                    dong-van
// all hours           48 h: up 39, power 9       48 h: up 22, services 2, unknown 24
//   availability      39/48 = 81.25 %            22/24 = 91.67 %
// office hours        16 h: 5/9 07-08 up, the    16 h: 5/9 6 up, 2 services; 6/9 unknown
//                     rest (7 h) power; 6/9 up
//   availability      9/16 = 56.25 %             6/8 = 75 %
// powered on          39/39 = 100 %              22/24
// outages             1, 9 h                     1, 2 h
// district Đồng Văn   61/72 = 84.72 % of all hours, 15/24 = 62.5 % of office hours; 2 outages, 11 h, repaired
// in
//                     5:30 on the average, 61 h / 2 = 30:30 between

#include "gateway/reports/outage_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/csv_writer.hpp"
#include "tests/gateway/reports/commune_days.hpp"

namespace xalink::reports {
namespace {

class OutageReportTest : public testing::Test {
 protected:
  Document report(Scope scope) {
    EXPECT_EQ(days_.mistakes, "");
    auto document = outage_report(
        {days_.sites, days_.registry, 7, days_.period, days_.span, scope, days_.opening, false});
    EXPECT_EQ(flaw_of(document), "");
    return document;
  }
  static std::string shown(const Document& document, const char* table, std::size_t number,
                           const char* column) {
    const auto& from = *table_named(document, table);
    const auto at = *column_at(from, column);
    return cell_for_people(from.rows.at(number).cells.at(at), from.columns[at].kind, from.columns[at].digits,
                           Language::english);
  }
  CommuneDays days_;
};

TEST_F(OutageReportTest, PutsTheLongestOutagesFirstAndWhoHasNoDataLast) {
  const auto document = report(Scope::commune);
  ASSERT_EQ(table_named(document, "units")->rows.size(), 3U);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "xã Lũng Cú (Đồng Văn)");
  EXPECT_EQ(shown(document, "units", 0, "state"), "bad");
  EXPECT_EQ(shown(document, "units", 0, "all_percent"), "81.25\u00a0%");
  EXPECT_EQ(shown(document, "units", 0, "office_percent"), "56.25\u00a0%");
  EXPECT_EQ(shown(document, "units", 0, "powered_percent"), "100.00\u00a0%");
  EXPECT_EQ(shown(document, "units", 0, "down_power"), "9:00:00");
  EXPECT_EQ(shown(document, "units", 0, "up"), "39:00:00");
  EXPECT_EQ(shown(document, "units", 0, "unknown"), "0:00:00");
  EXPECT_EQ(shown(document, "units", 0, "outages"), "1");
  EXPECT_EQ(shown(document, "units", 0, "longest"), "9:00:00");
  EXPECT_EQ(shown(document, "units", 1, "unit"), "thị trấn Đồng Văn (Đồng Văn)");
  EXPECT_EQ(shown(document, "units", 1, "all_percent"), "91.67\u00a0%");
  EXPECT_EQ(shown(document, "units", 1, "office_percent"), "75.00\u00a0%");
  EXPECT_EQ(shown(document, "units", 1, "completeness_percent"), "50.0\u00a0%");
  EXPECT_EQ(shown(document, "units", 1, "down_services"), "2:00:00");
  EXPECT_EQ(shown(document, "units", 2, "unit"), "thị trấn Mèo Vạc (Mèo Vạc)");
  EXPECT_EQ(shown(document, "units", 2, "state"), "no data");
  EXPECT_EQ(shown(document, "units", 2, "all_percent"), "no data");
  EXPECT_EQ(shown(document, "units", 2, "outages"), "no data") << "never 0";
  EXPECT_EQ(shown(document, "units", 2, "down_power"), "no data");
  EXPECT_EQ(shown(document, "units", 2, "unknown"), "48:00:00");
  ASSERT_EQ(document.without_data.size(), 1U);
  EXPECT_EQ(document.without_data[0].vietnamese, "thị trấn Mèo Vạc (Mèo Vạc)");
  EXPECT_TRUE(table_named(document, "units")->rows[0].place);
  EXPECT_FALSE(table_named(document, "units")->rows[2].place);
}

TEST_F(OutageReportTest, AddsUpToThePeriodInEachRow) {
  for (const auto scope : {Scope::commune, Scope::district, Scope::region, Scope::province}) {
    const auto document = report(scope);
    const auto& table = *table_named(document, "units");
    for (const auto& row : table.rows) {
      Milliseconds sum{0};
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& key = table.columns[i].key;
        const auto* time = std::get_if<Milliseconds>(&row.cells[i]);
        if (time != nullptr && (key == "up" || key == "unknown" || key.starts_with("down_"))) sum += *time;
      }
      EXPECT_EQ(Cell(sum), row.cells[*column_at(table, "period")]);
      EXPECT_FALSE(row.code.empty() && scope == Scope::commune);
    }
  }
}

TEST_F(OutageReportTest, SumsDistrictsWithoutCountingTwice) {
  const auto document = report(Scope::district);
  ASSERT_EQ(table_named(document, "units")->rows.size(), 2U);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "Đồng Văn");
  EXPECT_EQ(shown(document, "units", 0, "all_percent"), "84.72\u00a0%");
  EXPECT_EQ(shown(document, "units", 0, "office_percent"), "62.50\u00a0%");
  EXPECT_EQ(shown(document, "units", 0, "outages"), "2");
  EXPECT_EQ(shown(document, "units", 0, "outage_time"), "11:00:00");
  EXPECT_EQ(shown(document, "units", 0, "mttr"), "5:30:00");
  EXPECT_EQ(shown(document, "units", 0, "mtbf"), "30:30:00");
  EXPECT_EQ(shown(document, "units", 0, "period"), "96:00:00");
  EXPECT_EQ(shown(document, "units", 1, "unit"), "Mèo Vạc");
  const auto regions = report(Scope::region);
  EXPECT_EQ(shown(regions, "units", 0, "unit"), "region III");
  EXPECT_EQ(shown(regions, "units", 1, "unit"), "region I");
  EXPECT_EQ(shown(regions, "units", 2, "unit"), "region not told");
}

TEST_F(OutageReportTest, TellsCausesAndEachOutage) {
  const auto document = report(Scope::province);
  const auto& causes = table_named(document, "causes")->rows;
  ASSERT_EQ(causes.size(), 11U) << "ten causes and one service";
  EXPECT_EQ(shown(document, "causes", 1, "down"), "9:00:00");
  EXPECT_EQ(shown(document, "causes", 1, "share_percent"), "81.8\u00a0%") << "9 of 11 h";
  EXPECT_EQ(shown(document, "causes", 1, "down_office"), "7:00:00");
  EXPECT_EQ(shown(document, "causes", 10, "cause"), "of services: one-stop");
  EXPECT_EQ(shown(document, "causes", 10, "down"), "2:00:00");
  EXPECT_EQ(shown(document, "outages", 0, "site"), "lung-cu");
  EXPECT_EQ(shown(document, "outages", 0, "begin"), "2024-09-05 08:00:00");
  EXPECT_EQ(shown(document, "outages", 0, "within"), "9:00:00");
  EXPECT_EQ(shown(document, "outages", 1, "end"), "no data") << "nobody knows when it ended";
  EXPECT_EQ(shown(document, "outages", 1, "estimated"), "estimated");
  EXPECT_EQ(shown(document, "outages", 1, "commune"), "thị trấn Đồng Văn (Đồng Văn)");
  for (const auto& file : as_csv(document, Language::english)) {
    EXPECT_EQ(file.text.find(",=the board"), std::string::npos) << "a board's words are no formula";
  }
}

TEST_F(OutageReportTest, ListsNoBoardThatWasSwitchedOffOnPurpose) {
  meaning::SiteOutage night;
  night.id = "off";
  night.span = days_.span;  // longer than any other: it would stand first
  night.spans = {{night.span, Cause::switched_off, "", false}};
  days_.sites["lung-cu"].outages.push_back(night);

  const auto document = report(Scope::commune);

  EXPECT_EQ(table_named(document, "outages")->rows.size(), 2U);
  EXPECT_EQ(shown(document, "outages", 0, "within"), "9:00:00");
}

TEST_F(OutageReportTest, CountsNoOutagesWhereNothingIsKnown) {
  days_.sites.clear();
  const auto document = report(Scope::province);
  for (const char* key : {"office_percent", "all_percent", "outages", "outage_time", "longest"}) {
    const auto fact = std::ranges::find(document.findings, std::string(key), &Fact::key);
    ASSERT_NE(fact, document.findings.end()) << key;
    EXPECT_EQ(fact->value, Cell(Missing::no_data)) << key << ": never 0";
  }
}

TEST_F(OutageReportTest, SaysWhatTheFiguresRestOn) {
  const auto document = report(Scope::commune);
  EXPECT_EQ(document.records, 200U);
  EXPECT_DOUBLE_EQ(document.estimated_percent.value_or(-1), 5.0) << "10 of 200";
  EXPECT_EQ(document.registry_version, 7);
  EXPECT_TRUE(document.calendar_version.empty());
  EXPECT_TRUE(std::ranges::any_of(document.notes, [](const Said& note) {
    return note.english.find("no holidays") != std::string::npos;
  }));
}

}  // namespace
}  // namespace xalink::reports
