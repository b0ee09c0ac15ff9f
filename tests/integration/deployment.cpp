#include "tests/integration/deployment.hpp"

#include <SQLiteCpp/Statement.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "tests/comparison/comparison.hpp"
#include "tests/fakes/database_view.hpp"
#include "tests/fakes/probes_off.hpp"

namespace xalink::test {
namespace {

namespace json = boost::json;

std::string table_of(const Broker& broker) {
  return "[broker]\nurl = \"mqtt://127.0.0.1:" + std::to_string(broker.port) + "\"\nmqtt_version = \"" +
         broker.mqtt_version + "\"\n";
}

json::object object_of(const Outcome& outcome) {
  if (outcome.code != 0) return {};
  return json::parse(outcome.out).as_object();
}

std::string tail_of(const std::string& log) {
  constexpr std::size_t kMost = 4000;
  return log.size() <= kMost ? log : "... " + log.substr(log.size() - kMost);
}

}  // namespace

std::string ask(const std::filesystem::path& database, const std::string& sql) {
  try {
    DatabaseView view(database);
    SQLite::Statement query(view.database(), sql);
    if (!query.executeStep()) return {};
    std::string row;
    for (int i = 0; i < query.getColumnCount(); ++i) {
      if (i > 0) row += '|';
      row += query.getColumn(i).getString();
    }
    return row;
  } catch (const SQLite::Exception&) {
    return {};  // not made yet
  }
}

std::uint64_t ask_number(const std::filesystem::path& database, const std::string& sql) {
  return std::strtoull(ask(database, sql).c_str(), nullptr, 10);
}

// --- the gateway ------------------------------------------------------------------------------------

GatewayProcess::GatewayProcess(const ScratchFolder& folder, const Broker& broker)
    : program({XALINK_GATEWAY_PROGRAM, "run", "--config", folder / "gateway.toml"}, folder / "gateway.log"),
      broker_(broker),
      folder_(folder.path()),
      config_(folder_ / "gateway.toml"),
      store_(folder_ / "gateway.db") {
  configure();
}

void GatewayProcess::configure() const {
  std::ofstream out(config_, std::ios::trunc);
  out << "[host]\nid = \"" << kHostId
      << "\"\nreorder_timeout_seconds = 0.5\nrebirth_min_interval_seconds = 1\n"
      << table_of(broker_) << "[store]\nfile = \"" << store_.string() << "\"\n[control]\nsocket = \""
      << (folder_ / "gateway.sock").string() << "\"\n";
  out.close();
  if (!out) throw std::runtime_error("cannot write " + config_.string());
}

void GatewayProcess::keep_store_in(const std::filesystem::path& folder) {
  store_ = folder / "gateway.db";
  configure();
}

json::object GatewayProcess::boards() const {
  return object_of(call({XALINK_GATEWAY_PROGRAM, "boards", "--json", "--config", config_}));
}

json::object GatewayProcess::board(std::string_view node) const {
  auto fleet = boards();
  if (fleet.empty()) return {};
  for (const auto& board : fleet.at("boards").as_array()) {
    if (std::string_view(board.as_object().at("node").as_string()) == node) return board.as_object();
  }
  return {};
}

std::string GatewayProcess::state_of(std::string_view node) const {
  const auto found = board(node);
  return found.empty() ? std::string() : std::string(found.at("state").as_string());
}

std::uint64_t GatewayProcess::held() const {
  return ask_number(store_, "SELECT sum(row_id) FROM mark");
}

std::uint64_t GatewayProcess::set_aside(const std::string& topic) const {
  return ask_number(store_, "SELECT count(*) FROM set_aside WHERE topic = '" + topic + "'");
}

// --- a board ----------------------------------------------------------------------------------------

BoardProcess::BoardProcess(const ScratchFolder& folder, Broker broker, std::string node, Measures measures,
                           const std::string& name)
    : program({XALINK_AGENT_PROGRAM, "run", "--config", folder / name / "agent.toml"},
              folder / name / "agent.log"),
      broker_(std::move(broker)),
      measures_(measures),
      node_(std::move(node)),
      folder_(folder / name),
      config_(folder_ / "agent.toml"),
      outbox_(folder_ / "outbox.db"),
      drop_folder_(folder_ / "drop") {
  std::filesystem::create_directories(drop_folder_);
  configure(measures);
}

void BoardProcess::keep_outbox_in(const std::filesystem::path& folder) {
  outbox_ = folder / "outbox.db";
  configure(measures_);
}

void BoardProcess::hold_for(std::chrono::seconds longest) {
  hold_ = longest;
  configure(measures_);
}

void BoardProcess::bound_outbox(std::uint64_t max_bytes) {
  max_bytes_ = max_bytes;
  configure(measures_);
}

void BoardProcess::configure(Measures measures) {
  measures_ = measures;
  const std::string on = measures == Measures::every_second ? "true" : "false";
  std::ofstream out(config_, std::ios::trunc);
  out << "[site]\ngroup = \"" << kGroup << "\"\nid = \"" << node_ << "\"\n"
      << table_of(broker_) << "[sparkplug]\nprimary_host = \"" << kHostId
      << "\"\n"
      // Many records, and at once, are what these tests are about.
      // Outages would be rows that come at any moment of a test.
      << "[outages]\nleast_seconds = 3600\n"
      << "[by_exception]\nenabled = false\n[delivery]\ngather_seconds = 0\nbirth_delay_seconds = "
         "0\nreconnect_min_seconds = 0.2\nreconnect_max_seconds = 2\n"
      << "[outbox]\nfile = \"" << outbox_.string()
      << "\"\nallow_volatile = true\nflush_seconds = 1\n"
      // The outbox is looked into while the agent runs.
      << "hold_seconds = " << hold_.count() << "\n"
      << (max_bytes_ ? "max_bytes = " + std::to_string(*max_bytes_) + "\n" : std::string())
      << "[control]\nsocket = \"" << (folder_ / "agent.sock").string() << "\"\n"
      << "[probe.link]\nenabled = " << on << "\ninterval_seconds = 1\ninterfaces = [\"lo\"]\n"
      << "[probe.ping]\nenabled = " << on << "\ninterval_seconds = 1\ncount = 2\nspacing_ms = 10\n"
      << "timeout_seconds = 0.3\ntargets = { one = \"127.0.0.1\", two = \"127.0.0.2\", three = \"127.0.0.3\" "
         "}\n"
      << probes_off({"link", "ping", "board"})
      << "[probe.board]\nenabled = " << on << "\ninterval_seconds = 1\n"
      << "[dossiers]\ndrop_folder = \"" << drop_folder_.string()
      << "\"\nscan_seconds = 0.1\nsettle_seconds = 0\n";
  out.close();
  if (!out) throw std::runtime_error("cannot write " + config_.string());
}

json::object BoardProcess::status() const {
  return object_of(call({XALINK_AGENT_PROGRAM, "status", "--json", "--config", config_}));
}

bool BoardProcess::all_acknowledged() const {
  const auto told = status();
  if (told.empty() || at(told, "outbox", "waiting_for_flush").to_number<std::uint64_t>() > 0) return false;
  for (const auto& lane : at(told, "outbox", "lanes").as_array()) {
    if (lane.as_object().at("depth").to_number<std::uint64_t>() > 0) return false;
  }
  return true;
}

std::string BoardProcess::epoch() const {
  return ask(outbox_, "SELECT epoch FROM meta");
}

std::uint64_t BoardProcess::assigned() const {
  return ask_number(outbox_, "SELECT sum(row_id) FROM position WHERE what = 'last'");
}

void BoardProcess::drop_dossiers(std::uint64_t first, std::uint64_t count) const {
  const auto name = "dossiers-" + std::to_string(first);
  const auto hidden = drop_folder_ / (name + ".part");
  std::ofstream out(hidden, std::ios::trunc);
  out << "MaHoSo,MaTTHC,DonViXuLy,TrangThaiHoSo,ThoiDiemXuLy,NgayNopHoSo,NgayTiepNhan,NgayHenTra,"
         "NgayKetThucXuLy,NgayTra,KenhThucHien,MucDo,DuocThanhToanTrucTuyen,CoPhi,HoSoCoThanhPhanSoHoa,"
         "SoLanYeuCauBoSung\n";
  for (auto number = first; number < first + count; ++number) {
    out << "H22.58.12-260601-" << number
        << ",1.001193,H22.58.12,1,20260601140815,20260601140815,,,,,2,4,0,0,0,0\n";
  }
  out.close();
  if (!out) throw std::runtime_error("cannot write " + hidden.string());
  std::filesystem::rename(hidden, drop_folder_ / (name + ".csv"));
}

bool BoardProcess::all_dossiers_taken() const {
  for (const auto& entry : std::filesystem::directory_iterator(drop_folder_)) {
    if (entry.path().extension() == ".csv") return false;
  }
  return true;
}

// --- all of it --------------------------------------------------------------------------------------

DeploymentTest::DeploymentTest(Measures measures, const std::string& mqtt_version)
    : gateway_(folder_, {broker_.port(), mqtt_version}),
      board_(folder_, {broker_.port(), mqtt_version}, "xa-lung-cu", measures, "board") {}

void DeploymentTest::TearDown() {
  for (const auto& log : {gateway_.program.log(), board_.program.log()}) {
    for (const auto* bug : {"ended by an error", "Sanitizer", "runtime error", "Assertion"}) {
      EXPECT_EQ(log.find(bug), std::string::npos) << bug;
    }
  }
  if (!HasFailure()) return;
  std::cout << "--- the gateway said\n"
            << tail_of(gateway_.program.log()) << "--- the agent said\n"
            << tail_of(board_.program.log()) << "---\n";
}

bool DeploymentTest::delivers_all(const BoardProcess& board) const {
  const std::string marks =
      "SELECT sum(row_id) FROM mark WHERE epoch IN (SELECT id FROM epoch WHERE uuid = '" + board.epoch() +
      "')";
  return eventually([&] { return ask_number(gateway_.store(), marks) >= board.assigned(); });
}

void DeploymentTest::expect_exactly_once(const BoardProcess& board) const {
  // The agent adds rows of its own at any moment (an outage that ended): such a one is waited for. What is
  // lost, doubled or altered stays so.
  auto comparison = compare_stores(board.outbox(), gateway_.store());
  static_cast<void>(eventually([&] {
    comparison = compare_stores(board.outbox(), gateway_.store());
    return comparison.has_value() && comparison->holds() && comparison->committed == board.assigned();
  }));
  ASSERT_TRUE(comparison.has_value()) << comparison.error().to_string();
  std::cout << board.node() << ": " << comparison->to_string() << "\n";
  EXPECT_TRUE(comparison->holds()) << comparison->to_string();
  EXPECT_EQ(comparison->given_up, 0U);
  EXPECT_EQ(comparison->committed, board.assigned());
  for (const auto& example : comparison->examples) ADD_FAILURE() << example;
}

void DeploymentTest::start_broker() {
  ASSERT_TRUE(eventually([&] {
    try {
      broker_.start();
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  })) << broker_.log();
}

}  // namespace xalink::test
