#include "tests/faults/links/drive.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include "tests/comparison/comparison.hpp"
#include "tests/fakes/probes_off.hpp"
#include "tests/integration/filled_outbox.hpp"

namespace xalink::test {
namespace {

constexpr std::chrono::milliseconds kLook(10);

MosquittoOptions broker_options() {
  MosquittoOptions options;
  options.more = "listener " + std::to_string(kBrokerPort) + " " + kProvinceAddress + "\n";
  return options;
}

std::string tail_of(const std::string& log) {
  constexpr std::size_t kMost = 6000;
  return log.size() <= kMost ? log : "... " + log.substr(log.size() - kMost);
}

double kilobytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1000.0;
}

}  // namespace

Drive::Drive(DriveOptions options)
    : options_(std::move(options)),
      road_(options_.road),
      broker_(broker_options()),
      gateway_(folder_, Broker{broker_.port(), "3.1.1"}),
      agent_(road_.board().command({XALINK_AGENT_PROGRAM, "run", "--config", folder_ / "agent.toml"}),
             folder_ / "agent.log"),
      listener_(broker_) {
  folder_.write("agent.toml", agent_settings());
  fill_outbox(folder_ / "outbox.db", options_.records);
  backlog_ = assigned();
}

std::string Drive::agent_settings() const {
  const auto interval = std::to_string(options_.probe_interval.count());
  return "[site]\ngroup = \"VN-03\"\nid = \"xa-lung-cu\"\n[broker]\nurl = \"mqtt://" +
         std::string(kProvinceAddress) + ":" + std::to_string(kBrokerPort) +
         "\"\nkeep_alive_seconds = " + std::to_string(options_.keep_alive.count()) +
         "\n[sparkplug]\nprimary_host = \"" + std::string(kHostId) +
         "\"\n[by_exception]\nenabled = false\n[delivery]\ngather_seconds = 0\nbirth_delay_seconds = "
         "0\nreconnect_min_seconds = 0.5\nreconnect_max_seconds = 5\n" +
         "[outbox]\nfile = \"" + (folder_ / "outbox.db").string() +
         "\"\nallow_volatile = true\nflush_seconds = 1\nhold_seconds = 0\n[control]\nsocket = \"" +
         (folder_ / "agent.sock").string() + "\"\n[probe.link]\ninterval_seconds = " + interval +
         "\ninterfaces = [\"" + kBoardInterface +
         "\"]\n" + probes_off({"link"});
}

std::uint64_t Drive::assigned() const {
  return ask_number(folder_ / "outbox.db", "SELECT sum(row_id) FROM position WHERE what = 'last'");
}

std::uint64_t Drive::held() const {
  return ask_number(gateway_.store(), "SELECT sum(row_id) FROM mark");
}

double Drive::seconds_since_start() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

bool Drive::drain(std::chrono::seconds limit, const std::function<void(double)>& meanwhile) {
  gateway_.program.start();
  const bool there = eventually([&] {
    listener_.listen();
    return listener_.gateway_is_online();
  });
  if (!there) return false;
  before_ = road_.wire();
  started_ = std::chrono::steady_clock::now();
  agent_.start();
  auto look_again = started_;
  const bool drained = eventually(
      [&] {
        listener_.listen();
        const auto now = std::chrono::steady_clock::now();
        if (now < look_again) return false;
        look_again = now + std::chrono::milliseconds(100);
        const auto share = static_cast<double>(held()) / static_cast<double>(backlog_);
        meanwhile(share);
        return share >= 1.0;
      },
      limit, kLook);
  drained_after_ = seconds_since_start();
  after_ = road_.wire();
  records_at_end_ = listener_.bytes().records;
  present_at_end_ = listener_.bytes().present;
  return drained;
}

bool Drive::settles(std::chrono::seconds limit) {
  return eventually(
      [&] {
        listener_.listen();
        return held() >= assigned();
      },
      limit, kLook);
}

void Drive::expect_exactly_once() {
  // A measurement may be taken between two looks: then they are looked at again.
  Result<Comparison> comparison = Comparison{};
  const bool whole = eventually(
      [&] {
        listener_.listen();
        comparison = compare_stores(folder_ / "outbox.db", gateway_.store());
        return comparison && comparison->holds();
      },
      std::chrono::seconds(60), std::chrono::milliseconds(200));
  ASSERT_TRUE(comparison) << comparison.error().to_string();
  EXPECT_TRUE(whole) << comparison->to_string();
  EXPECT_EQ(comparison->given_up, 0U);
  EXPECT_GE(comparison->committed, options_.records);
  for (const auto& example : comparison->examples) ADD_FAILURE() << example;
}

double Drive::ideal_seconds() const {
  const auto births = listener_.bytes().births / std::max<std::uint64_t>(1, listener_.sessions());
  const auto bits = static_cast<double>((records_at_end_ + present_at_end_ + births) * 8);
  return bits / static_cast<double>(options_.road.bits_per_second) +
         std::chrono::duration<double>(options_.road.one_way).count() * 4;
}

LinkFigures Drive::figures() {
  LinkFigures it;
  it.road = options_.name;
  it.records_kb = kilobytes(records_at_end_);
  it.present_kb = kilobytes(present_at_end_);
  it.repeated_kb = kilobytes(listener_.bytes().repeated);
  it.births_kb = kilobytes(listener_.bytes().births);
  it.sent_kb = kilobytes(after_.sent - before_.sent);
  it.received_kb = kilobytes(after_.received - before_.received);
  it.drain_seconds = drained_after_;
  it.ideal_seconds = ideal_seconds();
  it.sessions = listener_.sessions();
  auto latencies = listener_.latencies();
  if (!latencies.empty()) {
    std::sort(latencies.begin(), latencies.end());
    it.live_seconds = std::chrono::duration<double>(latencies[latencies.size() / 2]).count();
    it.worst_seconds = std::chrono::duration<double>(latencies.back()).count();
  }
  return it;
}

std::string Drive::said() const {
  return "--- the gateway said\n" + tail_of(gateway_.program.log()) + "--- the agent said\n" +
         tail_of(agent_.log()) + "---\n";
}

}  // namespace xalink::test
