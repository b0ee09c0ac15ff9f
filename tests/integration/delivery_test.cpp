// Birth, death and delivery through a real broker, with every program being stopped and killed on the way.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <variant>

#include "sparkplug/delivery.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {
namespace {

using std::chrono::milliseconds;

// A sanitizer makes everything several times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kDrain = 20'000;
constexpr std::uint64_t kLongDrain = 40'000;
#else
constexpr std::uint64_t kDrain = 60'000;
constexpr std::uint64_t kLongDrain = 200'000;
#endif
constexpr milliseconds kOften(3);

const auto any = [](const IncomingMessage&) { return true; };

std::int64_t bdseq_of(const IncomingMessage& message) {
  const auto payload = decode(message.payload);
  if (!payload) return -1;
  for (const auto& metric : payload->metrics) {
    if (metric.name != metric::kBdSeq) continue;
    const auto value = interpret(metric.value, metric.type);
    const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr;
    return number == nullptr ? -1 : *number;
  }
  return -1;
}

class Delivery : public DeploymentTest {
 protected:
  using DeploymentTest::DeploymentTest;
  /// True when the gateway got there and the drain still goes on.
  [[nodiscard]] bool drained_to(std::uint64_t rows, std::uint64_t all) {
    EXPECT_TRUE(eventually([&] { return gateway_.held() >= rows; }, kPatience, kOften));
    return gateway_.held() < all;
  }
  void expect_everything_arrives() {
    ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
    EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
    expect_exactly_once(board_);
    EXPECT_TRUE(gateway_.program.running());
    EXPECT_TRUE(board_.program.running());
  }
  [[nodiscard]] bool becomes(const std::string& state) {
    return eventually([&] { return gateway_.state_of(board_.node()) == state; }, kPatience, milliseconds(50));
  }
  [[nodiscard]] Topic of_board(MessageType type) const {
    return Topic{type, std::string(kGroup), board_.node(), {}};
  }
};

TEST_F(Delivery, ABoardIsOnlineFromItsBirthToItsDeathCertificate) {
  ForeignClient listener(broker_, "listener", {"spBv1.0/+/NDEATH/#"});
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(becomes("online"));
  EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  EXPECT_EQ(at(board_.status(), "session", "state"), "online");

  EXPECT_EQ(board_.program.stop(), 0);
  const auto death = listener.hear(any);
  ASSERT_TRUE(death.has_value());
  EXPECT_EQ(death->topic, to_string(of_board(MessageType::ndeath)));
  EXPECT_EQ(bdseq_of(*death), 0);
  ASSERT_TRUE(becomes("offline"));
  EXPECT_EQ(gateway_.board(board_.node()).at("reason"), "death certificate");
  // Said by the board itself: with a DISCONNECT the broker drops the will.
  EXPECT_TRUE(eventually([&] {
    return broker_.log().find("Client xalink-VN-03-xa-lung-cu disconnected") != std::string::npos;
  }));
  EXPECT_TRUE(listener.heard_so_far().empty());
}

TEST_F(Delivery, AKilledBoardIsDeclaredDeadByItsWill) {
  ForeignClient listener(broker_, "listener", {"spBv1.0/+/NDEATH/#"});
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(becomes("online"));
  board_.program.kill();
  const auto will = listener.hear(any);
  ASSERT_TRUE(will.has_value());
  EXPECT_EQ(bdseq_of(*will), 0);
  ASSERT_TRUE(becomes("offline"));
  EXPECT_EQ(gateway_.board(board_.node()).at("reason"), "death certificate");

  board_.program.start();
  ASSERT_TRUE(becomes("online"));
  EXPECT_EQ(ask(gateway_.store(), "SELECT group_concat(bdseq) FROM (SELECT bdseq FROM session ORDER BY id)"),
            "0,1");
}

TEST_F(Delivery, AStoppedGatewaySaysThatItKnowsNothingOfItsBoards) {
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(becomes("online"));
  EXPECT_EQ(gateway_.program.stop(), 0);
  EXPECT_TRUE(eventually([&] {
    const auto status = board_.status();
    return !status.empty() && at(status, "session", "state") != "online";
  }));
  EXPECT_NE(gateway_.state_of(board_.node()), "online");
  gateway_.program.start();
  EXPECT_TRUE(becomes("online"));
}

TEST_F(Delivery, RebirthsInADrainLoseAndRepeatNothing) {
  fill_outbox(board_.outbox(), kDrain);
  ForeignClient listener(broker_, "listener", {"spBv1.0/+/NBIRTH/#"});
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(listener.hear(any).has_value());
  const auto rebirth =
      payload_of(std::nullopt, {metric_of(std::string(metric::kRebirth), DataType::boolean, true)});
  int amid = 0;
  for (const std::uint64_t percent : {5, 25, 45, 65, 85}) {
    amid += drained_to(kDrain * percent / 100, kDrain) ? 1 : 0;
    listener.say(of_board(MessageType::ncmd), rebirth);
    const auto birth = listener.hear(any);
    ASSERT_TRUE(birth.has_value()) << "no rebirth at " << percent << " %";
    EXPECT_EQ(bdseq_of(*birth), 0);
  }
  EXPECT_GT(amid, 0) << "the drain was over before the first rebirth";
  expect_everything_arrives();
  EXPECT_EQ(ask_number(gateway_.store(), "SELECT count(*) FROM session"), 1U);
}

TEST_F(Delivery, AGatewayStoppedAndKilledInADrainLosesAndRepeatsNothing) {
  fill_outbox(board_.outbox(), kDrain);
  gateway_.program.start();
  board_.program.start();
  int amid = 0;
  bool politely = false;
  for (const std::uint64_t percent : {10, 30, 50, 70}) {
    amid += drained_to(kDrain * percent / 100, kDrain) ? 1 : 0;
    politely = !politely;
    if (politely) {
      EXPECT_EQ(gateway_.program.stop(), 0);
    } else {
      gateway_.program.kill();
    }
    gateway_.program.start();
  }
  EXPECT_GT(amid, 0) << "the drain was over before the gateway ended";
  expect_everything_arrives();
}

TEST_F(Delivery, ABrokerRestartedInADrainLosesAndRepeatsNothing) {
  fill_outbox(board_.outbox(), kDrain);
  gateway_.program.start();
  board_.program.start();
  int amid = drained_to(kDrain / 5, kDrain) ? 1 : 0;
  broker_.stop();
  start_broker();
  amid += drained_to(kDrain / 2, kDrain) ? 1 : 0;
  broker_.kill();
  start_broker();
  EXPECT_GT(amid, 0) << "the drain was over before the broker ended";
  expect_everything_arrives();
}

TEST_F(Delivery, ABoardKilledInALongDrainLosesAndRepeatsNothing) {
  const auto seed = seed_of_this_run();
  std::mt19937_64 random(seed);
  fill_outbox(board_.outbox(), kLongDrain);
  constexpr int kKills = 6;
  std::uniform_int_distribution<std::uint64_t> anywhere(0, kLongDrain * 9 / 10);
  std::uniform_int_distribution<int> pause(0, 30);
  std::multiset<std::uint64_t> moments;
  for (int i = 0; i < kKills; ++i) moments.insert(anywhere(random));

  const auto begin = std::chrono::steady_clock::now();
  gateway_.program.start();
  board_.program.start();
  int amid = 0;
  for (const auto moment : moments) {
    amid += drained_to(moment, kLongDrain) ? 1 : 0;
    std::this_thread::sleep_for(milliseconds(pause(random)));
    board_.program.kill();
    board_.program.start();
  }
  const auto last_start = std::chrono::steady_clock::now();
  const auto rest = kLongDrain - std::min(kLongDrain, gateway_.held());
  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
  const auto end = std::chrono::steady_clock::now();
  const auto seconds = [](auto span) { return std::chrono::duration<double>(span).count(); };
  std::cout << kLongDrain << " records in " << seconds(end - begin) << " s with " << amid
            << " kills amid them; the last " << rest << " at "
            << static_cast<double>(rest) / seconds(end - last_start) << " records/s, reconnecting included\n";
  EXPECT_GE(amid, kKills / 2) << "the drain was over too early";
  expect_everything_arrives();
}

TEST_F(Delivery, AGatewayRestoredFromABackupGetsBackWhatItLost) {
  fill_outbox(board_.outbox(), 3'000);
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(delivers_all(board_));
  ASSERT_EQ(gateway_.program.stop(), 0);
  const auto backup = folder_ / "backup.db";
  std::filesystem::copy_file(gateway_.store(), backup);

  gateway_.program.start();
  board_.drop_dossiers(1, 500);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  ASSERT_TRUE(delivers_all(board_));
  ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  gateway_.program.kill();
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(gateway_.store().string() + suffix);
  }
  std::filesystem::copy_file(backup, gateway_.store());
  gateway_.program.start();
  expect_everything_arrives();
}

TEST_F(Delivery, AnImpostorsAcknowledgementLosesNothing) {
  fill_outbox(board_.outbox(), 2'000);
  // Of what stood there before the board ran: rows that it adds itself are not sent when the lie is told.
  std::vector<Metric> lies = {
      metric_of(std::string(metric::kAcknowledgeEpoch), DataType::string, board_.epoch())};
  for (const Lane lane : kLanes) {
    const auto last =
        ask_number(board_.outbox(), "SELECT row_id FROM position WHERE what = 'last' AND lane = " +
                                        std::to_string(index(lane)));
    ASSERT_GT(last, 0U);
    lies.push_back(metric_of(metric::acknowledge_lane(lane), DataType::uint64, last));
  }
  ForeignClient impostor(broker_, "impostor", {"spBv1.0/+/NBIRTH/#"});
  // A host that is online and commits nothing, but says it did.
  const std::string state_topic = "spBv1.0/STATE/" + std::string(kHostId);
  impostor.say(OutgoingMessage{state_topic, encode_state({true, 1}), 1, true});
  board_.program.start();
  ASSERT_TRUE(impostor.hear(any).has_value());
  impostor.say(of_board(MessageType::ncmd), payload_of(std::nullopt, lies));
  const auto believed = [&] {
    const auto told = board_.status();
    if (told.empty()) return false;
    std::uint64_t waiting = 0;
    for (const auto& lane : at(told, "outbox", "lanes").as_array()) {
      waiting += lane.as_object().at("depth").to_number<std::uint64_t>();
    }
    return waiting < 10;
  };
  ASSERT_TRUE(eventually(believed));
  gateway_.program.start();
  // The gateway learns of the board from the first thing it says.
  board_.drop_dossiers(1, 1);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  expect_everything_arrives();
}

class DeliveryOverMqtt5 : public Delivery {
 protected:
  DeliveryOverMqtt5() : Delivery(Measures::nothing, "5") {}
};

TEST_F(DeliveryOverMqtt5, KeepsEachRecordOnceOverDeathsOfAllThree) {
  fill_outbox(board_.outbox(), kDrain);
  ForeignClient listener(broker_, "listener", {"spBv1.0/+/NDEATH/#"});
  gateway_.program.start();
  board_.program.start();
  int amid = drained_to(kDrain / 10, kDrain) ? 1 : 0;
  board_.program.kill();
  const auto will = listener.hear(any);
  ASSERT_TRUE(will.has_value());
  EXPECT_EQ(bdseq_of(*will), 0);
  board_.program.start();
  amid += drained_to(kDrain * 3 / 10, kDrain) ? 1 : 0;
  gateway_.program.kill();
  gateway_.program.start();
  amid += drained_to(kDrain * 5 / 10, kDrain) ? 1 : 0;
  broker_.kill();
  start_broker();
  EXPECT_GT(amid, 0) << "the drain was over before the first death";
  expect_everything_arrives();
  EXPECT_EQ(board_.program.stop(), 0);
  EXPECT_EQ(gateway_.program.stop(), 0);
}

}  // namespace
}  // namespace xalink::test
