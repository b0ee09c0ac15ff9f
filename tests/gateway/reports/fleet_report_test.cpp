// The report of boards, from a store and a registry as they are, and its command as an operator meets it.

#include "gateway/reports/fleet_report.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>

#include "gateway/registry/judged_files.hpp"
#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/json_writer.hpp"
#include "gateway/reports/report_command.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::reports {
namespace {

using namespace std::chrono_literals;
using test::arrived;
using test::at_ms;
using test::born;
using test::kEpochA;
using test::rows;

constexpr const char* kCommunes =
    "code,valid_from,valid_to,type,name,district_code,district,province_code,province,latitude,longitude,"
    "successors\n"
    "00715,,2025-06-30,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang,23.36,105.32,00715@2025-07-01\n"
    "00721,,2025-06-30,thị trấn,Đồng Văn,026,Đồng Văn,02,Hà Giang,23.28,105.36,00721@2025-07-01\n"
    "00769,,2025-06-30,thị trấn,Mèo Vạc,027,Mèo Vạc,02,Hà Giang,,,00769@2025-07-01\n"
    "00772,,2025-06-30,xã,Thượng Phùng,027,Mèo Vạc,02,Hà Giang,23.20,105.50,00769@2025-07-01\n"
    "00715,2025-07-01,,xã,Lũng Cú,,,08,Tuyên Quang,23.36,105.32,\n"
    "00721,2025-07-01,,xã,Đồng Văn,,,08,Tuyên Quang,23.28,105.36,\n"
    "00769,2025-07-01,,xã,Mèo Vạc,,,08,Tuyên Quang,23.16,105.41,\n";
constexpr const char* kSites =
    "site,from,to,code,valid_from,name\n"
    "lung-cu,,,00715,,UBND\n"
    "dong-van,,,00721,,UBND\n"
    "meo-vac,,,00769,,UBND\n";
constexpr const char* kZones =
    "code,valid_from,zone,zone_from,zone_to,decision\n"
    "00715,,III,2021-06-04,2025-12-31,861/QĐ-TTg\n"
    "00721,,I,2021-06-04,2025-12-31,861/QĐ-TTg\n";

class FleetReportTest : public test::StoreTest {
 protected:
  FleetReportTest() {
    input_.period = *meaning::read_period("2024-Q3");
    input_.today = *registry::read_date("2024-09-30");
    input_.registry_version = 4;
    const auto judged =
        registry::judge_files({folder_.write("communes.csv", kCommunes), folder_.write("sites.csv", kSites),
                               folder_.write("zones.csv", kZones)},
                              {}, false, TextEncoding::automatic);
    std::string mistakes;
    for (const auto& mistake : judged->mistakes) mistakes += mistake.to_string(Language::english) + "\n";
    EXPECT_EQ(judged->errors, 0U) << mistakes;
    input_.registry = registry::Registry(judged->change.result);
  }

  /// Heard of last on that day at 08:00.
  Board& add(const std::string& site, const char* heard, Board::State state = Board::State::offline) {
    Board board;
    board.site = {"VN-03", site};
    board.delivers = true;
    board.state = state;
    board.clock = ClockQuality::synchronised;
    board.software = "0.1.0";
    board.since = meaning::start_of(*registry::read_date(heard)) + 8h;
    board.lanes[1].records = 100;
    board.lanes[1].given_up = 7;
    board.lanes[1].backlog = BoardLane::Depth{30, board.since};
    board.record_times.synchronised = 90;
    board.record_times.estimated = 10;
    input_.fleet.boards.push_back(board);
    return input_.fleet.boards.back();
  }

  static const Row& row(const Document& document, const char* table, std::size_t number) {
    return table_named(document, table)->rows.at(number);
  }
  static std::string shown(const Document& document, const char* table, std::size_t number,
                           const char* column) {
    const auto& from = *table_named(document, table);
    const auto at = *column_at(from, column);
    return cell_for_people(from.rows.at(number).cells.at(at), from.columns[at].kind, from.columns[at].digits,
                           Language::english);
  }
  static std::string found(const Document& document, const char* key) {
    for (const auto& fact : document.findings) {
      if (fact.key == key) return cell_for_people(fact.value, fact.kind, fact.digits, Language::english);
    }
    return "no such finding";
  }

  FleetReportInput input_;
  ScratchFolder folder_;
};

TEST_F(FleetReportTest, CallsABoardLiveAtRiskOrSilentByDays) {
  // Days from 2024-09-30: 21, 22, 28, 29.
  add("a", "2024-09-09");
  add("b", "2024-09-08");
  add("c", "2024-09-02");
  add("d", "2024-09-01");
  add("e", "2024-01-01", Board::State::online);  // since New Year, and still
  Board unborn;
  unborn.site = {"VN-03", "f"};
  input_.fleet.boards.push_back(unborn);
  const auto document = fleet_report(input_);
  EXPECT_EQ(flaw_of(document), "");
  const std::array<const char*, 6> states{"live", "at risk", "at risk", "silent", "live", "never heard of"};
  const std::array<const char*, 6> days{"21", "22", "28", "29", "0", "no data"};
  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_EQ(shown(document, "boards", i, "state"), states[i]) << i;
    EXPECT_EQ(shown(document, "boards", i, "days_silent"), days[i]) << i;
  }
  EXPECT_EQ(found(document, "boards"), "6");
  EXPECT_EQ(found(document, "live"), "2");
  EXPECT_EQ(found(document, "at_risk"), "2");
  EXPECT_EQ(found(document, "silent"), "1");
  EXPECT_EQ(found(document, "never"), "1");
}

TEST_F(FleetReportTest, SumsByUnitAndNamesWhoHasNoBoard) {
  add("lung-cu", "2024-09-30");
  add("dong-van", "2024-08-01").clock = ClockQuality::unset;
  add("meo-vac", "2024-09-30");
  add("stranger", "2024-09-30").software.clear();
  input_.scope = Scope::district;
  auto document = fleet_report(input_);
  EXPECT_EQ(flaw_of(document), "");
  ASSERT_EQ(table_named(document, "units")->rows.size(), 3U);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "not in the registry");
  EXPECT_EQ(shown(document, "units", 1, "unit"), "Đồng Văn");
  EXPECT_EQ(shown(document, "units", 1, "boards"), "2");
  EXPECT_EQ(shown(document, "units", 1, "state"), "partly silent");
  EXPECT_EQ(shown(document, "units", 1, "backlog"), "60");
  EXPECT_EQ(shown(document, "units", 1, "given_up"), "14");
  ASSERT_TRUE(row(document, "units", 1).place);
  EXPECT_DOUBLE_EQ(row(document, "units", 1).place->latitude, (23.36 + 23.28) / 2);
  EXPECT_EQ(row(document, "units", 0).place, std::nullopt);
  EXPECT_EQ(found(document, "backlog"), "120");
  EXPECT_EQ(found(document, "given_up"), "28");
  EXPECT_EQ(found(document, "clock_unset"), "1");
  EXPECT_EQ(document.records, 400U);
  EXPECT_DOUBLE_EQ(document.estimated_percent.value_or(-1), 10.0);
  ASSERT_EQ(document.without_data.size(), 1U);
  EXPECT_EQ(document.without_data[0].english, "xã Thượng Phùng (Mèo Vạc)");
  EXPECT_EQ(shown(document, "software", 0, "version"), "0.1.0");
  EXPECT_EQ(shown(document, "software", 0, "boards"), "3");
  EXPECT_EQ(shown(document, "software", 1, "version"), "does not say");

  input_.scope = Scope::region;
  document = fleet_report(input_);
  ASSERT_EQ(table_named(document, "units")->rows.size(), 4U);
  EXPECT_EQ(shown(document, "units", 1, "unit"), "region I");
  EXPECT_EQ(shown(document, "units", 2, "unit"), "region III");
  EXPECT_EQ(shown(document, "units", 3, "unit"), "region not told");

  input_.scope = Scope::province;
  document = fleet_report(input_);
  ASSERT_EQ(table_named(document, "units")->rows.size(), 2U);
  EXPECT_EQ(shown(document, "units", 1, "unit"), "Hà Giang");
}

TEST_F(FleetReportTest, TakesTheUnitsOfThePeriodOverAMerger) {
  add("lung-cu", "2025-09-30");
  input_.period = *meaning::read_period("2025-Q3");
  input_.today = *registry::read_date("2025-09-30");
  input_.scope = Scope::province;
  auto document = fleet_report(input_);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "Tuyên Quang");
  EXPECT_EQ(document.without_data.size(), 2U) << "two of the three new units have no board";
  input_.scope = Scope::district;
  document = fleet_report(input_);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "no district (since 2025-07-01)");
  input_.period = *meaning::read_period("2025-Q2");
  document = fleet_report(input_);
  EXPECT_EQ(shown(document, "units", 0, "unit"), "Đồng Văn");
}

TEST_F(FleetReportTest, SaysWhatNobodyToldInsteadOfNought) {
  auto& board = add("lung-cu", "2024-09-30");
  board.lanes[1].backlog.reset();
  board.software.clear();
  board.record_times = {};
  const auto document = fleet_report(input_);
  EXPECT_EQ(shown(document, "boards", 0, "backlog"), "no data");
  EXPECT_EQ(shown(document, "boards", 0, "software"), "no data");
  EXPECT_EQ(shown(document, "boards", 0, "connected_percent"), "no data");
  EXPECT_EQ(shown(document, "boards", 0, "estimated_percent"), "no data");
  EXPECT_EQ(found(document, "backlog"), "no data");
  EXPECT_EQ(document.estimated_percent, std::nullopt);
}

TEST_F(FleetReportTest, HoldsForAnEmptyFleetAndAnEmptyRegistry) {
  input_.registry = {};
  const auto document = fleet_report(input_);
  EXPECT_EQ(flaw_of(document), "");
  EXPECT_EQ(found(document, "boards"), "0");
  EXPECT_EQ(found(document, "connected_percent"), "no data");
  EXPECT_TRUE(document.without_data.empty());
}

TEST_F(FleetReportTest, ReadsHowLongABoardWasConnectedWithinThePeriod) {
  const auto start = input_.period.from().time_since_epoch().count();
  const NodeId site{"VN-03", "lung-cu"};
  const NodeId other{"VN-03", "dong-van"};
  const std::int64_t hour = 3'600'000;
  // Begun 10 h before the period and ended 2 h into it; again from 5 h to 6 h; and from 9 h on, still open
  // when the store was written last, 11 h into it.
  commit({born(1, start - 10 * hour, kEpochA, site)});
  commit({fact::NodeDied{site, at_ms(start + 2 * hour), "death certificate"}});
  commit({born(2, start + 5 * hour, kEpochA, site)});
  commit({fact::NodeDied{site, at_ms(start + 6 * hour), "death certificate"}});
  commit({born(3, start + 9 * hour, kEpochA, site)});
  commit({born(1, start + 10 * hour, test::kEpochB, other)});
  commit({arrived(rows(kEpochA, 1, 1), site, start + 11 * hour)});
  const auto times = store::connected_times(file(), input_.period.from(), input_.period.to());
  ASSERT_TRUE(times) << times.error().to_string();
  EXPECT_EQ(times->at(site), (store::Connected{5h, 11h, 3}));
  EXPECT_EQ(times->at(other), (store::Connected{1h, 1h, 1})) << "from when it was first heard of";
  const auto before = store::connected_times(file(), input_.period.from() - 24h, input_.period.from() - 12h);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->at(site), (store::Connected{0ms, 0ms, 0}));
  EXPECT_FALSE(store::connected_times(folder_ / "none.db", WallTime{}, WallTime{}));
}

struct Outcome {
  int code = -1;
  std::string text;  ///< of both outputs
};

class ReportCommand : public FleetReportTest {
 protected:
  Outcome call(const std::string& arguments) {
    Outcome outcome;
    const auto command = std::string(XALINK_GATEWAY_PROGRAM) + " " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return outcome;
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
      outcome.text.append(buffer.data(), size);
    }
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
    return outcome;
  }
  std::string config() {
    return folder_
        .write("gateway.toml", "[broker]\nurl = \"mqtt://127.0.0.1:1\"\n[store]\nfile = \"" +
                                   file().string() + "\"\n[registry]\nfile = \"" +
                                   (folder_ / "registry.db").string() + "\"\n")
        .string();
  }
  void fill() {
    auto birth = std::get<fact::NodeBorn>(born(1, test::kNoon, kEpochA, {"VN-03", "lung-cu"}));
    birth.depth = {2, 340};
    fact::Values values;
    values.node = {"VN-03", "lung-cu"};
    values.at = at_ms(test::kNoon + 100);
    values.entries.push_back(test::value_entry("Agent/Version", DataType::string, "0.9.1"));
    commit({birth, arrived(rows(kEpochA, 1, 40), {"VN-03", "lung-cu"}, test::kNoon + 60), values,
            born(1, test::kNoon, test::kEpochB, {"VN-03", "=cmd|' /C calc'!A0"}),
            fact::NodeDied{{"VN-03", "=cmd|' /C calc'!A0"}, at_ms(test::kNoon + 3'600'000), "death"}});
    restart();
  }
};

TEST_F(ReportCommand, WritesEachFormatWholeAndTheSameBytesAgain) {
  fill();
  const auto imported = call("communes import --config " + config() + " " +
                             (folder_ / "communes.csv").string() + " " + (folder_ / "sites.csv").string());
  ASSERT_EQ(imported.code, 0) << imported.text;
  const auto order = "report fleet --config " + config() + " --period 2026-09 --by province --lang vi " +
                     "--format xlsx,html --format csv,geojson,json,json -o ";
  const auto once = call(order + (folder_ / "out/once").string());
  ASSERT_EQ(once.code, 0) << once.text;
  const auto again = call(order + (folder_ / "out/again").string());
  ASSERT_EQ(again.code, 0) << again.text;
  const std::array<const char*, 8> names{
      "fleet-2026-09-province-vi.xlsx",       "fleet-2026-09-province-vi.html",
      "fleet-2026-09-province-vi-about.csv",  "fleet-2026-09-province-vi-units.csv",
      "fleet-2026-09-province-vi-boards.csv", "fleet-2026-09-province-vi-software.csv",
      "fleet-2026-09-province.geojson",       "fleet-2026-09-province.json"};
  for (const auto* name : names) {
    EXPECT_NE(once.text.find("out/once/" + std::string(name) + "\n"), std::string::npos) << once.text;
    const auto bytes = folder_.read("out/once/" + std::string(name));
    EXPECT_FALSE(bytes.empty());
    EXPECT_EQ(bytes, folder_.read("out/again/" + std::string(name))) << name;
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out/once")) {
    files += entry.path().empty() ? 0U : 1U;
  }
  EXPECT_EQ(files, names.size()) << "nothing half written stays";
  const auto json = boost::json::parse(folder_.read("out/once/fleet-2026-09-province.json"));
  EXPECT_EQ(json.at("basis").at("registry_version").as_int64(), 1);
  EXPECT_EQ(json.at("basis").at("records").as_int64(), 40);
  const auto& boards = json.at("tables").at(1).at("rows").as_array();
  ASSERT_EQ(boards.size(), 2U);
  EXPECT_EQ(boards[1].at("cells").at("software").as_string(), "0.9.1");
  EXPECT_EQ(boards[1].at("cells").at("backlog").as_int64(), 342);
  EXPECT_EQ(boards[1].at("cells").at("commune").at("vi").as_string(), "xã Lũng Cú");
  const auto csv = folder_.read("out/once/fleet-2026-09-province-vi-boards.csv");
  EXPECT_NE(csv.find(",'=cmd|"), std::string::npos) << csv;
  EXPECT_EQ(csv.find(",=cmd|"), std::string::npos) << csv;
}

TEST_F(ReportCommand, MakesEveryKindThatItNamesByEveryUnit) {
  fill();
  ASSERT_EQ(call("communes import --config " + config() + " " + (folder_ / "communes.csv").string() + " " +
                 (folder_ / "sites.csv").string())
                .code,
            0);
  for (const auto& kind : report_kinds()) {
    for (const std::string by : {"commune", "district", "region", "province"}) {
      const auto order = std::string("report ") + kind.name + " --config " + config() +
                         " --period 2026-09 --format json,geojson --by " + by + " -o ";
      for (const auto* folder : {"once", "again"}) {
        const auto outcome = call(order + (folder_ / folder).string());
        ASSERT_EQ(outcome.code, 0) << order << "\n" << outcome.text;
      }
      const auto stem = std::string(kind.name) + "-2026-09-" + by;
      EXPECT_EQ(folder_.read("once/" + stem + ".json"), folder_.read("again/" + stem + ".json"));
      EXPECT_EQ(folder_.read("once/" + stem + ".geojson"), folder_.read("again/" + stem + ".geojson"));
      const auto json = boost::json::parse(folder_.read("once/" + stem + ".json"));
      EXPECT_EQ(json.at("kind").as_string(), kind.name);
    }
  }
}

TEST_F(ReportCommand, SaysWhatIsWrongAndWhatToDo) {
  fill();
  const auto here = " --config " + config() + " -o " + folder_.path().string() + " ";
  struct Case {
    std::string arguments;
    int code;
    const char* says;
  };
  const std::array<Case, 13> cases{{
      {"report fleet --period 2026-09 --weight zone=3" + here, 2, "has no weights"},
      {"report investment --period 2026-09 --weight zones=3" + here, 2, "names no criterion"},
      {"report investment --period 2026-09 --weight zone=-3" + here, 2, "gives no number"},
      {"report investment --period 2026-09 --profile mine" + here, 2, "one of qcvn34"},
      {"report investment --period 2026-09 --profiles " + config() + here, 1, "gateway.toml"},
      {"report", 2, "Next"},
      {"report fleet", 2, "report --help"},
      {"report weather --period 2026-09" + here, 2, "no report \"weather\""},
      {"report fleet --period 2026-Q7" + here, 2, "Q1 to Q4"},
      {"report fleet --period 2190" + here, 2, "has not begun"},
      {"report fleet --period 2026-09 --by village" + here, 2, "commune, district, region or province"},
      {"report fleet --period 2026-09 --format pdf" + here, 2, "xlsx, html, csv, geojson or json"},
      {"report fleet --period 2026-09 --config " + config() + " -o " + config() + "/below", 1,
       "name a folder"},
  }};
  for (const auto& each : cases) {
    const auto outcome = call(each.arguments);
    EXPECT_EQ(outcome.code, each.code) << each.arguments << "\n" << outcome.text;
    EXPECT_NE(outcome.text.find(each.says), std::string::npos) << each.arguments << "\n" << outcome.text;
  }
  const auto none = folder_.write("none.toml", "[broker]\nurl = \"mqtt://127.0.0.1:1\"\n[store]\nfile = \"" +
                                                   (folder_ / "none.db").string() + "\"\n");
  const auto outcome = call("report fleet --period 2026-09 --config " + none.string());
  EXPECT_EQ(outcome.code, 1) << outcome.text;
  EXPECT_NE(outcome.text.find("no store"), std::string::npos) << outcome.text;
  const auto help = call("report --help");
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.text.find("Examples"), std::string::npos);
  EXPECT_NE(help.text.find("fleet "), std::string::npos);
}

}  // namespace
}  // namespace xalink::reports
