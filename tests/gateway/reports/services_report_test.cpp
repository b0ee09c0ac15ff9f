// Services of a small province, reckoned by hand (commune_days.hpp).
//
//              lung-cu (zone III)      dong-van (zone I)                all
// one-stop     99 of 100: good         3 of 4, missing 13:30-15:30      102 of 104 = 98.08 %
// tax          -                       4 of 4                           4 of 4

#include "gateway/reports/services_report.hpp"

#include <gtest/gtest.h>

#include "gateway/reports/cell_text.hpp"
#include "tests/gateway/reports/commune_days.hpp"

namespace xalink::reports {
namespace {

class ServicesReportTest : public testing::Test {
 protected:
  ServicesReportTest() {
    measured_["lung-cu"].services["one-stop"] = {99, 100};
    measured_["dong-van"].services["one-stop"] = {3, 4};
    measured_["dong-van"].services["tax"] = {4, 4};
  }
  Document report(Scope scope) const {
    EXPECT_EQ(days_.mistakes, "");
    const OutageReportInput ground{days_.sites, days_.registry, 7,    days_.period, days_.span,
                                   scope,       days_.opening,  false};
    const meaning::ThresholdProfile nothing_asked;
    auto document = services_report({ground, measured_, nothing_asked});
    EXPECT_EQ(flaw_of(document), "");
    return document;
  }
  static std::string row(const Document& document, const char* table, std::size_t number) {
    const auto& from = *table_named(document, table);
    if (number >= from.rows.size()) return "no such row";
    std::string all;
    for (std::size_t i = 0; i < from.columns.size(); ++i) {
      all += (i == 0 ? "" : " | ") + cell_for_people(from.rows[number].cells.at(i), from.columns[i].kind,
                                                     from.columns[i].digits, Language::english);
    }
    return all;
  }
  CommuneDays days_;
  meaning::SiteMeasurements measured_;
};

TEST_F(ServicesReportTest, PutsThePoorestFirst) {
  const auto document = report(Scope::commune);
  EXPECT_EQ(row(document, "services", 0),
            "one-stop | limited | 98.08\u00a0% | 102 | 104 | 1 | 2:00:00 | 2:00:00");
  EXPECT_EQ(row(document, "services", 1), "tax | good | 100.00\u00a0% | 4 | 4 | 0 | 0:00:00 | 0:00:00");
  EXPECT_EQ(row(document, "units", 0),
            "thị trấn Đồng Văn (Đồng Văn) | one-stop | bad | 75.00\u00a0% | 3 | 4 | 1 | 2:00:00 | 2:00:00");
  EXPECT_EQ(row(document, "units", 1),
            "xã Lũng Cú (Đồng Văn) | one-stop | good | 99.00\u00a0% | 99 | 100 | 0 | 0:00:00 | 0:00:00");
  EXPECT_EQ(row(document, "units", 2),
            "thị trấn Đồng Văn (Đồng Văn) | tax | good | 100.00\u00a0% | 4 | 4 | 0 | 0:00:00 | 0:00:00");
  EXPECT_EQ(table_named(document, "units")->rows.size(), 3U) << "nothing is asked in Mèo Vạc";
}

TEST_F(ServicesReportTest, AddsAnswersAndNotShares) {
  const auto document = report(Scope::district);
  EXPECT_EQ(row(document, "units", 0),
            "Đồng Văn | one-stop | limited | 98.08\u00a0% | 102 | 104 | 1 | 2:00:00 | 2:00:00");
  EXPECT_EQ(table_named(report(Scope::region), "units")->rows.size(), 3U);
}

TEST_F(ServicesReportTest, AServiceThatOnlyAnOutageTellsOfHasNoShare) {
  measured_["dong-van"].services.clear();
  const auto document = report(Scope::commune);
  EXPECT_EQ(row(document, "units", 1),
            "thị trấn Đồng Văn (Đồng Văn) | one-stop | no data | no data | 0 | 0 | 1 | 2:00:00 | 2:00:00");
}

}  // namespace
}  // namespace xalink::reports
