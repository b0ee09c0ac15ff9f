#include "agent/dossiers/row_mapping.hpp"

#include <gtest/gtest.h>

#include "agent/dossiers/dossier_time.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

class RowMappingTest : public ::testing::Test {
 protected:
  Value value(const std::vector<Value>& values, std::string_view column) const {
    return values.at(column_index(schema_, column).value());
  }
  /// Reads a row under a header; the header must map.
  Result<std::vector<Value>> read(const std::vector<std::string>& header,
                                  const std::vector<std::string>& fields) {
    auto row = read_row(header, fields);
    if (!row) return Unexpected(row.error());
    return std::move(row->values);
  }
  Result<MappedRow> read_row(const std::vector<std::string>& header, const std::vector<std::string>& fields) {
    RowMapping mapping(settings_);
    const auto mapped = mapping.map_header(header);
    EXPECT_TRUE(mapped.has_value()) << mapped.error().what;
    const auto texts = mapping.pick(fields);
    if (!texts) return Unexpected(texts.error());
    return mapping.read(*texts);
  }

  TableSettings settings_{dossier_table()};
  Schema schema_ = dossier_schema();
};

TEST_F(RowMappingTest, PutsEveryFieldIntoItsColumn) {
  const auto values =
      read({"MaHoSo", "MaTTHC", "DonViXuLy", "TrangThaiHoSo", "ThoiDiemXuLy", "NgayNopHoSo", "NgayTiepNhan",
            "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "KenhThucHien", "MucDo", "DuocThanhToanTrucTuyen",
            "CoPhi", "HoSoCoThanhPhanSoHoa", "SoLanYeuCauBoSung", "TaiLieuNop", "DuongDanTepTinKetQua"},
           {"H22.1-1", "1.005129", "H22.58.12", "10", "20260606120000", "20260601120000", "20260602120000",
            "20260603120000", "20260604120000", "20260605120000", "2", "4", "1", "1", "0", "3", "to-khai.pdf",
            ""});
  ASSERT_TRUE(values.has_value()) << values.error().to_string();
  ASSERT_EQ(values->size(), schema_.columns.size());
  const auto at = [](std::string_view text) {
    return Value(static_cast<std::uint64_t>(parse_dossier_time(text)->time_since_epoch().count()));
  };
  EXPECT_EQ(value(*values, "Code"), Value(std::string("H22.1-1")));
  EXPECT_EQ(value(*values, "Procedure"), Value(std::string("1.005129")));
  EXPECT_EQ(value(*values, "Agency"), Value(std::string("H22.58.12")));
  EXPECT_EQ(value(*values, "State"), Value(std::uint64_t{10}));
  EXPECT_EQ(value(*values, "State Raw"), Value(std::string("10")));
  EXPECT_EQ(value(*values, "State At"), at("20260606120000"));
  EXPECT_EQ(value(*values, "Submitted"), at("20260601120000"));
  EXPECT_EQ(value(*values, "Received"), at("20260602120000"));
  EXPECT_EQ(value(*values, "Due"), at("20260603120000"));
  EXPECT_EQ(value(*values, "Finished"), at("20260604120000"));
  EXPECT_EQ(value(*values, "Returned"), at("20260605120000"));
  EXPECT_EQ(value(*values, "Channel"), Value(std::uint64_t{2}));
  EXPECT_EQ(value(*values, "Level"), Value(std::string("4")));
  EXPECT_EQ(value(*values, "Online Payment"), Value(std::uint64_t{1}));
  EXPECT_EQ(value(*values, "Fee"), Value(true));
  EXPECT_EQ(value(*values, "Digitised"), Value(false));
  EXPECT_EQ(value(*values, "Supplement Requests"), Value(std::uint64_t{3}));
  EXPECT_EQ(value(*values, "Attachments"), Value(true));
  EXPECT_EQ(value(*values, "Result File"), Value(false));
}

TEST_F(RowMappingTest, OfALinkOnlyThatItIsThereIsKept) {
  const std::vector<std::string> header = {"MaHoSo", "TrangThaiHoSo", "DuongDanTepTinKetQua"};
  const auto told = [&](const std::string& text) {
    const auto values = read(header, {"H22.1-1", "9", text});
    return values ? to_text(value(*values, "Result File")) : values.error().to_string();
  };
  for (const char* yes : {"https://dvc.hagiang.gov.vn/kq/vang-thi-my.pdf", "/kq/0", "1", "x", "có",
                          "không.pdf", "a\xFF.pdf", "[\"a\"]"}) {
    EXPECT_EQ(told(yes), "true") << yes;
  }
  for (const char* no : {"", "  ", "NULL", "0", "không", "Không", "false", "[]", "{}", "-", "=\"0\""}) {
    EXPECT_EQ(told(no), "false") << no;
  }
  const auto absent = read({"MaHoSo", "TrangThaiHoSo"}, {"H22.1-1", "9"});
  ASSERT_TRUE(absent);
  EXPECT_TRUE(is_null(value(*absent, "Result File"))) << "unknown is not no";
  EXPECT_TRUE(is_null(value(*absent, "Attachments")));
  // Nor does the report of a bad row name it.
  RowMapping mapping(settings_);
  ASSERT_TRUE(mapping.map_header(header));
  const auto texts = mapping.pick({"H22.1-1", "?", "https://dvc/vang-thi-my.pdf"});
  ASSERT_TRUE(texts);
  EXPECT_FALSE(mapping.read(*texts));
  EXPECT_EQ(mapping.shown(*texts).find("vang-thi-my"), std::string::npos) << mapping.shown(*texts);
}

TEST_F(RowMappingTest, AbsentColumnsAndEmptyFieldsAreNull) {
  const auto values = read({"TrangThaiHoSo", "MaHoSo", "CoPhi"}, {" 4 ", "  H22.1-1 ", ""});
  ASSERT_TRUE(values.has_value());
  std::size_t present = 0;
  for (const Value& one : *values) present += is_null(one) ? 0U : 1U;
  EXPECT_EQ(present, 3U);  // code, state, raw state
  EXPECT_EQ(value(*values, "Code"), Value(std::string("H22.1-1")));
}

TEST_F(RowMappingTest, NothingOfUnmappedColumnsIsRead) {
  const auto values = read({"MaHoSo", "ChuHoSo", "TrangThaiHoSo", "SoDinhDanh"},
                           {"H22.1-1", "Vàng Thị Mỷ", "4", "002190000001"});
  ASSERT_TRUE(values.has_value());
  for (const Value& one : *values) {
    EXPECT_EQ(to_text(one).find("Vàng"), std::string::npos);
    EXPECT_EQ(to_text(one).find("002190000001"), std::string::npos);
  }
}

TEST_F(RowMappingTest, StatesAreNumbersOrTheConfigurationsWords) {
  settings_.states = {{"Đang xử lý", 4}, {"0", 1}, {"1", 2}};
  const auto state = [&](const std::string& text) {
    const auto values = read({"MaHoSo", "TrangThaiHoSo"}, {"x", text});
    return values ? to_text(value(*values, "State")) + "/" + to_text(value(*values, "State Raw")) : "refused";
  };
  EXPECT_EQ(state("Đang xử lý"), "4/Đang xử lý");
  EXPECT_EQ(state("0"), "1/0");
  EXPECT_EQ(state("1"), "2/1");  // this system counts differently
  EXPECT_EQ(state("10"), "10/10");
  EXPECT_EQ(state("11"), "refused");
  EXPECT_EQ(state(""), "refused");
  EXPECT_EQ(state("ĐANG  xử lý"), "4/ĐANG  xử lý");  // neither case nor blanks matter
  // The same letters, decomposed as macOS writes them.
  EXPECT_EQ(state("\xC4\x90"
                  "ang x\xC6\xB0\xCC\x89 ly\xCC\x81"),
            "4/Đang xử lý");
  EXPECT_EQ(state("\xC3\x90"
                  "ang xử lý"),
            "4/\xC3\x90"
            "ang xử lý");                     // the Icelandic letter, as old converters write it
  EXPECT_EQ(state("=\"10\""), "10/10");       // kept from being a number in spreadsheets
  EXPECT_EQ(state("DANG XU LY"), "refused");  // another word: nothing is guessed
  EXPECT_EQ(state("4.0"), "refused");
}

TEST_F(RowMappingTest, BadFieldsAreNamedByTheirColumn) {
  const std::vector<std::string> header = {"MaHoSo", "TrangThaiHoSo",     "NgayHenTra", "KenhThucHien",
                                           "CoPhi",  "SoLanYeuCauBoSung", "MaTTHC"};
  const std::vector<std::string> good = {"x", "4", "2026-06-15", "1", "có", "0", "1.005129"};
  ASSERT_TRUE(read(header, good).has_value());
  const std::vector<std::pair<std::size_t, std::string>> bad = {{0, ""},
                                                                {0, " "},
                                                                {0, std::string(129, 'x')},
                                                                {0, "a\nb"},
                                                                {1, "Lạ"},
                                                                {0, "1.23457E+11"},
                                                                {0, "1,23457e+11"},
                                                                {2, "tomorrow"},
                                                                {2, "46174"},
                                                                {2, "46174.589"},
                                                                {3, "4"},
                                                                {3, "online"},
                                                                {4, "maybe"},
                                                                {5, "256"},
                                                                {5, "-1"},
                                                                {6, "a\xFF"},
                                                                {6, std::string(257, 'x')}};
  for (const auto& [column, text] : bad) {
    std::vector<std::string> fields = good;
    fields[column] = text;
    const auto values = read(header, fields);
    ASSERT_FALSE(values.has_value()) << header[column] << "=" << text;
    EXPECT_EQ(values.error().where, header[column]);
    // English and Vietnamese, both with what to do.
    EXPECT_NE(values.error().what.find(" | "), std::string::npos);
  }
  std::vector<std::string> longest = good;
  longest[0] = std::string(128, 'x');
  EXPECT_TRUE(read(header, longest).has_value());
}

TEST_F(RowMappingTest, ANameThatIsBrokenIntoLinesIsOnOne) {
  const auto values = read({"MaHoSo", "DonViXuLy", "TrangThaiHoSo"},
                           {"A", "Phòng Tư pháp \r\n- Hộ tịch\tsố 2\n", "Đang\r\nxử lý"});
  ASSERT_TRUE(values.has_value()) << values.error().to_string();
  EXPECT_EQ(value(*values, "Agency"), Value(std::string("Phòng Tư pháp - Hộ tịch số 2")));
  EXPECT_EQ(value(*values, "State"), Value(std::uint64_t{4}));
  EXPECT_EQ(value(*values, "State Raw"), Value(std::string("Đang xử lý")));
  EXPECT_FALSE(read({"MaHoSo", "DonViXuLy", "TrangThaiHoSo"}, {"A", std::string("x\0y", 3), "4"}));
}

TEST_F(RowMappingTest, ARowMustHaveTheHeadersWidth) {
  for (const std::vector<std::string>& fields : {std::vector<std::string>{"x"}, {"x", "4", "y"}}) {
    const auto values = read({"MaHoSo", "TrangThaiHoSo"}, fields);
    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().where, "");
  }
  EXPECT_TRUE(read({"MaHoSo", "TrangThaiHoSo"}, {"x", "4", "", " "}).has_value());  // trailing delimiters
}

TEST_F(RowMappingTest, OnlyMappedFieldsHaveToBeText) {
  EXPECT_TRUE(read({"MaHoSo", "TrangThaiHoSo", "ChuHoSo"}, {"x", "4", "V\xE0ng"}).has_value());
  const auto values = read({"MaHoSo", "TrangThaiHoSo", "DonViXuLy"}, {"x", "4", "UBND x\xE3"});
  ASSERT_FALSE(values.has_value());
  EXPECT_EQ(values.error().where, "DonViXuLy");
  EXPECT_EQ(values.error().what.find("UBND"), std::string::npos);
}

TEST_F(RowMappingTest, WhatIsNotUtf8IsReadInTheEncodingOfTheConfiguration) {
  settings_.encoding = TextEncoding::windows_1258;
  const std::vector<std::string> header = {"MaHoSo", "TrangThaiHoSo", "DonViXuLy"};
  // "Xã Đồng Văn" in code page 1258: ô is a letter, its grave accent a mark behind it.
  const auto old_text = read(header, {"x", "4", "X\xE3 \xD0\xF4\xCCng V\xE3n"});
  ASSERT_TRUE(old_text.has_value()) << old_text.error().what;
  EXPECT_EQ(value(*old_text, "Agency"), Value(std::string("Xă Đồng Văn")));
  const auto new_text = read(header, {"x", "4", "Xã Đồng Văn"});
  ASSERT_TRUE(new_text.has_value());
  EXPECT_EQ(value(*new_text, "Agency"), Value(std::string("Xã Đồng Văn")));
  settings_.encoding = TextEncoding::tcvn3;
  const auto abc = read(header, {"x", "4", "X\xB7 \xA7\xE5ng V\xA8n"});
  ASSERT_TRUE(abc.has_value()) << abc.error().what;
  EXPECT_EQ(value(*abc, "Agency"), Value(std::string("Xã Đồng Văn")));
}

TEST_F(RowMappingTest, AHeaderNeedsItsMandatoryColumnsOnce) {
  RowMapping row(settings_);
  EXPECT_TRUE(row.map_header({" MaHoSo ", "TrangThaiHoSo"}).has_value());
  EXPECT_TRUE(row.map_header({"mahoso", "TRANGTHAIHOSO\xC2\xA0"}).has_value());
  EXPECT_TRUE(row.map_header({"MaHoSo", "TrangThaiHoSo", "x\xFF", "ChuHoSo", "ChuHoSo"}).has_value());
  EXPECT_TRUE(row.map_header({"MaHoSo", "TrangThaiHoSo", "Họ và\r\ntên"}).has_value());
  EXPECT_FALSE(row.map_header({"MaHoSo"}).has_value());
  EXPECT_FALSE(row.map_header({"TrangThaiHoSo"}).has_value());
  EXPECT_FALSE(row.map_header({"MaHoSo", "TrangThaiHoSo", "MAHOSO"}).has_value());
  EXPECT_NE(row.map_header({"MaHoSo", "x\xFF"}).error().what.find("not UTF-8"), std::string::npos);
  const auto wrong_delimiter = row.map_header({"MaHoSo;TrangThaiHoSo"});
  ASSERT_FALSE(wrong_delimiter.has_value());
  EXPECT_NE(wrong_delimiter.error().what.find("delimiter"), std::string::npos);
}

TEST_F(RowMappingTest, AHeaderIsFoundInEitherUnicodeForm) {
  settings_.columns["code"] = "Số hồ sơ";
  settings_.columns["state"] = "Tình trạng";
  const auto values =
      read({"So\xCC\x82\xCC\x81 ho\xCC\x82\xCC\x80 s\x6F\xCC\x9B", "TÌNH\xC2\xA0TRẠNG"}, {"x", "2"});
  ASSERT_TRUE(values.has_value());
  EXPECT_EQ(value(*values, "Code"), Value(std::string("x")));
}

TEST_F(RowMappingTest, NoDateAndNullAreNothing) {
  const auto values = read({"MaHoSo", "TrangThaiHoSo", "NgayHenTra", "NgayTra", "MaTTHC"},
                           {"x", "4", "0001-01-01T00:00:00", "1900-01-01 00:00:00", "NULL"});
  ASSERT_TRUE(values.has_value()) << values.error().what;
  for (const char* column : {"Due", "Returned", "Procedure"}) EXPECT_TRUE(is_null(value(*values, column)));
  for (const char* none :
       {"0000-00-00 00:00:00", "1/1/0001 12:00:00 SA", "9999-12-31", "31/12/9999 23:59:59"}) {
    const auto without = read({"MaHoSo", "TrangThaiHoSo", "NgayHenTra"}, {"x", "4", none});
    ASSERT_TRUE(without.has_value()) << none;
    EXPECT_TRUE(is_null(value(*without, "Due"))) << none;
  }
  EXPECT_FALSE(read({"MaHoSo", "TrangThaiHoSo"}, {"null", "4"}).has_value());
}

TEST_F(RowMappingTest, RowsThatSayTheSameHaveTheSameDigests) {
  const auto first = read_row({"MaHoSo", "TrangThaiHoSo", "ChuHoSo"}, {"x", "4", "A"});
  const auto same = read_row({"TrangThaiHoSo", "CoPhi", "MaHoSo"}, {" 4", "", "x "});
  const auto changed = read_row({"MaHoSo", "TrangThaiHoSo"}, {"x", "5"});
  const auto dated = read_row({"MaHoSo", "TrangThaiHoSo", "ThoiDiemXuLy"}, {"x", "4", "20260601080000"});
  const auto other = read_row({"MaHoSo", "TrangThaiHoSo"}, {"y", "4"});
  ASSERT_TRUE(first && same && changed && dated && other);
  EXPECT_EQ(first->subject, same->subject);
  EXPECT_EQ(first->content, same->content);
  EXPECT_EQ(first->subject, changed->subject);
  EXPECT_NE(first->content, changed->content);
  EXPECT_NE(first->content, dated->content);
  EXPECT_NE(first->subject, other->subject);
  EXPECT_FALSE(first->dated);
  EXPECT_TRUE(dated->dated);
}

TEST_F(RowMappingTest, TheHeaderIsMappedByTheConfiguration) {
  settings_.columns["code"] = "Số hồ sơ";
  settings_.columns["state"] = "Tình trạng";
  settings_.columns["due"] = "";
  const auto values = read({"Tình trạng", "Số hồ sơ", "NgayHenTra"}, {"2", "x", "not even a date"});
  ASSERT_TRUE(values.has_value()) << values.error().to_string();
  EXPECT_TRUE(is_null(value(*values, "Due")));
}

}  // namespace
}  // namespace xalink
