#include "tests/bench/drain.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>

#include "sparkplug/delivery.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/topic.hpp"
#include "tests/bench/plain_mqtt.hpp"
#include "tests/fakes/probes_off.hpp"

namespace xalink::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr Duration kStartLimit = std::chrono::seconds(60);
// A drain that has not moved for so long will not move any more.
constexpr Duration kStandstill = std::chrono::minutes(2);
constexpr Duration kSettle = std::chrono::seconds(2);
const std::string kNode = "VN-03/bench";

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string broker_table(const test::Mosquitto& broker) {
  return "[broker]\nurl = \"mqtt://127.0.0.1:" + std::to_string(broker.port()) + "\"\n";
}

/// What both programs need to run in a folder. `more`: further tables of the agent's configuration.
class Pair {
 public:
  Pair(const Programs& programs, const test::Mosquitto& broker, const fs::path& folder,
       const std::string& more)
      : programs_(programs), folder_(folder) {
    write(folder / "gateway.toml",
          broker_table(broker) + "[store]\nfile = \"gateway.db\"\n[control]\nsocket = \"gateway.sock\"\n");
    write(folder / "agent.toml", "[site]\ngroup = \"VN-03\"\nid = \"bench\"\n" + broker_table(broker) +
                                     "[delivery]\nbirth_delay_seconds = 0\n"
                                     "[outbox]\nfile = \"outbox.db\"\nallow_volatile = true\n"
                                     "[control]\nsocket = \"agent.sock\"\n" +
                                     more);
  }
  [[nodiscard]] MeasuredProgram start_agent() const {
    return MeasuredProgram({programs_.agent.string(), "run", "--config", (folder_ / "agent.toml").string()},
                           folder_ / "agent.log");
  }
  [[nodiscard]] MeasuredProgram start_gateway() const {
    return MeasuredProgram(
        {programs_.gateway.string(), "run", "--config", (folder_ / "gateway.toml").string()},
        folder_ / "gateway.log");
  }

 private:
  const Programs& programs_;
  fs::path folder_;
};

/// Waits until the agent has said in its log that it is connected.
void wait_for_line(MeasuredProgram& program, const fs::path& log, const std::string& line) {
  const auto begin = SteadyClock::now();
  for (;;) {
    program.expect_alive();
    std::ifstream in(log);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.find(line) != std::string::npos) return;
    if (SteadyClock::now() - begin > kStartLimit) {
      throw std::runtime_error("no \"" + line + "\" in " + log.string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// Follows a drain from outside: the node's birth, and each mark that the gateway acknowledges.
class Watch {
 public:
  explicit Watch(const std::array<RowId, kLaneCount>& last) : last_(last) {}

  void see(const PublishSeen& message, std::vector<std::uint64_t>& commits) {
    const auto topic = parse_topic(std::string(message.topic));
    if (!topic) return;
    if (topic->type == MessageType::nbirth && !began_) began_ = SteadyClock::now();
    if (topic->type != MessageType::ncmd || !began_) return;
    const auto command = decode(message.payload);
    if (!command) return;
    std::uint64_t records = 0;
    for (const auto& metric : command->metrics) {
      for (const Lane lane : kLanes) {
        const auto* mark = std::get_if<std::uint64_t>(&metric.value);
        if (mark == nullptr || metric.name != metric::acknowledge_lane(lane)) continue;
        auto& known = marks_[index(lane)];
        if (*mark <= known) continue;
        records += *mark - known;
        known = *mark;
      }
    }
    if (records == 0) return;
    commits.push_back(records);
    moved_ = SteadyClock::now();
    const bool drained = std::ranges::equal(marks_, last_, std::ranges::greater_equal());
    if (drained && !seconds_) seconds_ = std::chrono::duration<double>(moved_ - *began_).count();
  }
  [[nodiscard]] bool online() const { return began_.has_value(); }
  [[nodiscard]] std::optional<double> seconds() const { return seconds_; }
  [[nodiscard]] RowId committed() const { return marks_[0] + marks_[1]; }
  [[nodiscard]] bool stands_still() const { return SteadyClock::now() - moved_ > kStandstill; }

 private:
  std::array<RowId, kLaneCount> last_;
  std::array<RowId, kLaneCount> marks_{};
  std::optional<SteadyClock::time_point> began_;
  SteadyClock::time_point moved_ = SteadyClock::now();
  std::optional<double> seconds_;
};

}  // namespace

DrainRun drain(const Programs& programs, const test::Mosquitto& broker, const fs::path& outbox,
               const std::array<RowId, kLaneCount>& last, const fs::path& folder, Capture capture,
               const Progress& progress) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  DrainRun run;
  run.outbox = folder / "outbox.db";
  run.store = folder / "gateway.db";
  fs::copy_file(outbox, run.outbox);
  // Nothing comes to what is drained; what the program says of its own start comes after it.
  const Pair pair(programs, broker, folder, test::probes_off());

  PlainMqtt client(broker.port(), "bench-watch");
  client.subscribe("spBv1.0/VN-03/NBIRTH/bench");
  client.subscribe("spBv1.0/VN-03/NCMD/bench");
  if (capture == Capture::yes) client.subscribe("spBv1.0/VN-03/DDATA/bench/backlog");

  auto agent = pair.start_agent();
  wait_for_line(agent, folder / "agent.log", "waiting for host application");
  std::this_thread::sleep_for(kSettle);
  run.waiting = memory_of(agent.pid());
  const double agent_before = processor_seconds(agent.pid());
  const double broker_before = processor_seconds(broker.pid());
  auto gateway = pair.start_gateway();

  Watch watch(last);
  const RowId all = last[0] + last[1];
  auto told = SteadyClock::now();
  while (!watch.seconds()) {
    (void)client.receive(std::chrono::seconds(1), [&](const PublishSeen& message) {
      if (message.topic.find("/DDATA/") == std::string_view::npos) {
        watch.see(message, run.commits);
      } else {
        run.packets.emplace_back(message.packet);
      }
    });
    agent.expect_alive();
    gateway.expect_alive();
    if (watch.stands_still()) {
      throw std::runtime_error("nothing was acknowledged for two minutes; see the logs in " +
                               folder.string());
    }
    if (seconds_since(told) >= 2) {
      told = SteadyClock::now();
      progress(std::to_string(watch.committed() * 100 / all) + " % of " + std::to_string(all) +
               " records committed");
    }
  }
  run.seconds = *watch.seconds();
  run.agent_cpu = processor_seconds(agent.pid()) - agent_before;
  run.gateway_cpu = processor_seconds(gateway.pid());
  run.broker_cpu = processor_seconds(broker.pid()) - broker_before;
  std::this_thread::sleep_for(kSettle);
  run.drained = memory_of(agent.pid());
  agent.stop();
  gateway.stop();
  return run;
}

IdleRun idle(const Programs& programs, const test::Mosquitto& broker, const fs::path& folder, double minutes,
             const Progress& progress) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const Pair pair(programs, broker, folder, {});
  auto gateway = pair.start_gateway();
  auto agent = pair.start_agent();
  wait_for_line(agent, folder / "agent.log", "online as");
  // The first round of every probe, and threads that only start with it.
  std::this_thread::sleep_for(std::chrono::seconds(20));

  const auto begin = SteadyClock::now();
  const auto before = sleeps_of(agent.pid());
  while (seconds_since(begin) < minutes * 60) {
    agent.expect_alive();
    progress(std::to_string(static_cast<int>(minutes * 60 - seconds_since(begin))) + " s of idling left");
    std::this_thread::sleep_for(std::chrono::seconds(5));
  }
  IdleRun run;
  const auto after = sleeps_of(agent.pid());
  run.minutes = seconds_since(begin) / 60;
  run.memory = memory_of(agent.pid());
  for (const auto& [thread, sleeps] : after) {
    const auto known = before.find(thread);
    const auto earlier = known == before.end() ? 0 : known->second;
    run.wake_ups.emplace_back(thread, static_cast<double>(sleeps - earlier) / run.minutes);
  }
  agent.stop();
  gateway.stop();
  return run;
}

}  // namespace xalink::bench
