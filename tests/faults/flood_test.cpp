// One board floods the gateway, nine others send a record now and then: what does it cost them?

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/plain_mqtt.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/gateway/board_voice.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {
namespace {

using std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

// How long boards append under each flood; then their last records are waited for, still under it.
constexpr auto kPhase = std::chrono::seconds(3);
constexpr auto kResendAfter = std::chrono::seconds(2);

std::string publish_packet(const IncomingMessage& message) {
  std::string body;
  body += static_cast<char>(message.topic.size() >> 8U);
  body += static_cast<char>(message.topic.size() & 0xFFU);
  body += message.topic + message.payload;
  std::string packet = "\x30";
  for (auto left = body.size();; left >>= 7U) {
    packet += static_cast<char>((left & 0x7FU) | (left >= 0x80 ? 0x80U : 0U));
    if (left < 0x80) break;
  }
  return packet + body;
}

/// A board that sends one record at a time and waits for its acknowledgement, as agents do.
class QuietBoard {
 public:
  QuietBoard(std::uint16_t port, std::string node, int number)
      : node_(std::move(node)),
        epoch_("00000000-0000-4000-8000-00000000" + std::to_string(1000 + number)),
        mqtt_(port, node_),
        voice_(NodeId{std::string(kGroup), node_}, epoch_) {
    mqtt_.subscribe("spBv1.0/" + std::string(kGroup) + "/NCMD/" + node_);
    be_born();
  }

  /// What is due now: hears, sends, sends again.
  void step() {
    while (mqtt_.receive(Duration::zero(), [this](const bench::PublishSeen& seen) { hear(seen.payload); })) {
    }
    const auto now = std::chrono::steady_clock::now();
    if (mark_ == row_) {
      if (paused_ || now < next_at_) return;
      ++row_;
      appended_at_ = now;
      send(now);
    } else if (now - sent_at_ >= kResendAfter) {
      ++resent_;
      send(now);
    }
  }
  void pause() { paused_ = true; }
  void go_on() { paused_ = false; }
  [[nodiscard]] bool settled() const { return mark_ == row_; }
  [[nodiscard]] RowId sent() const { return row_; }
  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  [[nodiscard]] std::vector<double> take_times() { return std::exchange(times_, {}); }
  [[nodiscard]] std::uint64_t take_resent() { return std::exchange(resent_, 0); }

 private:
  void be_born() {
    mqtt_.send(publish_packet(voice_.nbirth(1)));
    mqtt_.send(publish_packet(voice_.dbirth()));
  }
  void send(Moment now) {
    sent_at_ = now;
    mqtt_.send(publish_packet(voice_.records(mark_ + 1, row_)));
  }
  void hear(std::string_view bytes) {
    const auto command = decode(bytes);
    if (!command) return;
    bool of_mine = false;  // the flooder had another epoch before it was good
    for (const auto& metric : command->metrics) {
      const auto* text = std::get_if<std::string>(&metric.value);
      if (metric.name == metric::kAcknowledgeEpoch) of_mine = text != nullptr && *text == epoch_;
    }
    for (const auto& metric : command->metrics) {
      if (metric.name == metric::kRebirth) {
        be_born();
        if (mark_ < row_) send(std::chrono::steady_clock::now());
      }
      if (!of_mine || metric.name != metric::acknowledge_lane(Lane::measurements)) continue;
      const auto mark = std::get<std::uint64_t>(metric.value);
      if (mark != row_ || mark_ == row_) continue;
      mark_ = mark;
      const auto now = std::chrono::steady_clock::now();
      times_.push_back(std::chrono::duration<double, std::milli>(now - appended_at_).count());
      next_at_ = now + milliseconds(100);
    }
  }

  std::string node_;
  std::string epoch_;
  bench::PlainMqtt mqtt_;
  BoardVoice voice_;
  RowId row_ = 0;   ///< appended so far
  RowId mark_ = 0;  ///< acknowledged
  bool paused_ = false;
  Moment appended_at_{};
  Moment sent_at_{};
  Moment next_at_{};
  std::vector<double> times_;
  std::uint64_t resent_ = 0;
};

/// Sends `packets` again and again as fast as the broker takes them.
class Flood {
 public:
  Flood(std::uint16_t port, std::string packets)
      : packets_(std::move(packets)), mqtt_(port, "flood"), thread_([this] {
          try {
            for (; !ended_; ++rounds_) mqtt_.send(packets_);
          } catch (const std::exception& gone) {
            std::printf("the flood ended: %s\n", gone.what());
          }
        }) {}
  ~Flood() {
    ended_ = true;
    thread_.join();
  }
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }

 private:
  std::string packets_;
  bench::PlainMqtt mqtt_;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> rounds_{0};
  std::thread thread_;
};

struct Times {
  std::size_t count = 0;
  double median = 0;
  double p95 = 0;
  double most = 0;
  std::uint64_t resent = 0;
};

class FloodTest : public DeploymentTest {
 protected:
  void SetUp() override {
    gateway_.program.start();
    ASSERT_TRUE(eventually([&] { return gateway_.program.log().find("connected") != std::string::npos; }));
    for (int number = 1; number <= 9; ++number) {
      boards_.push_back(
          std::make_unique<QuietBoard>(broker_.port(), "quiet-" + std::to_string(number), number));
    }
  }

  Times measure() {
    for (auto& board : boards_) board->go_on();
    const auto end = std::chrono::steady_clock::now() + kPhase;
    while (std::chrono::steady_clock::now() < end) step_all();
    for (auto& board : boards_) board->pause();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    const auto settled = [&] {
      return std::all_of(boards_.begin(), boards_.end(), [](const auto& board) { return board->settled(); });
    };
    while (!settled() && std::chrono::steady_clock::now() < give_up) step_all();
    // How long it took is in the table and not asserted: the load of the machine has its part in it.
    EXPECT_TRUE(settled()) << "a record was not acknowledged";
    std::vector<double> all;
    Times times;
    for (auto& board : boards_) {
      const auto of_one = board->take_times();
      EXPECT_FALSE(of_one.empty()) << "a board had no record acknowledged";
      all.insert(all.end(), of_one.begin(), of_one.end());
      times.resent += board->take_resent();
    }
    std::sort(all.begin(), all.end());
    times.count = all.size();
    if (all.empty()) return times;
    times.median = all[all.size() / 2];
    times.p95 = all[all.size() * 95 / 100];
    times.most = all.back();
    return times;
  }

  void note(const char* name, const Times& times, std::uint64_t flood) {
    char line[160];
    std::snprintf(line, sizeof line, "%-34s %8zu %9.0f %9.0f %9.0f %7llu %11llu\n", name, times.count,
                  times.median, times.p95, times.most, static_cast<unsigned long long>(times.resent),
                  static_cast<unsigned long long>(flood));
    table_ += line;
  }

  void flood(const char* name, const std::string& packets, std::uint64_t messages) {
    const Flood flood(broker_.port(), packets);
    const auto times = measure();
    note(name, times, flood.rounds() * messages);
    EXPECT_GT(flood.rounds(), 0U);
  }

  [[nodiscard]] std::uint64_t sessions_of(const std::string& node) const {
    return ask_number(
        gateway_.store(),
        "SELECT count(*) FROM session WHERE node = (SELECT id FROM node WHERE node = '" + node + "')");
  }
  /// A minute's worth at once and one a second by default; twice that is still nothing to a store.
  void expect_few_sessions(const std::string& node, std::uint64_t before, Moment begun) const {
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    EXPECT_LE(static_cast<double>(sessions_of(node) - before), 2 * (60 + seconds));
  }

  std::vector<std::unique_ptr<QuietBoard>> boards_;
  std::string table_ =
      "Records of nine boards, from append to acknowledgement (ms), while a tenth floods\n"
      "                                    records    median       95 %      most  resent  flood msgs\n";

 private:
  void step_all() {
    for (auto& board : boards_) board->step();
    std::this_thread::sleep_for(milliseconds(2));  // in the place of the network
  }
};

TEST_F(FloodTest, OneBoardDoesNotStarveTheOthersAndIsShown) {
  static_cast<void>(measure());  // everybody is born
  note("quiet", measure(), 0);

  // Records in their order, and births between, so that each round is good again.
  BoardVoice voice(NodeId{std::string(kGroup), "flooder"}, kEpochB);
  std::string records = publish_packet(voice.nbirth(1)) + publish_packet(voice.dbirth());
  std::uint64_t messages = 2;
  for (RowId row = 1; row <= 5000; row += 20, ++messages)
    records += publish_packet(voice.records(row, row + 19));
  flood("a flood of records", records, messages);
  std::string garbage;
  for (int i = 0; i < 200; ++i) {
    garbage += publish_packet({"spBv1.0/VN-03/NDATA/flooder", "garbage number " + std::to_string(i), false});
  }
  flood("a flood of garbage", garbage, 200);
  std::string births;
  for (int i = 0; i < 200; ++i) births += publish_packet(voice.nbirth(static_cast<std::uint8_t>(i)));
  const auto before = sessions_of("flooder");
  const auto begun = std::chrono::steady_clock::now();
  flood("a flood of births", births, 200);
  expect_few_sessions("flooder", before, begun);

  // The flood is counted and shown under its name, and nobody else's.
  const auto curbed = [&](const char* what) {
    const auto told = gateway_.board("flooder");
    if (told.empty() || told.at("curbed").is_null()) return std::uint64_t{0};
    return told.at("curbed").as_object().at(what).to_number<std::uint64_t>();
  };
  EXPECT_TRUE(eventually([&] { return curbed("messages_limited") > 0; }, kPatience, milliseconds(200)));
  EXPECT_TRUE(eventually([&] { return curbed("set_aside") > 0; }, kPatience, milliseconds(200)));
  for (int number = 1; number <= 9; ++number) {
    const auto told = gateway_.board("quiet-" + std::to_string(number));
    ASSERT_FALSE(told.empty());
    if (told.at("curbed").is_null()) continue;
    EXPECT_EQ(told.at("curbed").as_object().at("messages_limited").to_number<std::uint64_t>(), 0U);
  }
  EXPECT_LE(ask_number(gateway_.store(), "SELECT count(*) FROM set_aside"), 1000U)
      << "garbage is counted, not collected";
  table_ += "of the flooder: " + std::to_string(curbed("messages_limited")) +
            " messages beyond its limits, " + std::to_string(curbed("records_refused")) +
            " records refused, " + std::to_string(curbed("set_aside")) + " messages set aside\n";

  // Once it behaves, its own records come through as everybody's.
  boards_.push_back(std::make_unique<QuietBoard>(broker_.port(), "flooder", 10));
  note("after the floods, all ten", measure(), 0);

  // Nothing that was acknowledged is missing or there twice.
  for (const auto& board : boards_) {
    EXPECT_GT(board->sent(), 0U);
    EXPECT_EQ(ask_number(gateway_.store(),
                         "SELECT count(*) FROM record WHERE epoch = (SELECT id FROM epoch WHERE uuid = '" +
                             board->epoch() + "')"),
              board->sent());
  }
  print_table("flood", table_);
  EXPECT_TRUE(gateway_.program.running());
}

}  // namespace
}  // namespace xalink::test
