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

}  // namespace
}  // namespace xalink::registry
