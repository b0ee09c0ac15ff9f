// The registry: what people write becomes rows in one form, and what does not fit together is told by line
// and column.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "gateway/registry/field_form.hpp"
#include "gateway/registry/judged_files.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/registry/registry_file.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::registry {
namespace {

using std::chrono::days;

Date on(const std::string& text) {
  return read_date(text).value();
}

constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\r\n"
    "00688,,2025-06-30,phường,Quang Trung,024,Hà Giang,02,Hà Giang,00694@2025-07-01;00691@2025-07-01\r\n"
    "00694,,2025-06-30,phường,Nguyễn Trãi,024,Hà Giang,02,Hà Giang,00694@2025-07-01\r\n"
    "00694,2025-07-01,,phường,Hà Giang 1,,,08,Tuyên Quang,\r\n"
    "00691,2025-07-01,,phường,Hà Giang 2,,,08,Tuyên Quang,\r\n";

class RegistryTest : public testing::Test {
 protected:
  JudgedFiles judge(const std::string& name, const std::string& text, const std::vector<Entry>& held = {},
                    bool replace = false) {
    auto judged = judge_files({folder.write(name, text)}, held, replace, TextEncoding::automatic);
    EXPECT_TRUE(judged) << judged.error().to_string();
    return std::move(*judged);
  }
  static std::string told(const JudgedFiles& judged) {
    std::string text;
    for (const auto& mistake : judged.mistakes) text += mistake.to_string(Language::english) + "\n";
    return text;
  }
  /// The commune table with one text put for another.
  std::string mistakes_of(const std::string& from, const std::string& to) {
    std::string text = kCommunes;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return told(judge("communes.csv", text));
  }
  ScratchFolder folder;
};

TEST_F(RegistryTest, TakesWhatExcelMakesOfTheSameTable) {
  const auto plain = judge("a.csv", kCommunes);
  EXPECT_EQ(told(plain), "");
  // Vietnamese headings, semicolons, a byte order mark, days the Vietnamese way, codes without their zeros.
  const auto excel =
      judge("b.csv",
            "\xEF\xBB\xBFMÃ;Hiệu lực từ;Hiệu lực đến;loại;Tên;Mã huyện;Huyện;Mã tỉnh;Tỉnh;Đơn vị thay thế\n"
            "688;;30/6/2025;Phường;Quang Trung;24;Hà Giang;2;Hà Giang;\"694@1/7/2025;691@01/07/2025\"\n"
            "694;;30/06/2025;PHƯỜNG;Nguyễn Trãi;24;Hà Giang;2;Hà Giang;694@2025-07-01\n"
            "694;1/7/2025;;phường;Hà Giang 1;;;8;Tuyên Quang;\n"
            "691;1/7/2025;;phường;Hà Giang 2;;;8;Tuyên Quang;\n");
  EXPECT_EQ(told(excel), "");
  ASSERT_EQ(excel.change.added.size(), plain.change.added.size());
  for (std::size_t i = 0; i < plain.change.added.size(); ++i) {
    EXPECT_EQ(excel.change.added[i].fields, plain.change.added[i].fields);
  }
}

TEST_F(RegistryTest, NamesLineAndColumnOfEachWrongField) {
  const auto judged =
      judge("communes.csv",
            "code,valid_from,type,name,province_code,province,latitude,longitude,border,population\n"
            "0069X,,xã,A,02,Hà Giang,,,,\n"
            "00700,2025-02-30,xã,B,02,Hà Giang,,,,\n"
            "00701,,huyện,,02,Hà Giang,104.9,22.8,maybe,\"1.23\"\n"
            "00702,,xã,D,02,Hà Giang,22.1,,có,1.234\n");
  EXPECT_EQ(
      told(judged),
      "communes.csv:2: column 1 (code): \"0069X\" is not a code of 5 digits. Next: write the digits of the "
      "national list\n"
      "communes.csv:3: column 2 (valid_from): \"2025-02-30\" is not a day of the calendar. Next: write "
      "2025-07-01 or 1/7/2025\n"
      "communes.csv:4: column 3 (type): \"huyện\" is none of the words of this column. Next: write one of: "
      "xã, "
      "phường, thị trấn, đặc khu\n"
      "communes.csv:4: column 4 (name): is empty. Next: name without its type\n"
      "communes.csv:4: column 7 (latitude): \"104.9\" is no latitude in Vietnam (6 to 24). Next: latitude "
      "and "
      "longitude look swapped\n"
      "communes.csv:4: column 8 (longitude): \"22.8\" is no longitude in Vietnam (102 to 118). Next: "
      "latitude "
      "and longitude look swapped\n"
      "communes.csv:4: column 9 (border): \"maybe\" is neither yes nor no. Next: write yes, no, or nothing "
      "when "
      "unknown\n"
      "communes.csv:4: column 10 (population): \"1.23\" is not a whole number from 0 up. Next: write 1234 or "
      "1.234\n"
      "communes.csv:5: column 8 (longitude): is empty while its other half is there. Next: give both or "
      "neither\n");
  EXPECT_EQ(judged.errors, 9U);
  ASSERT_EQ(judged.change.added.size(), 1U);
  EXPECT_EQ(judged.change.added[0].at("population"), "1234");
}

TEST_F(RegistryTest, FindsWhatDoesNotFitTogether) {
  EXPECT_NE(mistakes_of("00691@2025-07-01\r", "00692@2025-07-01\r")
                .find("communes.csv:2: column 10 (successors): there is no unit 00692@2025-07-01"),
            std::string::npos);
  EXPECT_NE(
      mistakes_of("00691@2025-07-01\r", "00691@2025-07-02\r").find("this code is in force from: 2025-07-01"),
      std::string::npos);
  EXPECT_NE(mistakes_of("00694,2025-07-01,,", "00694,2025-06-01,,")
                .find("communes.csv:4: column 2 (valid_from): overlaps with communes.csv:3 of 00694"),
            std::string::npos);
  EXPECT_NE(
      mistakes_of("00694,,2025-06-30,phường,Nguyễn Trãi", "00694,,2025-06-30,phường,QUANG trung")
          .find(
              "communes.csv:3: column 5 (name): QUANG trung is also the name of 00688 in the same district"),
      std::string::npos);
  EXPECT_NE(mistakes_of("00694,,2025-06-30", "00694,,2025-06-29")
                .find("does not begin on the day after 2025-06-29"),
            std::string::npos);
  EXPECT_NE(mistakes_of("00691,2025-07-01,,", "00691,2025-07-01,2025-06-01,")
                .find("communes.csv:5: column 3 (valid_to): 2025-06-01 is before valid_from 2025-07-01"),
            std::string::npos);
  EXPECT_NE(mistakes_of("Nguyễn Trãi,024,Hà Giang", "Nguyễn Trãi,024,Đồng Văn")
                .find("communes.csv:3: column 7 (district): Đồng Văn has the code 024, which is Hà Giang"),
            std::string::npos);
  EXPECT_NE(mistakes_of("Hà Giang 2,,,08", "Hà Giang 2,,,09")
                .find("communes.csv:5: column 8 (province_code): warning: Tuyên Quang has"),
            std::string::npos);
  EXPECT_NE(mistakes_of("00691,2025-07-01,,phường,Hà Giang 2,,,08,Tuyên Quang,\r\n",
                        "00691,2025-07-01,,phường,Hà Giang 2,,,08,Tuyên Quang,\r\n"
                        "00691,2025-07-01,,phường,Hà Giang 2,,,08,Tuyên Quang,\r\n")
                .find("communes.csv:6: column 1 (code): this row stands already at communes.csv:5"),
            std::string::npos);
}

TEST_F(RegistryTest, DoesNotCallDanglingWhatOnlyIsMistaken) {
  const auto text = mistakes_of("00691,2025-07-01,,phường", "00691,2025-07-01,,huyện");
  EXPECT_NE(text.find("communes.csv:5: column 4 (type)"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
}

TEST_F(RegistryTest, AWrongFieldHidesNoOtherMistakeOfItsRow) {
  const char* headings = "code,valid_from,valid_to,type,name,province_code,province,successors,population\n";
  auto held = judge("held.csv", std::string(headings) + "00700,,,xã,A,02,Hà Giang,,\n").change.added;
  ASSERT_EQ(held.size(), 1U);
  held[0].place = {"registry 1", 0};
  const auto judged = judge("communes.csv",
                            std::string(headings) +
                                "00700,,2025-06-30,xã,A,02,Hà Giang,00701@2025-07-01,many\n"
                                "00702,2025-01-01,2024-12-31,xã,B,02,Hà Giang,00799@2025-01-01,many\n"
                                "00701,2025-07-01,,xã,C,02,Hà Giang,,many\n",
                            held);
  EXPECT_EQ(
      told(judged),
      "communes.csv:2: column 9 (population): \"many\" is not a whole number from 0 up. Next: write 1234 "
      "or 1.234\n"
      "communes.csv:3: column 3 (valid_to): 2024-12-31 is before valid_from 2025-01-01. Next: swap or "
      "mend the days\n"
      "communes.csv:3: column 8 (successors): there is no unit 00799@2025-01-01. Next: add its row, or "
      "mend code and day\n"
      "communes.csv:3: column 9 (population): \"many\" is not a whole number from 0 up. Next: write 1234 "
      "or 1.234\n"
      "communes.csv:4: column 9 (population): \"many\" is not a whole number from 0 up. Next: write 1234 "
      "or 1.234\n")
      << "the row that 00700 replaces is not called its double";
  EXPECT_TRUE(judged.change.added.empty()) << "judged, not taken in";
  EXPECT_TRUE(judged.change.changed.empty());
}

TEST_F(RegistryTest, TellsDaysThatRunBackwardsBesideAWrongKey) {
  const auto text = told(judge("lines.csv",
                               "site,from,to,technology,provider\n"
                               "xa/1,2024-01-01,2023-01-01,smoke,VNPT\n"));
  EXPECT_NE(text.find("lines.csv:2: column 1 (site)"), std::string::npos) << text;
  EXPECT_NE(text.find("lines.csv:2: column 3 (to): 2023-01-01 is before from 2024-01-01"), std::string::npos)
      << text;
  EXPECT_NE(text.find("lines.csv:2: column 4 (technology)"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 3) << text;
}

TEST_F(RegistryTest, TellsEachMistakeOnce) {
  const auto text = mistakes_of("Nguyễn Trãi", "\xff\xfe");
  EXPECT_NE(text.find("communes.csv:3: column 5 (name): is not text in UTF-8"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << "not empty as well: " << text;
}

TEST_F(RegistryTest, TakesALineBreakForABlankAndNoOtherControlCharacters) {
  for (const char* name : {"\"Nguyễn\nTrãi\"", "\"Nguyễn \r\nTrãi\"", "Nguyễn\tTrãi"}) {
    std::string text = kCommunes;
    text.replace(text.find("Nguyễn Trãi"), std::string("Nguyễn Trãi").size(), name);
    const auto judged = judge("communes.csv", text);
    EXPECT_EQ(told(judged), "") << name;
    EXPECT_TRUE(std::ranges::any_of(judged.change.added, [](const Entry& row) {
      return row.at("name") == "Nguyễn Trãi";
    })) << name;
  }
  const auto text = mistakes_of("Nguyễn Trãi", "Nguyễn\x01Trãi");
  EXPECT_NE(text.find("communes.csv:3: column 5 (name): holds a control character"), std::string::npos)
      << text;
}

TEST_F(RegistryTest, TellsFilesOfOneNameApart) {
  std::filesystem::create_directories(folder.path() / "a");
  std::filesystem::create_directories(folder.path() / "b");
  const char* zones = "code,zone,zone_from,zone_to,decision\n00688,IV,2021-01-01,,QĐ\n";
  const auto judged = judge_files({folder.write("a/zones.csv", zones), folder.write("b/zones.csv", zones)},
                                  {}, false, TextEncoding::automatic);
  ASSERT_TRUE(judged);
  const auto text = told(*judged);
  EXPECT_NE(text.find("/a/zones.csv:2: column 2 (zone): \"IV\""), std::string::npos) << text;
  EXPECT_NE(text.find("/b/zones.csv:2: column 2 (zone): \"IV\""), std::string::npos) << text;
  EXPECT_NE(text.find("/b/zones.csv:2: column 1 (code): this row stands already at"), std::string::npos)
      << text;
}

TEST_F(RegistryTest, SpeaksOneLanguageAtATime) {
  auto held = judge("held.csv", kCommunes).change.added;
  for (auto& row : held) row.place = {"registry 3", 0};
  const auto judged =
      judge("communes.csv",
            "code,valid_from,valid_to,type,name,district_code,district,province_code,province,successors\n"
            "00688,2025-01-01,2025-06-30,phường,Khác,024,Hà Giang,02,Hà Giang,00694@2025-07-01\n"
            "00999,,,xã,\"Hỏng,024,Hà Giang,02,Hà Giang,\n",
            held);
  std::string text;
  for (const auto& mistake : judged.mistakes) text += mistake.to_string(Language::vietnamese) + "\n";
  EXPECT_NE(text.find("trùng thời gian với danh bạ phiên bản 3 của 00688"), std::string::npos) << text;
  EXPECT_NE(text.find("communes.csv:3: không đúng dạng CSV: có dấu nháy mở mà không đóng"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("quote"), std::string::npos) << text;
  EXPECT_NE(told(judged).find("overlaps with version 3 of the registry of 00688"), std::string::npos)
      << told(judged);
}

TEST_F(RegistryTest, GoesOnBehindARowThatIsNoCsv) {
  const auto text = mistakes_of("phường,Nguyễn Trãi", "\"phường,Nguyễn Trãi");
  EXPECT_NE(text.find("communes.csv:3: "), std::string::npos) << text;
  EXPECT_EQ(text.find("communes.csv:4: "), std::string::npos) << text;
}

TEST_F(RegistryTest, RefusesATableItDoesNotKnow) {
  const auto judged = judge("x.csv", "a,b,c\n1,2,3\n");
  EXPECT_NE(told(judged).find("x.csv:1: these are not the headings"), std::string::npos) << told(judged);
  EXPECT_NE(told(judge("e.csv", "")).find("e.csv: the file has no rows"), std::string::npos);
  const auto unknown =
      judge("u.csv", "code,valid_from,type,name,province_code,province,colour\n00694,,xã,A,02,B,red\n");
  EXPECT_NE(told(unknown).find("u.csv:1: column 7 (colour): is no column of the table communes"),
            std::string::npos)
      << told(unknown);
}

TEST_F(RegistryTest, ASiteFollowsAMergerAndAsksWhereASplitIsItsOwn) {
  const auto communes = judge("communes.csv", kCommunes).change.result;
  const auto merged = judge("sites.csv", "site,code,valid_from,name\nhg-694,00694,,Trụ sở\n", communes);
  EXPECT_EQ(told(merged), "");
  const Registry registry(merged.change.result);
  ASSERT_NE(registry.commune_of("hg-694", on("2025-06-30")), nullptr);
  EXPECT_EQ(registry.commune_of("hg-694", on("2025-06-30"))->name, "Nguyễn Trãi");
  EXPECT_EQ(registry.commune_of("hg-694", on("2025-07-01"))->name, "Hà Giang 1");
  EXPECT_EQ(registry.commune_of("hg-000", on("2025-07-01")), nullptr);

  const auto split_one = judge("sites.csv", "site,code,valid_from,name\nhg-688,00688,,Trụ sở\n", communes);
  EXPECT_NE(told(split_one).find("sites.csv:2: to: the unit 00688@ ended on 2025-06-30 and was split"),
            std::string::npos)
      << told(split_one);
  const auto answered = judge("sites.csv",
                              "site,from,to,code,valid_from\nhg-688,,2025-06-30,00688,\n"
                              "hg-688,2025-07-01,,00691,2025-07-01\n",
                              communes);
  EXPECT_EQ(told(answered), "");
  const Registry two(answered.change.result);
  EXPECT_EQ(two.commune_of("hg-688", on("2025-06-30"))->name, "Quang Trung");
  EXPECT_EQ(two.commune_of("hg-688", on("2025-07-01"))->name, "Hà Giang 2");
}

TEST_F(RegistryTest, KnowsAUnitByCodeAndDayAndWhatItReplaced) {
  const Registry registry(judge("communes.csv", kCommunes).change.result);
  EXPECT_EQ(registry.on("00694", on("2025-06-30"))->name, "Nguyễn Trãi");
  EXPECT_EQ(registry.on("00694", on("2025-07-01"))->name, "Hà Giang 1");
  EXPECT_EQ(registry.on("00691", on("2025-06-30")), nullptr);
  const auto* first = registry.find({"00694", on("2025-07-01")});
  ASSERT_NE(first, nullptr);
  ASSERT_EQ(first->predecessors.size(), 2U);
  EXPECT_EQ(first->predecessors[0].to_string(), "00688@");
}

TEST_F(RegistryTest, ZonesHoldForTheirPeriodAndMayNotOverlap) {
  const auto communes = judge("communes.csv", kCommunes).change.result;
  const auto zones =
      judge("zones.csv",
            "Mã,Hiệu lực từ,Khu vực,Từ ngày,Đến ngày,Quyết định\n"
            "694,,KV III,1/1/2016,31/12/2020,582/QĐ-TTg\n694,,2,1/1/2021,31/12/2025,861/QĐ-TTg\n",
            communes);
  EXPECT_EQ(told(zones), "");
  const Registry registry(zones.change.result);
  const CommuneKey key{"00694", std::nullopt};
  EXPECT_EQ(registry.zone_of(key, on("2020-12-31")), "III");
  EXPECT_EQ(registry.zone_of(key, on("2021-01-01")), "II");
  EXPECT_EQ(registry.zone_of(key, on("2026-01-01")), "");
  const auto overlapping =
      judge("zones.csv",
            "code,valid_from,zone,zone_from,zone_to,decision\n"
            "00694,,III,2016-01-01,2021-01-01,582\n00694,,II,2021-01-01,,861\n00699,,I,2021-01-01,,861\n",
            communes);
  EXPECT_NE(told(overlapping).find("zones.csv:3: column 4 (zone_from): overlaps with zones.csv:2"),
            std::string::npos)
      << told(overlapping);
  EXPECT_NE(told(overlapping).find("zones.csv:4: column 1 (code): there is no unit 00699@"),
            std::string::npos);
}

TEST_F(RegistryTest, TheNewestSurveyOfAVillageCounts) {
  const auto communes = judge("communes.csv", kCommunes).change.result;
  const auto villages =
      judge("villages.csv",
            "code,valid_from,village,date,coverage,grid_power\n"
            "00694,,Thôn Tân Tiến,2024-01-05,trắng sóng,không\n00694,,Thôn Tân Tiến,2024-06-01,có,có\n"
            "00694,,Thôn Lùng Càng,2024-01-05,lõm,có\n",
            communes);
  EXPECT_EQ(told(villages), "");
  const Registry registry(villages.change.result);
  const CommuneKey key{"00694", std::nullopt};
  const auto before = registry.villages_of(key, on("2024-05-31"));
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(before[1]->coverage, "none");
  EXPECT_EQ(before[1]->grid_power, false);
  EXPECT_EQ(registry.villages_of(key, on("2024-06-01"))[1]->coverage, "covered");
  EXPECT_TRUE(registry.villages_of(key, on("2023-12-31")).empty());
}

TEST_F(RegistryTest, EachImportIsAVersionAndOldOnesStay) {
  auto store = RegistryStore::open(folder / "registry.db");
  ASSERT_TRUE(store) << store.error().to_string();
  const auto first = judge("communes.csv", kCommunes);
  ASSERT_EQ(store->import(first.change, first.files, 0, WallTime{}).value(), 1);
  const auto held = store->entries(1).value();
  ASSERT_EQ(held.size(), 4U);

  std::string changed = kCommunes;
  changed.replace(changed.find("Nguyễn Trãi"), std::string("Nguyễn Trãi").size(), "Trần Hưng Đạo");
  changed.resize(changed.find("00691,2025"));  // and one row fewer
  EXPECT_TRUE(judge("same.csv", kCommunes, held).change.empty());
  const auto kept = judge("communes.csv", changed, held);
  EXPECT_EQ(kept.change.changed.size(), 1U);
  EXPECT_TRUE(kept.change.removed.empty());
  ASSERT_EQ(store->import(kept.change, kept.files, 1, WallTime{}).value(), 2);
  EXPECT_EQ(store->entries(2).value().size(), 4U);
  EXPECT_EQ(store->entries(1).value(), held) << "a version never changes";
  EXPECT_FALSE(store->import(kept.change, kept.files, 1, WallTime{}))
      << "made for a version that is not the newest";

  // Whole replacement would leave the split commune with a successor that is nowhere: told, not taken.
  const auto replaced = judge("communes.csv", changed, store->entries(2).value(), true);
  EXPECT_EQ(replaced.change.removed.size(), 1U);
  EXPECT_NE(told(replaced).find("there is no unit 00691@2025-07-01"), std::string::npos);
  EXPECT_EQ(store->versions().value().size(), 2U);
}

TEST_F(RegistryTest, WritesWhatItReads) {
  const auto entries = judge("communes.csv", kCommunes).change.result;
  for (const Language language : {Language::english, Language::vietnamese}) {
    const auto again = judge("again.csv", table_text(Kind::communes, entries, language));
    EXPECT_EQ(told(again), "");
    ASSERT_EQ(again.change.result.size(), entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
      EXPECT_EQ(again.change.result[i].fields, entries[i].fields);
  }
}

TEST_F(RegistryTest, TheListThatIsShippedIsWholeAndFitsTogether) {
  auto judged = judge_files({XALINK_COMMUNES}, {}, false, TextEncoding::automatic);
  ASSERT_TRUE(judged);
  EXPECT_EQ(told(*judged), "");
  const Registry registry(judged->change.result);
  const auto count = [&](Date day, const std::string& province) {
    return std::ranges::count_if(registry.communes(), [&](const auto& each) {
      return each.second.valid.holds(day) && each.second.province == province;
    });
  };
  EXPECT_EQ(count(on("2025-06-30"), "Hà Giang"), 193);
  EXPECT_EQ(count(on("2025-07-01"), "Hà Giang"), 0);
  EXPECT_EQ(count(on("2025-07-01"), "Tuyên Quang"), 124);
  std::size_t split = 0;
  std::size_t replacing = 0;
  for (const auto& [key, commune] : registry.communes()) {
    split += commune.successors.size() > 1 ? 1U : 0U;
    replacing += commune.predecessors.empty() ? 0U : 1U;
    EXPECT_TRUE(commune.latitude && commune.longitude) << key.to_string();
    // The trap: a unit that replaced others carries the code of one that was.
    EXPECT_TRUE(commune.predecessors.empty() || registry.on(key.code, on("2025-06-30")) != nullptr)
        << key.code;
  }
  EXPECT_EQ(split, 3U);
  EXPECT_EQ(replacing, 73U);
}

TEST(RegistryFields, ReadNumbersAsVietnamWritesThem) {
  EXPECT_EQ(read_whole("1.234.567"), 1234567);
  EXPECT_EQ(read_whole("1,234"), 1234);
  EXPECT_EQ(read_whole("12 345"), 12345);
  EXPECT_EQ(read_whole("12.34"), std::nullopt);
  EXPECT_EQ(read_whole("-5"), -5);
  EXPECT_EQ(read_decimal("87,5"), 87.5);
  EXPECT_EQ(read_decimal("87.5"), 87.5);
  EXPECT_EQ(read_decimal("1.234,5"), std::nullopt);
  EXPECT_EQ(read_decimal("1e9"), std::nullopt);
  EXPECT_EQ(read_decimal(""), std::nullopt);
  EXPECT_EQ(decimal_text(22.8369866), "22.8369866");
  EXPECT_EQ(read_date("29/2/2024"), Date(std::chrono::year(2024) / 2 / 29));
  EXPECT_EQ(read_date("29/2/2023"), std::nullopt);
  EXPECT_EQ(read_date("2024-6-1"), Date(std::chrono::year(2024) / 6 / 1));
  EXPECT_EQ(read_date("1/7/25"), std::nullopt);
  EXPECT_EQ(read_date("12024-01-01"), std::nullopt);
}

}  // namespace
}  // namespace xalink::registry
