// The report of dossiers: what it shows, and what it keeps to itself.

#include "gateway/reports/dossiers_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fakes/scratch_folder.hpp"
#include "tests/gateway/meaning/dossier_log.hpp"

namespace xalink::reports {
namespace {

using meaning::at;
using meaning::DossierEvent;

constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,latitude,longitude,"
    "successors\n"
    "00715,,2025-06-30,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang,23.36,105.31,00715@2025-07-01\n"
    "00721,,2025-06-30,xã,Trống,026,Đồng Văn,02,Hà Giang,,,00715@2025-07-01\n"
    "00745,,2025-06-30,xã,Phố Cáo,026,Đồng Văn,02,Hà Giang,,,00715@2025-07-01\n"
    "00715,2025-07-01,,xã,Lũng Cú,,,08,Tuyên Quang,,,\n";
constexpr const char* kSites = "site,code\nlung-cu,00715\npho-cao,00745\n";
constexpr const char* kOfficial =
    "indicator,level,unit,from,to,measure,value,source\n"
    "on_time_of_resolved,province,02,2024-09-01,2024-09-30,percent,97.5,cổng\n"
    "5.2,province,02,2024-09-01,2024-09-30,percent,90,cổng\n";
constexpr const char* kTargets =
    "indicator,level,unit,deadline,direction,value\n"
    "online_filed,province,02,2024-12-31,at_least,80\n"
    "resolved_late,commune,00745@,2024-12-31,at_most,10\n"
    "tasks_done,agency,Sở TT&TT,2024-12-31,at_least,80\n";
constexpr const char* kTasks =
    "programme,task,text,deadline,done\nCCHC,1,a,2024-08-31,2024-08-30\nCCHC,2,b,2024-12-31,\n";

class DossiersReportTest : public testing::Test {
 protected:
  DossiersReportTest() {
    ScratchFolder folder;
    const auto judged =
        registry::judge_files({folder.write("communes.csv", kCommunes), folder.write("sites.csv", kSites),
                               folder.write("official.csv", kOfficial), folder.write("targets.csv", kTargets),
                               folder.write("tasks.csv", kTasks),
                               std::filesystem::path(XALINK_MEANING_DATA "/working-days-2024-2027.csv"),
                               std::filesystem::path(XALINK_MEANING_DATA "/decision-766.csv"),
                               std::filesystem::path(XALINK_MEANING_DATA "/decision-766-bands.csv")},
                              {}, false, TextEncoding::automatic);
    for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
    rows_ = judged->change.result;
    registry_ = registry::Registry(rows_);
    calendar_ = meaning::WorkCalendar(rows_);
  }

  /// So many dossiers of a site that end on that day, due on the 18th.
  void add(const char* site, int many, const char* end, std::uint8_t channel = 2) {
    for (int i = 0; i < many; ++i) {
      DossierEvent like = meaning::due_on("2024-09-18 17:00");
      like.code = "H22.58-240916-" + std::to_string(10'000 + number_++);
      like.site = site;
      like.channel = channel;
      std::vector<DossierEvent> events{meaning::event("2 2024-09-16 09:00", like)};
      if (*end != 0) events.push_back(meaning::event(std::string("9 ") + end, like));
      dossiers_.push_back(std::move(events));
    }
  }
  Document report(Audience audience, Scope scope = Scope::commune) {
    const auto period = meaning::read_period("2024-09").value();
    meaning::ServiceTable table(period, at("2024-12-01"), {registry_, calendar_, procedures_, {}});
    for (const auto& events : dossiers_) table.add(events);
    auto document =
        dossiers_report({table, registry_, rows_, 7, period, scope, audience, {}, 100, 2, 0, task_counts_});
    EXPECT_EQ(flaw_of(document), "");
    return document;
  }
  static const Cell& cell(const Document& document, const char* table, const char* first,
                          const char* column) {
    const Table* found = table_named(document, table);
    for (const auto& row : found->rows) {
      const auto* said = std::get_if<Said>(&row.cells[0]);
      const auto* text = std::get_if<std::string>(&row.cells[0]);
      if ((said != nullptr && said->vietnamese == first) || (text != nullptr && *text == first)) {
        return row.cells.at(column_at(*found, column).value());
      }
    }
    ADD_FAILURE() << "no row " << first << " in " << table;
    static const Cell kNone;
    return kNone;
  }

  std::vector<registry::Entry> rows_;
  registry::Registry registry_;
  meaning::WorkCalendar calendar_;
  meaning::Procedures procedures_;
  std::vector<std::vector<DossierEvent>> dossiers_;
  int number_ = 0;
  std::vector<meaning::TaskCount> task_counts_;
};

TEST_F(DossiersReportTest, TakesCountsOfTasksAsIndicatorsWithTargets) {
  const auto day = [](const char* text) { return registry::read_date(text).value(); };
  task_counts_ = {
      {"CĐS", "CĐS", "Sở TT&TT", day("2024-09-15"), day("2024-12-31"), 20, 15, 15, 0, at("2024-09-16 09:00")},
      {"CCHC", "CCHC", "", day("2024-09-15"), {}, 41, 35, {}, {}, at("2024-09-16 09:00")},
      {"later", "CĐS", "Sở TT&TT", day("2024-10-15"), {}, 20, 20, {}, {}, at("2024-10-16 09:00")}};
  const auto document = report(Audience::everybody);
  EXPECT_EQ(cell(document, "tasks", "CĐS", "done"), Cell(std::int64_t{15}));
  EXPECT_EQ(cell(document, "tasks", "CCHC", "total"), Cell(std::int64_t{2})) << "as the registry lists them";
  EXPECT_EQ(cell(document, "task_counts", "CĐS", "done_percent"), Cell(75.0));
  EXPECT_EQ(std::get<State>(cell(document, "task_counts", "CĐS", "state")).key, "open");
  EXPECT_EQ(cell(document, "task_counts", "CĐS", "counted"), Cell(Said{"yes", "có"}));
  EXPECT_EQ(cell(document, "task_counts", "CCHC", "counted"),
            Cell(Said{"no: listed in the registry", "không: đã có trong danh bạ"}));
  EXPECT_EQ(table_named(document, "task_counts")->rows.size(), 2U) << "the later one is of another period";
  EXPECT_EQ(cell(document, "targets", "Sở TT&TT", "now"), Cell(75.0));
  EXPECT_EQ(std::get<State>(cell(document, "targets", "Sở TT&TT", "state")).key, "open");
}

TEST_F(DossiersReportTest, ShowsCountsAndSharesOfEachUnit) {
  add("lung-cu", 30, "2024-09-17 09:00");
  add("lung-cu", 10, "2024-09-19 09:00", 1);
  add("pho-cao", 20, "2024-09-18 09:00");
  const auto document = report(Audience::everybody);
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "resolved"), Cell(std::int64_t{40}));
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "resolved_late"), Cell(std::int64_t{10}));
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "on_time_of_resolved"), Cell(75.0));
  EXPECT_EQ(cell(document, "units", "xã Phố Cáo", "on_time_of_resolved"), Cell(100.0));
  EXPECT_EQ(cell(document, "units", "xã Trống", "resolved"), Cell(Missing::no_data)) << "never 0";
  EXPECT_EQ(cell(document, "units", "xã Trống", "on_time_of_resolved"), Cell(Missing::no_data));
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "satisfaction"), Cell(Missing::no_data));
  ASSERT_EQ(document.without_data.size(), 1U);
  EXPECT_EQ(document.without_data[0].vietnamese, "xã Trống (Đồng Văn)");
  EXPECT_EQ(document.registry_version, 7);
  EXPECT_FALSE(document.calendar_version.empty());
  EXPECT_EQ(table_named(document, "due"), nullptr);
  const auto district = report(Audience::everybody, Scope::district);
  EXPECT_EQ(cell(district, "units", "Đồng Văn", "resolved"), Cell(std::int64_t{60}));
  const auto region = report(Audience::everybody, Scope::region);
  EXPECT_EQ(cell(region, "units", "chưa rõ khu vực", "resolved"), Cell(std::int64_t{60}));
}

TEST_F(DossiersReportTest, SaysOfWhomDigitisedResultsAreNotMeasured) {
  add("lung-cu", 30, "2024-09-17 09:00");
  for (std::size_t i = 0; i < dossiers_.size(); ++i) {
    dossiers_[i].back().attachments = true;
    dossiers_[i].back().result_file = i < 18;
  }
  add("pho-cao", 20, "2024-09-18 09:00");
  const auto document = report(Audience::everybody);
  for (const char* column : {"digitised_results", "digitised_dossiers"}) {
    EXPECT_EQ(cell(document, "units", "xã Lũng Cú", column), Cell(60.0)) << column;
    EXPECT_EQ(cell(document, "units", "xã Phố Cáo", column), Cell(Missing::not_measured)) << column;
    EXPECT_EQ(cell(document, "units", "xã Trống", column), Cell(Missing::no_data)) << column;
  }
  EXPECT_EQ(cell(document, "scores", "4.1", "rate"), Cell(60.0));
  EXPECT_EQ(cell(document, "scores", "4.2", "points"), Cell(3.0)) << "4 * 60 / 80";
  dossiers_.erase(dossiers_.begin(), dossiers_.begin() + 30);
  const auto without = report(Audience::everybody);
  EXPECT_EQ(cell(without, "scores", "4.2", "rate"), Cell(Missing::not_measured));
  EXPECT_EQ(cell(without, "scores", "4.2", "points"), Cell(Missing::not_measured));
}

TEST_F(DossiersReportTest, HidesSmallCountsAndWhatTheyFollowFrom) {
  add("lung-cu", 40, "2024-09-17 09:00");
  add("lung-cu", 2, "2024-09-19 09:00");
  add("pho-cao", 20, "2024-09-18 09:00");
  add("pho-cao", 6, "2024-09-19 09:00");
  const auto document = report(Audience::everybody);
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "resolved_late"), Cell(Missing::suppressed));
  EXPECT_EQ(cell(document, "units", "xã Phố Cáo", "resolved_late"), Cell(Missing::suppressed))
      << "8 late in all, less these, would be the 2";
  EXPECT_EQ(cell(document, "targets", "xã Phố Cáo", "now"), Cell(Missing::suppressed))
      << "what one table hides no other may tell";
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "on_time_of_resolved"), Cell(Missing::suppressed));
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "resolved"), Cell(std::int64_t{42}));
  EXPECT_EQ(cell(document, "units", "xã Lũng Cú", "resolved_early"), Cell(Missing::suppressed))
      << "42 resolved less 40 early would be the 2";
  EXPECT_EQ(cell(document, "figures", "Giải quyết quá hạn", "count"), Cell(std::int64_t{8}))
      << "of the whole it is no small count";
  const auto office = report(Audience::office);
  EXPECT_EQ(cell(office, "units", "xã Lũng Cú", "resolved_late"), Cell(std::int64_t{2}));
  EXPECT_EQ(cell(office, "units", "xã Phố Cáo", "resolved_late"), Cell(std::int64_t{6}));
  EXPECT_EQ(cell(office, "targets", "xã Phố Cáo", "now"), Cell(6.0));
}

TEST_F(DossiersReportTest, HidesSmallCountsOfTheWholeToo) {
  add("lung-cu", 40, "2024-09-17 09:00");
  add("lung-cu", 2, "2024-09-19 09:00");
  const auto document = report(Audience::everybody, Scope::province);
  for (const char* figure : {"Giải quyết quá hạn", "Giải quyết trước hạn"}) {
    EXPECT_EQ(cell(document, "figures", figure, "count"), Cell(Missing::suppressed)) << figure;
  }
  EXPECT_EQ(cell(document, "figures", "Tỷ lệ trước và đúng hạn trên số đã giải quyết", "percent"),
            Cell(Missing::suppressed));
  EXPECT_EQ(cell(document, "figures", "Tỷ lệ trước và đúng hạn trên số đã giải quyết", "numerator"),
            Cell(Missing::suppressed));
  EXPECT_EQ(cell(document, "scores", "2.1", "rate"), Cell(Missing::suppressed));
  const auto* official = table_named(document, "official");
  EXPECT_EQ(official->rows[1].cells[*column_at(*official, "difference")], Cell(Missing::suppressed))
      << "97.5 and the difference would tell it";
}

TEST_F(DossiersReportTest, ListsForTheOfficeWhatIsDue) {
  add("lung-cu", 1, "");
  const auto document = report(Audience::office);
  const auto* due = table_named(document, "due");
  ASSERT_NE(due, nullptr);
  ASSERT_EQ(due->rows.size(), 1U);
  EXPECT_EQ(due->rows[0].cells[0], Cell(std::string("H22.58-240916-10000")));
  // From the 18th to the 30th of September: 19, 20, 23 to 27, 30.
  EXPECT_EQ(due->rows[0].cells[5], Cell(std::int64_t{-8}));
}

TEST_F(DossiersReportTest, PutsPublishedFiguresTargetsAndTasksBeside) {
  add("lung-cu", 979, "2024-09-17 09:00");
  add("lung-cu", 21, "2024-09-19 09:00", 1);
  const auto document = report(Audience::everybody, Scope::province);
  const auto* official = table_named(document, "official");
  ASSERT_NE(official, nullptr);
  ASSERT_EQ(official->rows.size(), 2U);
  const auto difference = *column_at(*official, "difference");
  EXPECT_EQ(official->rows[0].cells[difference], Cell(Missing::not_measured)) << "5.2";
  EXPECT_NEAR(std::get<double>(official->rows[1].cells[difference]), 0.4, 1e-9);
  EXPECT_EQ(std::get<State>(cell(document, "targets", "Hà Giang", "state")).key, "reached");
  EXPECT_EQ(cell(document, "tasks", "CCHC", "total"), Cell(std::int64_t{2}));
  EXPECT_EQ(cell(document, "tasks", "CCHC", "done_percent"), Cell(50.0));
  EXPECT_EQ(cell(document, "scores", "2.1", "points"), Cell(Missing::not_measured));
  EXPECT_NEAR(std::get<double>(cell(document, "scores", "2.1", "rate")), 97.9, 1e-9);
  EXPECT_EQ(cell(document, "figures", "Tỷ lệ trước và đúng hạn trên số đã giải quyết", "numerator"),
            Cell(std::int64_t{979}));
  const auto finding = std::ranges::find(document.findings, "on_time_of_resolved", &Fact::key);
  EXPECT_NEAR(std::get<double>(finding->value), 97.9, 1e-9);
}

}  // namespace
}  // namespace xalink::reports
