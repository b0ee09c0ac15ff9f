#include "agent/dossiers/table_reader.hpp"

#include <gtest/gtest.h>

#include <random>

#include "agent/dossiers/field_value.hpp"
#include "agent/dossiers/json_rows.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

std::string utf16(std::string_view ascii_or_latin, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii_or_latin) {
    if (big_endian) out += '\0';
    out += c;
    if (!big_endian) out += '\0';
  }
  return out;
}

struct Found {
  std::vector<std::string> codes;
  std::vector<std::string> agencies;
  std::vector<std::pair<std::size_t, std::string>> bad;  ///< line, field
  std::string refused;                                   ///< why there is no header
  friend bool operator==(const Found&, const Found&) = default;
};

class TableReaderTest : public ::testing::Test {
 protected:
  Found read(std::string_view text, TableForm form = TableForm::csv, std::size_t piece = 1'000'000) {
    TableReader reader(form, settings_);
    Found found;
    while (!reader.at_end()) {
      const TableRow* row = reader.next();
      if (row == nullptr) {
        if (text.empty()) {
          reader.finish();
        } else {
          reader.feed(text.substr(0, piece));
          text.remove_prefix(std::min(piece, text.size()));
        }
        continue;
      }
      if (row->what == TableRow::What::no_header) {
        found.refused = row->reason;
        break;
      }
      if (row->what != TableRow::What::row) continue;
      const auto mapped = reader.read();
      if (mapped) {
        found.codes.push_back(text_of(*mapped, "Code"));
        found.agencies.push_back(text_of(*mapped, "Agency"));
      } else {
        found.bad.emplace_back(row->line, mapped.error().field);
        EXPECT_NE(mapped.error().reason.find(" | "), std::string::npos);
      }
    }
    return found;
  }
  static std::string text_of(const MappedRow& row, std::string_view column) {
    return to_text(row.values.at(column_index(dossier_schema(), column).value()));
  }
  using Texts = std::vector<std::string>;
  using Bad = std::vector<std::pair<std::size_t, std::string>>;

  TableSettings settings_{dossier_table()};
};

TEST_F(TableReaderTest, FindsTheDelimiterInTheHeader) {
  for (const std::string delimiter : {",", ";", "\t", "|"}) {
    const std::string text = "MaHoSo" + delimiter + "\"Họ, tên; khác\"" + delimiter + "TrangThaiHoSo\nA" +
                             delimiter + "\"x, y; z\"" + delimiter + "4\n";
    EXPECT_EQ(read(text).codes, Texts{"A"}) << delimiter;
  }
  settings_.delimiter = ',';
  EXPECT_NE(read("MaHoSo;TrangThaiHoSo\nA;4\n").refused, "");
}

TEST_F(TableReaderTest, PassesOverTitlesAboveTheHeader) {
  const std::string table = "MaHoSo;GhiChu;TrangThaiHoSo;DonViXuLy\r\nA;\"x, y\";4;z\r\nB;;bad;\r\n";
  for (const std::string title :
       {"DANH SÁCH HỒ SƠ\r\n\r\n", "UBND TỈNH;;CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM;\r\nDanh sách;;;\r\n",
        "Hà Giang, ngày 01 tháng 6, năm 2026\r\n;;;\r\n", "\"Từ ngày 01/06\nđến 30/06\";;;\r\n"}) {
    const Found found = read(title + table);
    EXPECT_EQ(found.codes, Texts{"A"}) << title << found.refused;
    EXPECT_EQ(found.bad.size(), 1U) << title;
    for (std::size_t piece = 1; piece < 8; ++piece) {
      EXPECT_EQ(read(title + table, TableForm::csv, piece), found) << title;
    }
  }
  EXPECT_EQ(read("sep=;\nDanh sách, tháng 6\n" + table).codes, Texts{"A"});
}

TEST_F(TableReaderTest, WhatHasNoHeaderIsNotReadForOneWithoutEnd) {
  EXPECT_NE(read("Danh sách\nkhác\n").refused.find("MaHoSo"), std::string::npos);
  EXPECT_NE(read("Danh sách").refused.find("MaHoSo"), std::string::npos);
  std::string titles;
  for (std::size_t i = 0; i <= TableReader::kMostTitles; ++i) titles += "title\n";
  EXPECT_NE(read(titles + "MaHoSo,TrangThaiHoSo\nA,4\n").refused, "");
  // Of a table whose columns are named otherwise, every row could be a title.
  const Found found = read("Ma,a,b,TrangThai\nMaHoSo,a,b,TrangThaiHoSo\nA,x,y,4\n");
  EXPECT_NE(found.refused, "");
  EXPECT_TRUE(found.codes.empty());
}

TEST_F(TableReaderTest, OtherFilesUnderOurNameAreCalledWhatTheyAre) {
  EXPECT_NE(read("PK\x03\x04\x14,\n").refused.find("Excel"), std::string::npos);
  EXPECT_NE(read("\xD0\xCF\x11\xE0\xA1\n").refused.find("Excel"), std::string::npos);
  EXPECT_NE(read("\xEF\xBB\xBF <html>\n<table>\n").refused.find("web page"), std::string::npos);
  EXPECT_NE(read(std::string("\x1F\x8B\x08\0\0\0\n", 7)).refused.find("compressed"), std::string::npos);
  EXPECT_NE(read("7z\xBC\xAF\x27\x1C\n").refused.find("compressed"), std::string::npos);
  EXPECT_NE(read(std::string("\x8E\0\x11\x97\x05\xF1\x22\n", 8)).refused.find("no text"), std::string::npos);
  const std::string wide("M\0a\0H\0o\0S\0o\0,\0T\0\n", 17);
  EXPECT_NE(read(wide).refused.find("UTF-16"), std::string::npos);
}

TEST_F(TableReaderTest, TakesExcelsSepLine) {
  EXPECT_EQ(read("sep=;\r\nMaHoSo;TrangThaiHoSo\r\nA;4\r\n").codes, Texts{"A"});
  EXPECT_EQ(read("\xEF\xBB\xBFSEP=|\nMaHoSo|TrangThaiHoSo\nA|x\n").bad, (Bad{{3, "TrangThaiHoSo"}}));
}

TEST_F(TableReaderTest, TakesLineEndsOfEveryKind) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Found found = read("MaHoSo,TrangThaiHoSo,GhiChu" + end + "A,4,\"two" + end + "lines\"" + end +
                             "B,bad," + end + end + "C,5,x");
    EXPECT_EQ(found.codes, (Texts{"A", "C"})) << ::testing::PrintToString(end);
    EXPECT_EQ(found.bad, (Bad{{4, "TrangThaiHoSo"}}));
  }
}

TEST_F(TableReaderTest, TakesUnicodeTextOfExcel) {
  for (const bool big_endian : {false, true}) {
    const std::string text = utf16("MaHoSo\tTrangThaiHoSo\tDonViXuLy\r\nA\t4\tX\xE3\r\n", big_endian);
    EXPECT_EQ(read(text).agencies, Texts{"Xã"});
    for (std::size_t piece = 1; piece < 8; ++piece) EXPECT_EQ(read(text, TableForm::csv, piece), read(text));
  }
  // Half of a surrogate pair, and an odd byte at the end: that row only.
  std::string text = utf16("MaHoSo,TrangThaiHoSo,DonViXuLy\nA,4,x\nB,4,", false);
  text += std::string("\x00\xD8", 2);
  text += utf16("\nC,4,x\nD,4,", false).substr(2) + "y";
  const Found found = read(text);
  EXPECT_EQ(found.codes, (Texts{"A", "C"}));
  EXPECT_EQ(found.bad, (Bad{{3, "DonViXuLy"}, {5, "DonViXuLy"}}));
}

TEST_F(TableReaderTest, TakesUtf16WithoutAMarkOnceItIsChosen) {
  settings_.encoding = TextEncoding::utf16;
  for (const bool big_endian : {false, true}) {
    const std::string marked = utf16("MaHoSo,TrangThaiHoSo,DonViXuLy\nA,4,X\xE3\n", big_endian);
    EXPECT_EQ(read(marked.substr(2)).agencies, Texts{"Xã"}) << (big_endian ? "big" : "little");
  }
}

TEST_F(TableReaderTest, OneRowInAnotherEncodingCostsThatRowOnly) {
  const std::string text =
      "MaHoSo,TrangThaiHoSo,DonViXuLy\nA,4,Xã Lũng Cú\nB,4,X\xE3 L\xFBng\nC,4,Đồng Văn\n";
  const Found strict = read(text);
  EXPECT_EQ(strict.codes, (Texts{"A", "C"}));
  EXPECT_EQ(strict.bad, (Bad{{3, "DonViXuLy"}}));
}

TEST_F(TableReaderTest, AQuoteThatClosesByAccidentFurtherDownSwallowsNothing) {
  const Found found = read(
      "MaHoSo,GhiChu,TrangThaiHoSo\n"
      "A,\"never closed,4\n"
      "B,x,4\n"
      "C,\"\",4\n"
      "D,x\",4\n"
      "E,\"two\nlines\",5\n"
      "F,x,4\n");
  EXPECT_EQ(found.codes, (Texts{"B", "C", "D", "E", "F"}));
  EXPECT_EQ(found.bad, (Bad{{2, ""}}));
}

TEST_F(TableReaderTest, AFieldOfSeveralLinesMayHoldWhatPartsFields) {
  const Found found = read(
      "MaHoSo,DiaChi,TrangThaiHoSo,DonViXuLy,NgayTra\n"
      "A,\"Thôn 1,\nxã Lũng Cú, huyện Đồng Văn\",4,x,\n"
      "B,\"\"\"Lò\"\"\r\n\"\"A\"\", b\n1, 2, 3, 4, 5\",4,y,\n"
      "C,\"x\n1,2,3,4,5\n\",4,z,\n");
  EXPECT_EQ(found.agencies, (Texts{"x", "y", "z"}));
  EXPECT_TRUE(found.bad.empty());
}

TEST_F(TableReaderTest, ALastLineCutShortIsNotBlamedOnQuotes) {
  TableReader reader(TableForm::csv, settings_);
  reader.feed("MaHoSo,TrangThaiHoSo,NgayTra\nA,4,\nB,4");
  reader.finish();
  std::string reason;
  while (const TableRow* row = reader.next()) {
    if (row->what != TableRow::What::row) continue;
    const auto mapped = reader.read();
    if (!mapped) reason += mapped.error().reason;
  }
  EXPECT_TRUE(reason.starts_with("has 2 fields, the header 3")) << reason;
}

TEST_F(TableReaderTest, RowsOfBlanksBelowTheLastOneAreNothing) {
  const Found found = read("MaHoSo,TrangThaiHoSo\nA,4\n,\n , \xC2\xA0\n\n");
  EXPECT_EQ(found.codes, Texts{"A"});
  EXPECT_TRUE(found.bad.empty());
}

TEST_F(TableReaderTest, NulBytesAndControlCharactersAreBadRows) {
  const std::string text("MaHoSo,TrangThaiHoSo\nA\0B,4\nC,4\n", 31);
  const Found found = read(text);
  EXPECT_EQ(found.codes, Texts{"C"});
  EXPECT_EQ(found.bad, (Bad{{2, "MaHoSo"}}));
}

TEST_F(TableReaderTest, AVeryLongFieldIsABadRow) {
  const std::string text = "MaHoSo,GhiChu,TrangThaiHoSo\nA," + std::string(200'000, 'x') + ",4\nB,x,4\n";
  const Found found = read(text);
  EXPECT_EQ(found.codes, Texts{"B"});
  ASSERT_FALSE(found.bad.empty());
  EXPECT_EQ(found.bad.front().first, 2U);
}

TEST_F(TableReaderTest, JsonLinesAreReadByTheSameNames) {
  settings_.columns["agency"] = "donVi.ma";
  const Found found = read(
      "\xEF\xBB\xBF{\"MaHoSo\":\"A\",\"TrangThaiHoSo\":4,\"donVi\":{\"ma\":\"Xã Lũng Cú\",\"ten\":\"x\"},"
      "\"TaiLieuNop\":[{\"MaHoSo\":\"inner\"}]}\r\n"
      "[]\n"
      "{\"MaHoSo\":[\"B\"],\"TrangThaiHoSo\":4}\n"
      "{\"MaHoSo\":\"C\",\"TrangThaiHoSo\":4} x\n"
      "{\"MaHoSo\":null,\"TrangThaiHoSo\":4}\n"
      "{\"mahoso\":12.0,\"TrangThaiHoSo\":\"Đang xử lý\",\"donVi\":null}\n",
      TableForm::json_lines);
  EXPECT_EQ(found.codes, (Texts{"A", "12"}));
  EXPECT_EQ(found.agencies, (Texts{"Xã Lũng Cú", ""}));
  EXPECT_EQ(found.bad, (Bad{{2, ""}, {3, "MaHoSo"}, {4, ""}, {5, "MaHoSo"}}));
}

TEST_F(TableReaderTest, TrueIsAFlagAndNeitherAStateNorACode) {
  const Found found = read(
      "{\"MaHoSo\":\"A\",\"TrangThaiHoSo\":4,\"CoPhi\":true}\n"
      "{\"MaHoSo\":\"B\",\"TrangThaiHoSo\":true}\n"
      "{\"MaHoSo\":true,\"TrangThaiHoSo\":4}\n"
      "{\"MaHoSo\":\"C\",\"TrangThaiHoSo\":4,\"SoLanYeuCauBoSung\":false}\n",
      TableForm::json_lines);
  EXPECT_EQ(found.codes, Texts{"A"});
  EXPECT_EQ(found.bad, (Bad{{2, "TrangThaiHoSo"}, {3, "MaHoSo"}, {4, "SoLanYeuCauBoSung"}}));
}

TEST_F(TableReaderTest, JsonNumbersKeepTheirDigits) {
  const Found found = read(
      "{\"MaHoSo\":123456789012345678901234567890,\"TrangThaiHoSo\":4.0,\"DonViXuLy\":1.001230}\n"
      "{\"MaHoSo\":123456789012345678901234567891,\"TrangThaiHoSo\":4,\"DonViXuLy\":-0.5}\n",
      TableForm::json_lines);
  EXPECT_EQ(found.codes, (Texts{"123456789012345678901234567890", "123456789012345678901234567891"}));
  EXPECT_EQ(found.agencies, (Texts{"1.001230", "-0.5"}));
}

TEST_F(TableReaderTest, JsonListsOfFilesTellWhetherThereAreAny) {
  settings_.columns["result_file"] = "DanhSachGiayToKetQua.DuongDanTepTinKetQua";
  JsonRowReader reader(settings_);
  // Papers handed in, link to the result: 1, 0, or - where nothing is told.
  const auto told = [&](const std::string& rest) {
    const auto rows = reader.read(R"({"MaHoSo":"A","TrangThaiHoSo":9)" + rest + "}");
    EXPECT_TRUE(rows) << rest;
    EXPECT_EQ(rows->rows.size(), 1U);
    EXPECT_EQ(rows->rows[0].bad_reason, "") << rest;
    std::string both;
    for (const char* key : {"attachments", "result_file"}) {
      for (std::size_t i = 0; i < settings_.kind->fields.size(); ++i) {
        if (settings_.kind->fields[i].key != key) continue;
        const auto& text = rows->rows[0].texts[i];
        both += !text ? "-" : tells_presence(*text) ? "1" : "0";
      }
    }
    return both;
  };
  EXPECT_EQ(told(""), "--");
  EXPECT_EQ(told(R"(,"TaiLieuNop":[])"), "0-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":null)"), "0-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":[{"DuocLayTuKhoDMQG":0}])"), "1-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":[{"A":null},{"A":""}])"), "0-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":["a.pdf"])"), "1-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":"a.pdf")"), "1-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":true)"), "1-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":false)"), "0-");
  EXPECT_EQ(told(R"(,"TaiLieuNop":{"A":{"B":[1]}})"), "1-");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[])"), "-0");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[{"TenGiayTo":"x","DuongDanTepTinKetQua":""}])"), "-0");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[{"TenGiayTo":"x"}])"), "-0");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[{"DuongDanTepTinKetQua":null},{"DuongDanTepTinKetQua":"/a"}])"),
            "-1");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[{"DuongDanTepTinKetQua":"/a"},{"DuongDanTepTinKetQua":""}])"),
            "-1");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":{"DuongDanTepTinKetQua":"/a"})"), "-1");
  EXPECT_EQ(told(R"(,"DanhSachGiayToKetQua":[{"DuongDanTepTinKetQua":[0,1]}],"TaiLieuNop":[[2]])"), "11");
}

TEST_F(TableReaderTest, ATooLongJsonLineCostsItselfOnly) {
  const std::string text = "{\"MaHoSo\":\"A\",\"x\":\"" + std::string(300'000, 'x') +
                           "\",\"TrangThaiHoSo\":4}\n" + "{\"MaHoSo\":\"B\",\"TrangThaiHoSo\":4}\n" +
                           std::string(10'000, '[') + "\n" + "{\"MaHoSo\":\"C\",\"TrangThaiHoSo\":4}\n";
  const Found found = read(text, TableForm::json_lines, 1000);
  EXPECT_EQ(found.codes, (Texts{"B", "C"}));
  EXPECT_EQ(found.bad, (Bad{{1, ""}, {3, ""}}));
}

// Whatever the bytes: it ends, and the way they were cut does not matter.
TEST_F(TableReaderTest, RowsDoNotDependOnThePieces) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> words = {"\"",
                                          "\n",
                                          "\r\n",
                                          "\r",
                                          ",",
                                          ";",
                                          "A",
                                          "4",
                                          "\xFF",
                                          "{",
                                          "}",
                                          "MaHoSo",
                                          "\"MaHoSo\":",
                                          "Đ",
                                          "\xEF\xBB\xBF",
                                          "sep=;",
                                          std::string(1, '\0')};
  for (int round = 0; round < 600; ++round) {
    std::string text = round % 3 == 0 ? "MaHoSo,TrangThaiHoSo\n" : round % 3 == 1 ? "\xFF\xFE" : "";
    const std::size_t length = random() % 40;
    for (std::size_t i = 0; i < length; ++i) text += words[random() % words.size()];
    const TableForm form = random() % 2 == 0 ? TableForm::csv : TableForm::json_lines;
    ASSERT_EQ(read(text, form), read(text, form, 1 + random() % 5)) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace xalink
