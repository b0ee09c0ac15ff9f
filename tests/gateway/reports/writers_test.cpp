// One report in every format, read back by other code than ours.

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <limits>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/csv_writer.hpp"
#include "gateway/reports/html_writer.hpp"
#include "gateway/reports/json_writer.hpp"
#include "gateway/reports/svg_chart.hpp"
#include "gateway/reports/xlsx_writer.hpp"
#include "sparkplug/csv_reader.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/reports/sample_document.hpp"

namespace xalink::reports {
namespace {

constexpr auto kVi = Language::vietnamese;
constexpr auto kEn = Language::english;

/// What tests/gateway/reports/read_back.py prints of it.
std::string read_back(const char* format, std::string_view bytes) {
  const ScratchFolder folder;
  const auto file = folder.write(std::string("report.") + format, bytes);
  const auto command =
      std::string("/usr/bin/python3 " XALINK_READ_BACK " ") + format + " " + file.string() + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "no python3";
  std::string text;
  std::array<char, 4096> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), size);
  EXPECT_EQ(::pclose(pipe), 0) << text;
  return text;
}

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << "no line: " << line << "\nin\n"
                                                                       << text;
}

TEST(CellText, WritesNumbersAndDatesAsPeopleOfEachLanguageDo) {
  EXPECT_EQ(number_for_people(1234.5, 1, kVi), "1.234,5");
  EXPECT_EQ(number_for_people(1234.5, 1, kEn), "1,234.5");
  EXPECT_EQ(number_for_people(-1234567, 0, kVi), "-1.234.567");
  EXPECT_EQ(number_for_people(999, 0, kVi), "999");
  EXPECT_EQ(number_for_people(-100, 0, kVi), "-100");
  EXPECT_EQ(number_for_people(-0.04, 1, kVi), "0,0") << "there is no minus nought";
  EXPECT_EQ(number_for_people(999.96, 1, kEn), "1,000.0");
  EXPECT_EQ(date_for_people(sample_day(2024, 9, 18), kVi), "18/09/2024");
  EXPECT_EQ(date_for_people(sample_day(2024, 9, 18), kEn), "2024-09-18");
  EXPECT_EQ(time_for_people(WallTime{}, kVi), "01/01/1970 07:00:00") << "Vietnam's time";
  EXPECT_EQ(duration_for_people(Milliseconds(93784000)), "26:03:04");
  EXPECT_EQ(duration_for_people(Milliseconds(59500)), "0:01:00") << "to the nearest second";
  EXPECT_EQ(duration_for_people(Milliseconds(-90000)), "-0:01:30");
  EXPECT_EQ(cell_for_people(97.9, ColumnKind::percent, 1, kVi), "97,9\u00a0%");
  EXPECT_EQ(cell_for_people(std::numeric_limits<double>::quiet_NaN(), ColumnKind::percent, 1, kEn),
            "no data");
  EXPECT_EQ(cell_for_people(Missing::suppressed, ColumnKind::integer, 0, kVi), "ẩn (< 5)");
}

TEST(CellText, WritesOneFormForProgramsWhateverTheLanguage) {
  for (const auto language : {kVi, kEn}) {
    EXPECT_EQ(cell_for_programs(1234567.125, 2, language), "1234567.12") << "half to even: IEEE 754";
    EXPECT_EQ(cell_for_programs(1e21, 0, language), "1000000000000000000000") << "no exponent";
    EXPECT_EQ(cell_for_programs(-0.0, 2, language), "0.00");
    EXPECT_EQ(cell_for_programs(Milliseconds(1500), 0, language), "1.500");
    EXPECT_EQ(cell_for_programs(Milliseconds(-60000), 0, language), "-60");
    EXPECT_EQ(cell_for_programs(WallTime(Milliseconds(1)), 0, language), "1970-01-01T07:00:00.001+07:00");
    EXPECT_EQ(cell_for_programs(std::numeric_limits<double>::infinity(), 2, language), std::nullopt);
  }
}

TEST(CountOrSuppressed, HidesOneToFour) {
  EXPECT_EQ(count_or_suppressed(0), Cell(std::int64_t{0}));
  EXPECT_EQ(count_or_suppressed(1), Cell(Missing::suppressed));
  EXPECT_EQ(count_or_suppressed(4), Cell(Missing::suppressed));
  EXPECT_EQ(count_or_suppressed(5), Cell(std::int64_t{5}));
}

TEST(Document, TellsItsFlaws) {
  EXPECT_EQ(flaw_of(sample_document()), "");
  auto document = sample_document();
  document.tables[0].rows[0].cells.pop_back();
  EXPECT_EQ(flaw_of(document), "communes, row 0: another width than the columns");
  document = sample_document();
  document.tables[0].rows[1].cells[1] = 7.0;
  EXPECT_EQ(flaw_of(document), "communes, row 1, people: another type than its column");
  document = sample_document();
  document.charts[0].values = {"name"};
  EXPECT_EQ(flaw_of(document), "a chart of no figures: name");
  document = sample_document();
  document.notes[0].vietnamese.clear();
  EXPECT_EQ(flaw_of(document), "a note in one language");
  document = sample_document();
  document.map->state = "people";
  EXPECT_EQ(flaw_of(document), "a map of no table");
}

TEST(Document, NamesItsFilesAfterWhatItIsAbout) {
  auto document = sample_document();
  EXPECT_EQ(file_stem(document), "sample-2024-Q3-commune");
  document.period = *meaning::read_period("2024-07-01..2024-08-15");
  document.scope.clear();
  EXPECT_EQ(file_stem(document), "sample-2024-07-01_2024-08-15");
}

struct Csv {
  std::vector<std::vector<std::string>> rows;
};

Csv parsed(const std::string& text) {
  Csv csv;
  CsvReader reader(',');
  const auto take = [&] {
    while (const auto row = reader.next()) {
      EXPECT_EQ(row->broken, "");
      if (!row->blank()) csv.rows.push_back(row->fields);
    }
  };
  reader.feed(text);
  take();
  reader.finish();
  take();
  return csv;
}

TEST(CsvWriter, WritesWhatRfc4180Has) {
  const auto files = as_csv(sample_document(), kVi);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "about");
  EXPECT_EQ(files[1].name, "communes");
  const auto& text = files[1].text;
  EXPECT_EQ(text.substr(0, 3), "\xEF\xBB\xBF") << "Excel's mark of UTF-8";
  EXPECT_EQ(text,
            "\xEF\xBB\xBFXã,Dân số,\"Tải xuống, Mb/s\",Khả dụng,Mất kết nối,Từ ngày,Bản ghi cuối,Trạng thái,"
            "Giá trị thiếu\r\n"
            "xã Lũng Cú,4567,1234.5,99.50,93784,2021-06-04,2024-09-18T07:05:09.250+07:00,good,\r\n"
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"<b>y</b>\"\")\",-7,0.0,0.00,1.500,1970-01-01,"
            "1970-01-01T07:00:00.000+07:00,bad,\r\n"
            "\"a,b\n\"\"c\"\" \x01\",,,,,,,no_data,people=not_applicable;down_mbps=not_measured;"
            "available=suppressed;down=no_data;since=no_data;last=no_data\r\n");
  const auto csv = parsed(text);
  ASSERT_EQ(csv.rows.size(), 4U);
  for (const auto& row : csv.rows) EXPECT_EQ(row.size(), 9U);
  EXPECT_EQ(csv.rows[3][0], "a,b\n\"c\" \x01");
}

TEST(CsvWriter, SaysBesideTheTablesWhatTheyRestOn) {
  const auto csv = parsed(as_csv(sample_document(), kEn)[0].text);
  const auto value_of = [&](std::string_view name) -> std::string {
    for (const auto& row : csv.rows) {
      EXPECT_EQ(row.size(), 4U);
      if (row[1] == name) return row[2] + "|" + row[3];
    }
    return "no such line";
  };
  EXPECT_EQ(value_of("Period"), "Q3 2024 (2024-07-01 to 2024-09-30)|");
  EXPECT_EQ(value_of("Records used"), "98765|");
  EXPECT_EQ(value_of("Records whose time is estimated"), "2.50|");
  EXPECT_EQ(value_of("Registry version"), "3|");
  EXPECT_EQ(value_of("Working-day calendar"), "registry 3|");
  EXPECT_EQ(value_of("Communes without data in the period"), "xã Sủng Là|");
  EXPECT_EQ(value_of("Satisfied"), "|not_measured");
  EXPECT_EQ(value_of("Availability"), "time up / time known [QCVN 34]|");
}

TEST(CsvWriter, MakesHarmlessWhatASpreadsheetWouldCompute) {
  EXPECT_EQ(csv_text_field("=1+1"), "'=1+1");
  EXPECT_EQ(csv_text_field("+84 219"), "'+84 219");
  EXPECT_EQ(csv_text_field("-"), "'-");
  EXPECT_EQ(csv_text_field("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_text_field("＝1"), "'＝1");
  EXPECT_EQ(csv_text_field("\t=1"), "'\t=1");
  EXPECT_EQ(csv_text_field("\r\n=1"), "\"'\r\n=1\"");
  EXPECT_EQ(csv_text_field("  =1"), "'  =1") << "blanks are passed over by some";
  EXPECT_EQ(csv_text_field("=a,b"), "\"'=a,b\"");
  EXPECT_EQ(csv_text_field("xã Lũng Cú"), "xã Lũng Cú");
  EXPECT_EQ(csv_text_field("3-4"), "3-4");
  EXPECT_EQ(csv_text_field("–"), "–") << "a dash is no minus";
  EXPECT_EQ(csv_text_field(""), "");
}

TEST(JsonWriter, WritesSortedKeysFixedDigitsAndBothLanguages) {
  auto document = sample_document();
  const auto text = as_json(document);
  const auto json = boost::json::parse(text);
  EXPECT_EQ(json.at("kind").as_string(), "sample");
  EXPECT_EQ(json.at("title").at("vi").as_string(), "Báo cáo mẫu <thử>");
  EXPECT_EQ(json.at("period").at("name").as_string(), "2024-Q3");
  EXPECT_EQ(json.at("period").at("days").as_int64(), 92);
  EXPECT_EQ(json.at("period").at("from_ms").as_int64(), 1719766800000);  // `date -d 2024-07-01T00:00+07:00`
  EXPECT_EQ(json.at("period").at("to_ms").as_int64(), 1727715600000);
  EXPECT_EQ(json.at("basis").at("records").as_int64(), 98765);
  EXPECT_EQ(json.at("basis").at("without_data").as_array().size(), 1U);
  const auto& rows = json.at("tables").at(0).at("rows").as_array();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].at("cells").at("name").as_string(), "=HYPERLINK(\"http://x\",\"<b>y</b>\")")
      << "only a spreadsheet computes";
  EXPECT_TRUE(rows[2].at("cells").at("available").is_null());
  EXPECT_EQ(rows[2].at("missing").at("available").as_string(), "suppressed");
  EXPECT_TRUE(rows[0].at("missing").as_object().empty());
  const std::string expected_row =
      R"({"cells":{"available":99.50,"down":93784,"down_mbps":1234.5,"last":"2024-09-18T07:05:09.250+07:00",)"
      R"("name":"xã Lũng Cú","people":4567,"since":"2021-06-04","state":"good"},"code":null,"missing":{},)"
      R"("place":[105.316667,23.363889]})";
  EXPECT_NE(text.find(expected_row), std::string::npos) << text;
}

/// Keys of objects, in the order of the text, must be sorted.
void expect_sorted(const boost::json::value& value, const std::string& path) {
  if (const auto* object = value.if_object()) {
    std::string before;
    for (const auto& [key, member] : *object) {
      EXPECT_LT(before, std::string(key)) << path;
      before = key;
      expect_sorted(member, path + "/" + before);
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& member : *array) expect_sorted(member, path + "/-");
  }
}

TEST(JsonWriter, SortsKeysAtEachLevel) {
  expect_sorted(boost::json::parse(as_json(sample_document())), "");
  expect_sorted(boost::json::parse(as_geojson(sample_document())), "");
}

TEST(GeoJsonWriter, WritesPointsAndListsWhatHasNoPlace) {
  const auto json = boost::json::parse(as_geojson(sample_document()));
  EXPECT_EQ(json.at("type").as_string(), "FeatureCollection");
  const auto& features = json.at("features").as_array();
  ASSERT_EQ(features.size(), 2U);
  const auto& first = features[0];
  EXPECT_EQ(first.at("type").as_string(), "Feature");
  EXPECT_EQ(first.at("geometry").at("type").as_string(), "Point");
  EXPECT_DOUBLE_EQ(first.at("geometry").at("coordinates").at(0).as_double(), 105.316667) << "longitude first";
  EXPECT_DOUBLE_EQ(first.at("geometry").at("coordinates").at(1).as_double(), 23.363889);
  EXPECT_EQ(first.at("properties").at("state").as_string(), "good");
  const auto& without = json.at("report").at("without_coordinates").as_array();
  ASSERT_EQ(without.size(), 1U);
  EXPECT_EQ(without[0].at("state").as_string(), "no_data");
  EXPECT_EQ(without[0].at("missing").at("down").as_string(), "no_data");
}

TEST(Writers, GiveTheSameBytesForTheSameReport) {
  const auto once = sample_document();
  const auto again = sample_document();
  EXPECT_EQ(as_json(once), as_json(again));
  EXPECT_EQ(as_geojson(once), as_geojson(again));
  for (const auto language : {kVi, kEn}) {
    EXPECT_EQ(as_html(once, language), as_html(again, language));
    EXPECT_EQ(as_csv(once, language)[1].text, as_csv(again, language)[1].text);
    const auto book = as_xlsx(once, language);
    const auto book_again = as_xlsx(again, language);
    ASSERT_TRUE(book) << book.error().to_string();
    ASSERT_TRUE(book_again);
    EXPECT_EQ(*book, *book_again);
  }
}

TEST(Writers, GiveProgramsTheCodeOfARowsUnit) {
  auto document = sample_document();
  document.tables[0].rows[0].code = "00715@";
  const auto json = boost::json::parse(as_json(document));
  const auto& rows = json.at("tables").at(0).at("rows").as_array();
  EXPECT_EQ(rows[0].at("code").as_string(), "00715@");
  EXPECT_TRUE(rows[1].at("code").is_null());
  const auto map = boost::json::parse(as_geojson(document));
  EXPECT_EQ(map.at("features").at(0).at("properties").at("code").as_string(), "00715@");
  const auto csv = parsed(as_csv(document, kVi)[1].text);
  ASSERT_EQ(csv.rows[0].size(), 10U);
  EXPECT_EQ(csv.rows[0][8], "Mã trong danh bạ");
  EXPECT_EQ(csv.rows[1][8], "00715@");
  EXPECT_EQ(csv.rows[2][8], "");
}

TEST(Writers, TellTheCalendarInTheReadersLanguage) {
  const auto document = sample_document();
  const auto page = as_html(document, kVi);
  EXPECT_NE(page.find("danh bạ phiên bản 3"), std::string::npos);
  EXPECT_EQ(page.find("registry 3"), std::string::npos);
  EXPECT_NE(as_html(document, kEn).find("registry 3"), std::string::npos);
  const auto json = boost::json::parse(as_json(document));
  EXPECT_EQ(json.at("basis").at("calendar_version").as_string(), "registry 3");
}

TEST(XlsxWriter, WritesSharesAndHoursBesideCharts) {
  const auto book = as_xlsx(sample_document(), kVi);
  ASSERT_TRUE(book);
  const auto seen = read_back("xlsx", *book);
  expect_line(seen, "axis 0% up to 1.0");
  expect_line(seen, "axis [h]:mm up to None");
}

TEST(XlsxWriter, MakesTheTitlesRowAsHighAsItsLetters) {
  const auto book = as_xlsx(sample_document(), kVi);
  ASSERT_TRUE(book);
  expect_line(read_back("xlsx", *book), "Tổng hợp row 1 high 24");
}

TEST(XlsxWriter, SetsTextsOffFromTheNumbersBeforeThem) {
  const auto book = as_xlsx(sample_document(), kVi);
  ASSERT_TRUE(book);
  const auto seen = read_back("xlsx", *book);
  for (const char* text : {"A1", "B1", "A2", "H2"}) {
    expect_line(seen, std::string("Các xã!") + text + " set off by 1");
  }
  EXPECT_EQ(seen.find("Các xã!B2 set off"), std::string::npos) << "a number";
}

TEST(XlsxWriter, WritesNumbersAsNumbersAndNoFormulas) {
  const auto book = as_xlsx(sample_document(), kVi);
  ASSERT_TRUE(book) << book.error().to_string();
  const auto seen = read_back("xlsx", *book);
  expect_line(seen, "created 2024-09-30T17:00:00");
  expect_line(seen, "sheet Các xã frozen B2 filter A1:H4 paper 9 repeat $1:$1");
  expect_line(seen, "Các xã!A1 s 'Xã' General");
  expect_line(seen, "Các xã!B2 n 4567 #,##0");
  expect_line(seen, "Các xã!C2 n 1234.55 #,##0.0");
  expect_line(seen, "Các xã!D2 n 0.995 0.00%");
  expect_line(seen, "Các xã!E2 d datetime.timedelta(days=1, seconds=7384) [h]:mm:ss");
  expect_line(seen, "Các xã!F2 d datetime.datetime(2021, 6, 4, 0, 0) dd/mm/yyyy");
  expect_line(seen, "Các xã!G2 d datetime.datetime(2024, 9, 18, 7, 5, 9, 250000) dd/mm/yyyy hh:mm:ss");
  expect_line(seen, "Các xã!H2 s 'tốt' General");
  expect_line(seen, "Các xã!A3 s '=HYPERLINK(\"http://x\",\"<b>y</b>\")' General");
  expect_line(seen, "Các xã!B4 s '–' General");
  expect_line(seen, "Các xã!D4 s 'ẩn (< 5)' General");
  expect_line(seen, "series BarChart 'Các xã'!$A$2:$A$4 'Các xã'!$E$2:$E$4 'Các xã'!$E$1");
  expect_line(seen, "series LineChart 'Các xã'!$A$2:$A$4 'Các xã'!$B$2:$B$4 'Các xã'!$B$1");
  expect_line(seen, "Định nghĩa và nguồn!C2 s 'QCVN 34' General");
  EXPECT_EQ(seen.find(" f '"), std::string::npos) << "a formula in\n" << seen;
  EXPECT_NE(seen.find("'Quý III năm 2024 (01/07/2024 – 30/09/2024)'"), std::string::npos);
  EXPECT_NE(seen.find(" n 98765 #,##0"), std::string::npos) << "records used";
}

TEST(XlsxWriter, DrawsNoRowsWhoseFiguresAreHidden) {
  auto document = sample_document();
  auto& rows = document.tables[0].rows;
  std::swap(rows[1], rows[2]);  // the hidden one between two others
  const auto book = as_xlsx(document, kVi);
  ASSERT_TRUE(book) << book.error().to_string();
  const auto seen = read_back("xlsx", *book);
  expect_line(seen, "series BarChart 'Biểu đồ'!$R$2:$R$3 'Biểu đồ'!$S$2:$S$3 'Biểu đồ'!$S$1");
  expect_line(seen, "Biểu đồ!R1 s 'Xã' General");
  expect_line(seen, "Biểu đồ!S1 s 'Khả dụng' General");
  expect_line(seen, "Biểu đồ!R2 s 'xã Lũng Cú' General");
  expect_line(seen, "Biểu đồ!S2 n 0.995 0.00%");
  expect_line(seen, "Biểu đồ!S3 n 0 0.00%");
  expect_line(seen, "Biểu đồ!A25 s 'Không vẽ do số liệu ẩn (< 5): 1 dòng.' General");
  expect_line(seen, "series BarChart 'Các xã'!$A$2:$A$4 'Các xã'!$E$2:$E$4 'Các xã'!$E$1");
  rows.assign(3, rows[1]);
  const auto none = as_xlsx(document, kEn);
  ASSERT_TRUE(none) << none.error().to_string();
  const auto nothing = read_back("xlsx", *none);
  EXPECT_NE(nothing.find("Not drawn, their figures being hidden (< 5): 3 rows."), std::string::npos)
      << nothing;
  EXPECT_EQ(nothing.find("$D$2"), std::string::npos) << "nothing to draw\n" << nothing;
}

TEST(XlsxWriter, TakesLongNamesAndLongTextsAndNoRows) {
  auto document = sample_document();
  const std::string title = "A title: of [more] than thirty-one letters / that Excel refuses?";
  document.tables[0].title = {title, title};
  document.tables.push_back(document.tables[0]);
  document.tables[1].key = "again";
  document.tables[1].rows.clear();
  document.tables[0].rows[0].cells[0] = std::string(40000, 'x');
  document.charts[0].table = "again";
  ASSERT_EQ(flaw_of(document), "");
  const auto book = as_xlsx(document, kEn);
  ASSERT_TRUE(book) << book.error().to_string();
  const auto seen = read_back("xlsx", *book);
  EXPECT_NE(seen.find("sheet A title  of  more  than thirty- frozen"), std::string::npos) << seen;
  EXPECT_NE(seen.find("sheet A title  of  more  than thirt 2 frozen"), std::string::npos) << seen;
  EXPECT_NE(seen.find("No rows."), std::string::npos);
}

TEST(HtmlWriter, IsWellFormedNeedsNothingElseAndRunsNothing) {
  const auto seen = read_back("html", as_html(sample_document(), kVi));
  expect_line(seen, "language vi");
  expect_line(seen, "svg 4 script 0 link 0 img 0");
  EXPECT_EQ(seen.find("fetches or runs"), std::string::npos) << seen;
  expect_line(
      seen,
      "row Xã | Dân số | Tải xuống, Mb/s | Khả dụng | Mất kết nối | Từ ngày | Bản ghi cuối | Trạng thái");
  expect_line(
      seen,
      "row xã Lũng Cú | 4.567 | 1.234,5 | 99,50\u00a0% | 26:03:04 | 04/06/2021 | 18/09/2024 07:05:09 | tốt");
  EXPECT_NE(seen.find("row =HYPERLINK(\"http://x\",\"<b>y</b>\") | -7 | 0,0"), std::string::npos)
      << "markup in a text stays text\n"
      << seen;
  EXPECT_NE(seen.find("– | chưa đo | ẩn (< 5) | không có dữ liệu"), std::string::npos) << seen;
  EXPECT_NE(seen.find("drawing Bản đồ"), std::string::npos);
  EXPECT_NE(seen.find("10 km"), std::string::npos) << "the map's scale\n" << seen;
}

TEST(HtmlWriter, SpeaksEnglishToo) {
  const auto html = as_html(sample_document(), kEn);
  const auto seen = read_back("html", html);
  expect_line(seen, "language en");
  expect_line(
      seen,
      "row xã Lũng Cú | 4,567 | 1,234.5 | 99.50\u00a0% | 26:03:04 | 2021-06-04 | 2024-09-18 07:05:09 | good");
  EXPECT_NE(html.find("size: A4"), std::string::npos);
  EXPECT_NE(html.find("table-header-group"), std::string::npos);
}

TEST(HtmlWriter, DrawsNoRowsWhoseFiguresAreHiddenAndSaysHowMany) {
  auto document = sample_document();
  auto& rows = document.tables[0].rows;
  const auto hidden = rows[2];
  rows.insert(rows.begin(), 50, hidden);
  rows.insert(rows.end(), 50, rows[50]);
  const auto& chart = document.charts[0];
  auto svg = svg_of(chart, document.tables[0], kVi);
  EXPECT_NE(svg.find("Không vẽ do số liệu ẩn (&lt; 5): 51 dòng."), std::string::npos) << svg;
  EXPECT_EQ(svg.find("a,b"), std::string::npos) << "a name with nothing beside it\n" << svg;
  EXPECT_NE(svg.find("99,50\u00a0%"), std::string::npos) << svg;
  EXPECT_NE(svg.find("Biểu đồ chỉ vẽ các dòng đầu của bảng."), std::string::npos) << "40 of 52\n" << svg;
  rows.assign(50, hidden);
  svg = svg_of(chart, document.tables[0], kEn);
  EXPECT_NE(svg.find("Not drawn, their figures being hidden (&lt; 5): 50 rows."), std::string::npos) << svg;
  EXPECT_EQ(svg.find("class=\"grid\""), std::string::npos) << "an axis with nothing on it\n" << svg;
  // Lines have a gap there, as for every missing value; other reasons are worth their row.
  svg = svg_of(document.charts[1], document.tables[0], kVi);
  EXPECT_NE(svg.find("không có dữ liệu"), std::string::npos) << svg;
}

TEST(HtmlWriter, MissesNoCoordinatesOfWhatIsNoPlace) {
  auto document = sample_document();
  for (auto& row : document.tables[0].rows) row.place.reset();
  document.scope = "commune";
  EXPECT_NE(as_html(document, kEn).find("for want of coordinates"), std::string::npos);
  document.scope = "region";
  EXPECT_EQ(as_html(document, kEn).find("for want of coordinates"), std::string::npos);
}

TEST(HtmlWriter, DrawsWhatHasOneRowOrNoFigures) {
  auto document = sample_document();
  document.tables[0].rows = {document.tables[0].rows[2]};
  auto seen = read_back("html", as_html(document, kEn));
  expect_line(seen, "svg 3 script 0 link 0 img 0");  // no point, no map
  document.tables[0].rows[0].place = Place{23, 105};
  seen = read_back("html", as_html(document, kEn));
  expect_line(seen, "svg 4 script 0 link 0 img 0");
  EXPECT_EQ(seen.find("nan"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("inf"), std::string::npos) << seen;
  document.tables[0].rows.clear();
  expect_line(read_back("html", as_html(document, kEn)), "svg 0 script 0 link 0 img 0");
}

}  // namespace
}  // namespace xalink::reports
