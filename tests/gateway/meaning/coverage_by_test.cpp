// Three communes: one with two boards, one with a silent board, one without.

#include "gateway/meaning/coverage_by.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/registry/judged_files.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/board_story.hpp"

namespace xalink::test {
namespace {

using namespace meaning;

const Interval kPeriod{local("2025-06-01 00:00"), local("2025-07-31 24:00")};

class CoverageBy : public testing::Test {
 protected:
  CoverageBy() {
    const auto judged = registry::judge_files(
        {folder_.write("c.csv",
                       "code,valid_from,valid_to,type,name,district_code,district,province_code,province,"
                       "successors\n"
                       "00691,,2025-06-30,xã,Á,024,Hà Giang,02,Hà Giang,00691@2025-07-01\n"
                       "00694,,2025-06-30,xã,Bê,024,Hà Giang,02,Hà Giang,00691@2025-07-01\n"
                       "00691,2025-07-01,,xã,Mới,,,08,Tuyên Quang,\n"
                       "00697,,,xã,Im,025,Đồng Văn,08,Tuyên Quang,\n"
                       "00700,,,xã,Trống,025,Đồng Văn,08,Tuyên Quang,\n"),
         folder_.write("z.csv",
                       "code,valid_from,zone,zone_from,zone_to,decision\n"
                       "00691,2025-07-01,III,2025-07-01,,60\n"
                       "00697,,III,2021-01-01,,861\n"),
         folder_.write("s.csv",
                       "site,from,to,code,valid_from,name,role\n"
                       "a1,,,00691,,A,office\n"
                       "b1,,,00694,,B,annex\n"
                       "c1,,,00697,,C,office\n"),
         folder_.write("l.csv",
                       "site,from,to,technology,provider,down_mbps,up_mbps,price_vnd_month\n"
                       "a1,2024-01-01,,fibre,VNPT,100,100,\n"
                       "a1,2024-01-01,,4g,Viettel,20,5,\n"
                       "b1,2024-01-01,,4g,Viettel,20,5,\n"),
         folder_.write("v.csv",
                       "code,valid_from,village,date,coverage,grid_power,hard_area,source\n"
                       "00697,,Một,2025-01-01,none,no,yes,survey\n"
                       "00697,,Hai,2025-01-01,covered,yes,no,survey\n")},
        {}, false, TextEncoding::automatic);
    for (const auto& mistake : judged->mistakes) {
      if (!mistake.warning) ADD_FAILURE() << mistake.to_string(Language::english);
    }
    registry_ = registry::Registry(judged->change.result);
    const auto seen = [&](const std::string& site, const std::string& last, double mbps) {
      lines_[site].timeline.period = kPeriod;
      lines_[site].last_seen = local(last);
      if (mbps >= 0) measured_[site].download_mbps.add(mbps);
    };
    seen("a1", "2025-07-08 12:00", 0.5);
    seen("b1", "2025-08-20 00:00", 4);
    seen("c1", "2025-06-20 00:00", 50);
    measured_["a1"].technology = "4g";
    measured_["a1"].services["tax"] = {8, 10};
    measured_["b1"].services["tax"] = {9, 10};
    profile_ = parse_threshold_profiles(
                   "profile,name,name_vi,measure,statistic,technologies,good,limited,source,standing\n"
                   "giga,G,G,download_mbps,mean,,5,1,s,t\n",
                   "p.csv")
                   ->front();
  }
  std::vector<CommuneCoverage> communes() const {
    return coverage_by_commune({registry_, lines_, measured_, profile_, kPeriod, opening_});
  }
  ScratchFolder folder_;
  registry::Registry registry_;
  SiteTimelines lines_;
  SiteMeasurements measured_;
  ThresholdProfile profile_;
  MondayToFriday opening_;
};

TEST_F(CoverageBy, ACommuneIsAsGoodAsItsBestSiteOnTheLastDay) {
  const auto found = communes();
  ASSERT_EQ(found.size(), 3U) << "those that ended with June are not there any more";
  const auto& merged = found[0];
  EXPECT_EQ(merged.commune.to_string(), "00691@2025-07-01");
  EXPECT_EQ(merged.state, CoverageState::limited);
  ASSERT_EQ(merged.sites.size(), 2U);
  EXPECT_EQ(merged.sites[0].coverage.state, CoverageState::bad);
  EXPECT_EQ(merged.sites[0].coverage.liveness, Liveness::at_risk);
  EXPECT_EQ(merged.sites[0].contract->technology, "4g") << "as measured, though fibre is faster";
  EXPECT_EQ(merged.sites[1].coverage.liveness, Liveness::live);
  EXPECT_EQ(merged.liveness, Liveness::live);
  EXPECT_EQ(merged.technologies, std::set<std::string>{"4g"});
  EXPECT_EQ(merged.services.at("tax"), (Ratio{17, 20}));
  EXPECT_EQ(merged.zone, "III");
  const auto& silent = found[1];
  EXPECT_EQ(silent.state, CoverageState::no_recent_data) << "50 Mbit/s of long ago are none of today";
  EXPECT_EQ(silent.liveness, Liveness::silent);
  EXPECT_EQ(silent.villages.no_power, 1U);
  EXPECT_EQ(found[2].state, CoverageState::no_recent_data);
  EXPECT_TRUE(found[2].sites.empty());
}

TEST_F(CoverageBy, CountsEveryCommuneOnce) {
  const auto zones = count_coverage(communes(), By::zone);
  ASSERT_EQ(zones.size(), 2U);
  EXPECT_EQ(zones.at("III").communes, (std::array<std::uint64_t, 4>{0, 1, 0, 1}));
  EXPECT_EQ(zones.at("III").by_liveness, (std::array<std::uint64_t, 3>{1, 0, 1}));
  EXPECT_EQ(zones.at("III").villages.surveyed, 2U);
  EXPECT_EQ(zones.at("").all(), 1U);
  EXPECT_EQ(count_coverage(communes(), By::province).at("08").all(), 3U);
  const auto districts = count_coverage(communes(), By::district);
  EXPECT_EQ(districts.at("").all(), 1U);
  EXPECT_EQ(districts.at("025").all(), 2U);
}

}  // namespace
}  // namespace xalink::test
