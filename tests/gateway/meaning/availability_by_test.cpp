// Two old communes become one in the middle of the period; one of them has two boards; a third has none.

#include "gateway/meaning/availability_by.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/registry/judged_files.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/board_story.hpp"

namespace xalink::test {
namespace {

using namespace meaning;
using std::chrono::minutes;
using State = Segment::State;

constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\r\n"
    "00691,,2025-06-30,xã,Á,024,Hà Giang,02,Hà Giang,00691@2025-07-01\r\n"
    "00694,,2025-06-30,xã,Bê,024,Hà Giang,02,Hà Giang,00691@2025-07-01\r\n"
    "00697,,,xã,Trống,025,Đồng Văn,02,Hà Giang,\r\n"
    "00691,2025-07-01,,xã,Mới,,,08,Tuyên Quang,\r\n";
constexpr const char* kZones =
    "code,valid_from,zone,zone_from,zone_to,decision\r\n"
    "00691,,III,2021-01-01,,861/QĐ-TTg\r\n"
    "00694,,III,2021-01-01,,861/QĐ-TTg\r\n"
    "00697,,I,2021-01-01,2025-06-30,861/QĐ-TTg\r\n"
    "00697,,II,2025-07-01,,a later one\r\n";
constexpr const char* kSites =
    "site,from,to,code,valid_from,name,role\r\n"
    "a1,,,00691,,Trụ sở,office\r\n"
    "a2,,,00691,,Điểm phụ,annex\r\n"
    "b1,,,00694,,Trụ sở,office\r\n";

// hours:      00      06      12      15  16      18      24
// a1  30/6    up .............. first hop ........ unknown   1/7  up
// a2  30/6    link .. power ......... up  service  unknown   1/7  unknown
// b1  30/6    up .......................................     1/7  00-08 internet, then up
const Interval kPeriod{local("2025-06-30 00:00"), local("2025-07-01 24:00")};

SiteTimeline line(const std::vector<std::tuple<std::string, State, Cause>>& from) {
  SiteTimeline site;
  site.timeline.period = kPeriod;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto& [at, state, cause] = from[i];
    Segment segment;
    segment.span = {local(at), i + 1 < from.size() ? local(std::get<0>(from[i + 1])) : kPeriod.end};
    segment.state = state;
    segment.cause = cause;
    if (cause == Cause::services) segment.subject = "one-stop";
    site.timeline.segments.push_back(segment);
  }
  return site;
}

class AvailabilityBy : public testing::Test {
 protected:
  AvailabilityBy() {
    const auto judged =
        registry::judge_files({folder_.write("communes.csv", kCommunes), folder_.write("zones.csv", kZones),
                               folder_.write("sites.csv", kSites)},
                              {}, false, TextEncoding::automatic);
    for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
    registry_ = registry::Registry(judged->change.result);
    constexpr auto kUp = Cause::switched_off;
    sites_["a1"] = line({{"2025-06-30 00:00", State::up, kUp},
                         {"2025-06-30 12:00", State::down, Cause::first_hop},
                         {"2025-06-30 18:00", State::unknown, kUp},
                         {"2025-07-01 00:00", State::up, kUp}});
    sites_["a2"] = line({{"2025-06-30 00:00", State::down, Cause::link},
                         {"2025-06-30 06:00", State::down, Cause::power},
                         {"2025-06-30 15:00", State::up, kUp},
                         {"2025-06-30 16:00", State::down, Cause::services},
                         {"2025-06-30 18:00", State::unknown, kUp}});
    sites_["b1"] = line({{"2025-06-30 00:00", State::up, kUp},
                         {"2025-07-01 00:00", State::down, Cause::internet},
                         {"2025-07-01 08:00", State::up, kUp}});
    sites_["a1"].records[*registry::read_date("2025-06-30")] = {10, 1, 0};
    sites_["a1"].records[*registry::read_date("2025-07-01")] = {20, 0, 0};
  }

  std::vector<UnitAvailability> by(By unit) const {
    return availability_by(unit, registry_, sites_, kPeriod, opening_);
  }
  // In minutes: "key: period up unknown/of it without board; cause minutes ...".
  static std::string text(const UnitAvailability& unit, const Tally& tally) {
    const auto in_minutes = [](Milliseconds time) { return std::to_string(time.count() / 60'000); };
    std::string text = unit.key + ": " + in_minutes(tally.period) + " = up " + in_minutes(tally.up) +
                       " + ? " + in_minutes(tally.unknown) + "/" + in_minutes(tally.without_board);
    for (std::size_t i = 0; i < kCauseCount; ++i) {
      const auto cause = static_cast<Cause>(i);
      if (tally.down_by(cause) > Milliseconds::zero())
        text += " + " + std::string(to_string(cause)) + " " + in_minutes(tally.down_by(cause));
    }
    EXPECT_EQ(tally.up + tally.unknown + tally.down_total(), tally.period) << unit.key;
    return text + ", outages " + std::to_string(tally.outages) + "\n";
  }
  std::string all(By unit) const {
    std::string table;
    for (const auto& each : by(unit)) table += text(each, each.availability.all_hours);
    return table;
  }

  ScratchFolder folder_;
  registry::Registry registry_;
  SiteTimelines sites_;
  MondayToFriday opening_;
};

TEST_F(AvailabilityBy, SitesAreEachByThemselves) {
  EXPECT_EQ(all(By::site),
            "a1: 2880 = up 2160 + ? 360/0 + first hop 360, outages 1\n"
            "a2: 2880 = up 60 + ? 1800/0 + power 540 + link 360 + services 120, outages 2\n"
            "b1: 2880 = up 2400 + ? 0/0 + internet 480, outages 1\n");
}

TEST_F(AvailabilityBy, ACommuneIsUpWhileAnyBoardIsAndHasTheDaysBeforeOrAfterAMerger) {
  EXPECT_EQ(all(By::commune),
            "00691@: 1440 = up 780 + ? 360/0 + first hop 180 + services 120, outages 2\n"
            "00691@2025-07-01: 1440 = up 1440 + ? 0/0, outages 0\n"
            "00694@: 1440 = up 1440 + ? 0/0, outages 0\n"
            "00697@: 2880 = up 0 + ? 2880/2880, outages 0\n");
  const auto communes = by(By::commune);
  EXPECT_EQ(communes[0].name, "xã Á");
  EXPECT_EQ(communes[0].sites, (std::vector<std::string>{"a1", "a2"}));
  EXPECT_EQ(communes[1].sites, (std::vector<std::string>{"a1", "a2", "b1"}));
  EXPECT_EQ(communes[0].records.records, 10U);
  EXPECT_EQ(communes[0].records.estimated, 1U);
  EXPECT_EQ(communes[1].records.records, 20U);
  EXPECT_EQ(communes[3].communes_without_data, 1U);
  EXPECT_EQ(communes[0].communes_without_data, 0U);
  // 07:00-11:30 up, 13:30-15:00 first hop, 15:00-16:00 up, 16:00-17:00 service.
  EXPECT_EQ(text(communes[0], communes[0].availability.office_hours),
            "00691@: 480 = up 330 + ? 0/0 + first hop 90 + services 60, outages 2\n");
  EXPECT_EQ(text(communes[3], communes[3].availability.office_hours),
            "00697@: 960 = up 0 + ? 960/960, outages 0\n");
}

TEST_F(AvailabilityBy, DistrictsZonesAndProvincesCountEachDayOfACommuneOnce) {
  EXPECT_EQ(all(By::district),
            ": 1440 = up 1440 + ? 0/0, outages 0\n"
            "024: 2880 = up 2220 + ? 360/0 + first hop 180 + services 120, outages 2\n"
            "025: 2880 = up 0 + ? 2880/2880, outages 0\n");
  EXPECT_EQ(all(By::zone),
            "I: 1440 = up 0 + ? 1440/1440, outages 0\n"
            "II: 1440 = up 0 + ? 1440/1440, outages 0\n"
            "III: 2880 = up 2220 + ? 360/0 + first hop 180 + services 120, outages 2\n"
            ": 1440 = up 1440 + ? 0/0, outages 0\n");
  EXPECT_EQ(all(By::province),
            "02: 5760 = up 2220 + ? 3240/2880 + first hop 180 + services 120, outages 2\n"
            "08: 1440 = up 1440 + ? 0/0, outages 0\n");
  const auto provinces = by(By::province);
  EXPECT_EQ(provinces[0].communes, 3U);
  EXPECT_EQ(provinces[0].communes_without_data, 1U);
  EXPECT_EQ(provinces[0].availability.all_hours.longest, minutes(180));
}

TEST_F(AvailabilityBy, ASiteThatIsNotRegisteredIsSeenBySiteOnly) {
  sites_["stranger"] = line({{"2025-06-30 00:00", State::up, Cause::switched_off}});
  const auto before = all(By::province);
  EXPECT_NE(all(By::site).find("stranger: 2880 = up 2880"), std::string::npos);
  EXPECT_EQ(all(By::province), before);
}

}  // namespace
}  // namespace xalink::test
