// Tables as people send them: what Excel leaves in them, what they mix up, and which row is said to be wrong.

#include <gtest/gtest.h>

#include <string>

#include "gateway/registry/judged_files.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::registry {
namespace {

constexpr const char* kHeadings = "code,valid_from,valid_to,type,name,province_code,province,successors\n";
constexpr const char* kUnit = "00691,,,xã,Trần Phú,02,Hà Giang,\n";

class RegistryMistakes : public testing::Test {
 protected:
  JudgedFiles judge(const std::string& name, const std::string& text, const std::vector<Entry>& held = {}) {
    auto judged = judge_files({folder.write(name, text)}, held, false, TextEncoding::automatic);
    EXPECT_TRUE(judged) << judged.error().to_string();
    return std::move(*judged);
  }
  /// As the registry gives its rows when it is read.
  static std::vector<Entry> held(const JudgedFiles& judged) {
    auto rows = judged.change.result;
    for (auto& row : rows) row.place = {"registry 3", 0};
    return rows;
  }
  static std::string told(const JudgedFiles& judged, Language language = Language::english) {
    std::string text;
    for (const auto& mistake : judged.mistakes) text += mistake.to_string(language) + "\n";
    return text;
  }
  ScratchFolder folder;
};

TEST_F(RegistryMistakes, RowsThatExcelLeavesOfEmptiedCellsSayNothing) {
  const auto judged = judge("communes.csv", std::string(",,,,,,,\n") + kHeadings + kUnit +
                                                ",,,,,,,\n , ,\xC2\xA0,,,,,\n,,,,,,,,,,,\n\"\",,,,,,,\n");
  EXPECT_EQ(told(judged), "");
  EXPECT_EQ(judged.change.added.size(), 1U);
}

TEST_F(RegistryMistakes, AWorkbookIsToldToBeOne) {
  for (const auto& start :
       {std::string("PK\x03\x04\x14\0\x06\0", 8), std::string("\xD0\xCF\x11\xE0\xA1\xB1")}) {
    const auto judged =
        judge_files({folder.write("zones.xlsx", start + "\n\"\n\xFF\n")}, {}, false, TextEncoding::automatic);
    ASSERT_FALSE(judged);
    EXPECT_NE(
        xalink::told(judged.error(), Language::english).find("zones.xlsx: is a workbook, not CSV. Next: "),
        std::string::npos);
    EXPECT_NE(xalink::told(judged.error(), Language::vietnamese).find("là tệp bảng tính"), std::string::npos);
  }
}

TEST_F(RegistryMistakes, AGigabitWrittenWithAGroupIsNotTakenForOneMegabit) {
  const auto sites = held(judge("communes.csv", std::string(kHeadings) + kUnit));
  const auto with_site = held(judge("sites.csv", "site,code,valid_from\nhg-1,00691,\n", sites));
  const auto speeds = [&](const std::string& down, const std::string& up) {
    return judge("lines.csv",
                 "site,from,technology,down_mbps,up_mbps\nhg-1,2024-01-01,fibre," + down + "," + up + "\n",
                 with_site);
  };
  const auto grouped = speeds("1.000", "\"2,500\"");
  EXPECT_EQ(told(grouped),
            "lines.csv:2: column 4 (down_mbps): \"1.000\" may be 1000 or a fraction. Next: write 1000, or a "
            "fraction with one or two digits such as 1.5\n"
            "lines.csv:2: column 5 (up_mbps): \"2,500\" may be 2500 or a fraction. Next: write 2500, or a "
            "fraction with one or two digits such as 1.5\n");
  const auto plain = speeds("1000", "\"0,512\"");
  EXPECT_EQ(told(plain), "");
  ASSERT_EQ(plain.change.added.size(), 1U);
  EXPECT_EQ(plain.change.added[0].at("down_mbps"), "1000");
  EXPECT_EQ(plain.change.added[0].at("up_mbps"), "0.512");
  EXPECT_EQ(told(speeds("12.5", "\"2,25\"")), "");
  EXPECT_NE(told(speeds("1.000.000", "5")).find("column 4 (down_mbps)"), std::string::npos);
}

TEST_F(RegistryMistakes, OfficeHoursThatNobodyDeclaredAreTold) {
  const auto communes = held(judge("communes.csv", std::string(kHeadings) + kUnit));
  const std::string site = "site,code,valid_from,office_hours\nhg-1,00691,,sáng\n";
  const auto dangling = judge("sites.csv", site, communes);
  EXPECT_EQ(
      told(dangling),
      "sites.csv:2: column 4 (office_hours): warning: there are no office hours named sáng: the default "
      "ones hold. Next: add them to the table office_hours, or mend the name\n");
  EXPECT_EQ(dangling.errors, 0U);
  const auto hours = held(
      judge("office_hours.csv",
            "hours,morning_start,morning_end,afternoon_start,afternoon_end\nsáng,07:00,11:00,11:00,12:00\n",
            communes));
  EXPECT_EQ(told(judge("sites.csv", site, hours)), "");
}

TEST_F(RegistryMistakes, ARowOfTheFileIsToBeMendedRatherThanOneThatIsHeld) {
  // Of one code, the row without a first day sorts before the one with a day, whichever is new.
  const auto later =
      held(judge("communes.csv", std::string(kHeadings) + "00691,2024-07-01,,xã,Trần Phú,02,Hà Giang,\n"
                                                          "00700,,,xã,Khác,02,Hà Giang,\n"));
  const auto judged = judge("new.csv", std::string(kHeadings) + kUnit, later);
  EXPECT_EQ(
      told(judged),
      "new.csv:2: column 2 (valid_from): overlaps with version 3 of the registry of 00691 (2024-07-01 – "
      "...). Next: end one on the day before the other begins\n");
  const auto same_name = judge("new.csv", std::string(kHeadings) + "00600,,,xã,KHÁC,02,Hà Giang,\n", later);
  EXPECT_EQ(told(same_name).find("new.csv:2: column 5 (name): KHÁC is also the name of 00700"), 0U)
      << told(same_name);
}

TEST_F(RegistryMistakes, ARowThatIsHeldIsNamedByItsKeyInTheReadersLanguage) {
  const auto communes = held(judge("communes.csv", std::string(kHeadings) + kUnit));
  const auto sites = held(judge("sites.csv", "site,code,valid_from\nhg-1,00691,\n", communes));
  const auto judged =
      judge("communes.csv", std::string(kHeadings) + "00691,,2025-06-30,xã,Trần Phú,02,Hà Giang,\n", sites);
  EXPECT_NE(told(judged).find(
                "version 3 of the registry: to: row hg-1 00691 of the table sites: the unit 00691@ ended "
                "on 2025-06-30 without a successor"),
            std::string::npos)
      << told(judged);
  const auto text = told(judged, Language::vietnamese);
  EXPECT_NE(text.find("danh bạ phiên bản 3: to: dòng hg-1 00691 của bảng sites: đơn vị 00691@ hết hiệu lực"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("registry"), std::string::npos) << text;
}

TEST_F(RegistryMistakes, AYearThatNobodyCanMeanIsToldAsAYear) {
  const std::string text = std::string(kHeadings) + "00691,2024-01-01,9999-12-31,xã,Trần Phú,02,Hà Giang,\n";
  const auto judged = judge("communes.csv", text);
  EXPECT_EQ(
      told(judged),
      "communes.csv:2: column 3 (valid_to): \"9999-12-31\" is in a year outside 1900 – 2199. Next: mend "
      "the year; leave the field empty where there is no last day\n");
  EXPECT_NE(told(judged, Language::vietnamese).find("\"9999-12-31\" có năm ngoài khoảng 1900 – 2199"),
            std::string::npos)
      << told(judged, Language::vietnamese);
  const auto none =
      judge("communes.csv", std::string(kHeadings) + "00691,,30/2/9999,xã,Trần Phú,02,Hà Giang,\n");
  EXPECT_NE(told(none).find("is not a day of the calendar"), std::string::npos) << told(none);
}

TEST_F(RegistryMistakes, AFigureOfADayToComeIsRefused) {
  const std::string communes =
      "code,type,name,province_code,province,population,population_date\n"
      "00691,xã,Trần Phú,02,Hà Giang,4000,31/12/2099\n00692,xã,Khác,02,Hà Giang,4000,2024-12-31\n";
  const std::string villages = "code,village,date,coverage\n00692,Thôn 1,2025-01-01,none\n";
  const auto first = folder.write("communes.csv", communes);
  const auto second = folder.write("villages.csv", villages);
  const auto today = *read_date("2024-12-31");
  const auto judged = judge_files({first, second}, {}, false, TextEncoding::automatic, today);
  ASSERT_TRUE(judged);
  EXPECT_EQ(
      told(*judged),
      "communes.csv:2: column 7 (population_date): 2099-12-31 is still to come (today is 2024-12-31). "
      "Next: give the day of the figure; or look at this machine's clock\n"
      "villages.csv:2: column 3 (date): 2025-01-01 is still to come (today is 2024-12-31). Next: give the "
      "day of the figure; or look at this machine's clock\n");
  EXPECT_EQ(judged->errors, 2U);
  EXPECT_NE(told(*judged, Language::vietnamese).find("2099-12-31 chưa đến (hôm nay là 2024-12-31)"),
            std::string::npos);
  // What is held already stops nobody who brings other rows.
  const auto before = judge_files({first}, {}, false, TextEncoding::automatic);
  const auto other = judge_files(
      {folder.write("zones.csv", "code,zone,zone_from,decision\n00692,III,2021-06-04,861/QĐ-TTg\n")},
      held(*before), false, TextEncoding::automatic, today);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->errors, 0U) << told(*other);
  EXPECT_NE(told(*other).find("row 00691 of the table communes: 2099-12-31 is still to come"),
            std::string::npos)
      << told(*other);
}

TEST_F(RegistryMistakes, ADecimalCommaWithoutQuotesIsNotTakenForSwappedCoordinates) {
  const std::string headings = "code,type,name,province_code,province,latitude,longitude,area_km2\n";
  const auto halved = judge("communes.csv", headings + "00691,xã,Trần Phú,02,Hà Giang,22,8,104\n");
  EXPECT_EQ(
      told(halved),
      "communes.csv:2: column 7 (longitude): \"8\" is no longitude in Vietnam (102 to 118). Next: if 22,8 "
      "is one number, put it into double quotes: \"22,8\", or write 22.8; look at the later fields of "
      "this row too\n");
  EXPECT_NE(told(halved, Language::vietnamese).find("đặt trong dấu nháy kép: \"22,8\", hoặc ghi 22.8"),
            std::string::npos);
  const auto swapped = judge("communes.csv", headings + "00691,xã,Trần Phú,02,Hà Giang,104.9,22.8,\n");
  EXPECT_NE(
      told(swapped).find("column 7 (longitude): \"22.8\" is no longitude in Vietnam (102 to 118). Next: "
                         "latitude and longitude look swapped"),
      std::string::npos)
      << told(swapped);
}

}  // namespace
}  // namespace xalink::registry
