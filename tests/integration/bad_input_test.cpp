// What a stranger at the broker may do to the gateway and to a board: be ignored, be counted.

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {
namespace {

using std::chrono::milliseconds;

const auto any = [](const IncomingMessage&) { return true; };
constexpr std::uint64_t kRecords = 20'000;

Topic topic_of(MessageType type, std::string node, std::string device = {}) {
  return Topic{type, std::string(kGroup), std::move(node), std::move(device)};
}

Metric bdseq(std::int64_t number) {
  return metric_of(std::string(metric::kBdSeq), DataType::int64, number);
}

class BadInput : public DeploymentTest {
 protected:
  void start_both() {
    gateway_.program.start();
    board_.program.start();
    ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }, kPatience,
                           milliseconds(50)));
  }
  void expect_everything_arrives() {
    ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
    EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
    expect_exactly_once(board_);
    EXPECT_TRUE(gateway_.program.running());
    EXPECT_TRUE(board_.program.running());
  }
  [[nodiscard]] bool ignored(std::uint64_t commands) const {
    return eventually([&] {
      const auto status = board_.status();
      return !status.empty() &&
             at(status, "session", "ignored_commands").to_number<std::uint64_t>() >= commands;
    });
  }
};

// --- at the gateway ---------------------------------------------------------------------------------

TEST_F(BadInput, TheGatewaySetsMalformedMessagesAsideAndServesItsBoard) {
  fill_outbox(board_.outbox(), kRecords);
  start_both();
  ForeignClient stranger(broker_, "stranger");
  const std::string garbage = "\xFF\xFE not a payload \x01\x02";
  const std::string oversize((1U << 20U) + 1, '\x0A');
  Payload without_bdseq = payload_of(0, {metric_of("Temperature", DataType::float32, 20.5)});
  Payload without_seq = payload_of(std::nullopt, {metric_of("Temperature", DataType::float32, 20.5)});
  const std::vector<std::pair<std::string, std::string>> rejected = {
      {to_string(topic_of(MessageType::ndata, "stranger")), garbage},
      {to_string(topic_of(MessageType::nbirth, "stranger")), garbage},
      {to_string(topic_of(MessageType::ndeath, "stranger")), garbage},
      {to_string(topic_of(MessageType::dbirth, "stranger", "network")), garbage},
      {to_string(topic_of(MessageType::ndata, board_.node())), garbage},
      {to_string(topic_of(MessageType::ddata, board_.node(), "network")), garbage},
      {to_string(topic_of(MessageType::nbirth, "headless")), encode(without_bdseq)},
      {to_string(topic_of(MessageType::nbirth, board_.node())), encode(without_bdseq)},
      {to_string(topic_of(MessageType::ndeath, "headless")), encode(without_bdseq)},
      {to_string(topic_of(MessageType::ndata, "uncounted")), encode(without_seq)},
      {to_string(topic_of(MessageType::ddata, "unknown", "network")), encode(without_bdseq)},
      {to_string(topic_of(MessageType::ndata, "huge")), oversize},
      {"spBv1.0/VN-03", "x"},
      {"spBv1.0/VN-03/NDATA", "x"},
      {"spBv1.0/VN-03/SDATA/node", "x"},
      {"spBv1.0/VN-03/NDATA/node/device", "x"},
      {"spBv1.0/VN-03/DDATA/node", "x"},
      {"spBv1.0/VN-03/DDATA/node/device/more", "x"},
      {"spBv1.0//NDATA/node", "x"},
  };
  for (const auto& [topic, payload] : rejected) stranger.say(OutgoingMessage{topic, payload, 0, false});
  // Of the board's node, but of no session that is open: not worth keeping, and nobody dies of it.
  stranger.say(topic_of(MessageType::ndeath, board_.node()), payload_of(std::nullopt, {bdseq(200)}));

  expect_everything_arrives();
  for (const auto& [topic, payload] : rejected) {
    EXPECT_TRUE(eventually([&, &where = topic] { return gateway_.set_aside(where) >= 1; })) << topic;
  }
  EXPECT_EQ(ask(gateway_.store(), "SELECT size FROM set_aside WHERE topic LIKE '%/huge'"),
            std::to_string(oversize.size()));
  EXPECT_EQ(ask_number(gateway_.store(), "SELECT count(*) FROM set_aside WHERE reason = ''"), 0U);
  EXPECT_GE(gateway_.boards().at("set_aside").to_number<std::uint64_t>(), rejected.size());
  EXPECT_EQ(gateway_.state_of(board_.node()), "online");
  EXPECT_EQ(ask_number(gateway_.store(), "SELECT count(*) FROM session"), 1U);
}

TEST_F(BadInput, SequenceNumbersFromAStrangerCostARebirthAndNoRecord) {
  fill_outbox(board_.outbox(), kRecords);
  start_both();
  ForeignClient stranger(broker_, "stranger", {"spBv1.0/+/NCMD/#"});
  for (std::uint64_t seq = 3; seq < 256; seq += 50) {
    stranger.say(topic_of(MessageType::ddata, board_.node(), std::string(kBacklogDevice)),
                 payload_of(seq, {metric_of({}, DataType::uint64, std::uint64_t{1}, 9'999)}),
                 WriteTypes::never);
  }
  EXPECT_TRUE(stranger
                  .hear([](const IncomingMessage& message) {
                    const auto command = decode(message.payload);
                    return command && !command->metrics.empty() &&
                           command->metrics.front().name == metric::kRebirth;
                  })
                  .has_value())
      << "the gateway asks for no rebirth";
  expect_everything_arrives();
}

TEST_F(BadInput, TheGatewayAsksAnUnknownNodeToBeBorn) {
  gateway_.program.start();
  ForeignClient stranger(broker_, "stranger", {"spBv1.0/STATE/+", "spBv1.0/VN-03/NCMD/stranger"});
  ASSERT_TRUE(stranger.hear(any).has_value());  // STATE: the gateway listens
  stranger.say(topic_of(MessageType::ndata, "stranger"),
               payload_of(7, {metric_of("Temperature", DataType::float32, 20.5)}));
  const auto command = stranger.hear(
      [](const IncomingMessage& message) { return message.topic == "spBv1.0/VN-03/NCMD/stranger"; });
  ASSERT_TRUE(command.has_value());
  const auto payload = decode(command->payload);
  ASSERT_TRUE(payload.has_value());
  ASSERT_EQ(payload->metrics.size(), 1U);
  EXPECT_EQ(payload->metrics[0].name, metric::kRebirth);
  EXPECT_FALSE(payload->seq.has_value());
}

TEST_F(BadInput, TheGatewayContradictsWhoSaysThatItIsOffline) {
  fill_outbox(board_.outbox(), kRecords);
  start_both();
  const std::string topic = "spBv1.0/STATE/" + std::string(kHostId);
  ForeignClient stranger(broker_, "stranger", {topic});
  const auto truth = stranger.hear(any);
  ASSERT_TRUE(truth.has_value());
  ASSERT_TRUE(decode_state(truth->payload).value_or(HostState{}).online);
  // From a clock far ahead, so that no board can know better by the time.
  stranger.say(OutgoingMessage{topic, encode_state({false, 4'102'444'800'000}), 1, true});
  EXPECT_TRUE(stranger.hear([&](const IncomingMessage& message) { return message.payload == truth->payload; })
                  .has_value())
      << "the gateway does not say again that it is online";
  expect_everything_arrives();
}

TEST_F(BadInput, APlainSparkplugNodeIsKeptToo) {
  gateway_.program.start();
  ForeignClient node(broker_, "plain", {"spBv1.0/STATE/+"});
  ASSERT_TRUE(node.hear(any).has_value());
  const auto say = [&](MessageType type, const std::string& device, std::uint64_t seq,
                       std::vector<Metric> metrics, WriteTypes types) {
    node.say(topic_of(type, "plain-node", device), payload_of(seq, std::move(metrics)), types);
  };
  say(MessageType::nbirth, {}, 0,
      {bdseq(0), metric_of(std::string(metric::kRebirth), DataType::boolean, false),
       metric_of("Uptime", DataType::uint64, std::uint64_t{5}, 1)},
      WriteTypes::in_births);
  say(MessageType::dbirth, "pump", 1,
      {metric_of("Pressure", DataType::float64, 1.5, 2),
       metric_of("Mode", DataType::string, std::string("auto"), 3),
       metric_of("Steps", DataType::int32, std::int64_t{-1}, 4)},
      WriteTypes::in_births);
  say(MessageType::ddata, "pump", 2,
      {metric_of({}, DataType::float64, 2.25, 2), metric_of({}, DataType::int32, std::int64_t{-7}, 4)},
      WriteTypes::never);
  say(MessageType::ndata, {}, 3, {metric_of({}, DataType::uint64, std::uint64_t{6}, 1)}, WriteTypes::never);

  const auto current = [&](const std::string& device, const std::string& metric) {
    return ask(gateway_.store(), "SELECT value, stale FROM current_value WHERE device = '" + device +
                                     "' AND metric = '" + metric + "'");
  };
  EXPECT_TRUE(eventually([&] { return current("", "Uptime") == "6|0"; })) << current("", "Uptime");
  EXPECT_EQ(current("pump", "Pressure"), "2.25|0");
  EXPECT_EQ(current("pump", "Steps"), "-7|0");
  EXPECT_EQ(current("pump", "Mode"), "auto|0");
  const auto history = [&](const std::string& metric) {
    return ask(gateway_.store(),
               "SELECT group_concat(value) FROM (SELECT value FROM plain_value JOIN series ON series.id = "
               "plain_value.series WHERE metric = '" +
                   metric + "' ORDER BY plain_value.id)");
  };
  EXPECT_EQ(history("Pressure"), "1.5,2.25");
  EXPECT_EQ(history("Steps"), "-1,-7");
  EXPECT_EQ(history("Uptime"), "5,6");
  const auto told = gateway_.board("plain-node");
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.at("state"), "online");
  EXPECT_TRUE(told.at("epoch").is_null());

  node.say(topic_of(MessageType::ndeath, "plain-node"), payload_of(std::nullopt, {bdseq(0)}));
  EXPECT_TRUE(eventually([&] { return current("pump", "Pressure") == "2.25|1"; }))
      << "not stale after its death";
}

// --- at the board -----------------------------------------------------------------------------------

TEST_F(BadInput, TheBoardIgnoresCommandsThatAreWrongAndCountsThem) {
  fill_outbox(board_.outbox(), kRecords);
  ForeignClient stranger(broker_, "stranger", {"spBv1.0/+/NBIRTH/#"});
  const auto command = topic_of(MessageType::ncmd, board_.node());
  const auto rebirth =
      payload_of(std::nullopt, {metric_of(std::string(metric::kRebirth), DataType::boolean, true)});
  const auto acknowledgement = [](const std::string& epoch, MetricValue mark, DataType type) {
    return payload_of(std::nullopt,
                      {metric_of(std::string(metric::kAcknowledgeEpoch), DataType::string, epoch),
                       metric_of(metric::acknowledge_lane(Lane::measurements), type, std::move(mark))});
  };
  // Kept by the broker from some earlier day: comes with the subscription.
  stranger.say(OutgoingMessage{to_string(command), encode(rebirth), 0, true});
  start_both();
  ASSERT_TRUE(stranger.hear(any).has_value());
  ASSERT_TRUE(ignored(1));

  const auto epoch = board_.epoch();
  stranger.say(command, "\xFF\xFF\xFF not a payload");
  stranger.say(command,
               acknowledgement("00000000-0000-4000-8000-000000000000", std::uint64_t{1}, DataType::uint64));
  stranger.say(command, acknowledgement(epoch, std::uint64_t{1'000'000'000}, DataType::uint64));
  stranger.say(command,
               payload_of(std::nullopt, {metric_of("Node Control/Explode", DataType::boolean, true)}));
  stranger.say(command, payload_of(std::nullopt, {metric_of(std::string(metric::kRebirth), DataType::string,
                                                            std::string("true"))}));
  stranger.say(topic_of(MessageType::dcmd, board_.node(), "network"), rebirth);
  EXPECT_TRUE(ignored(7));
  EXPECT_TRUE(stranger.heard_so_far().empty()) << "it was born again for nothing";

  expect_everything_arrives();
  EXPECT_EQ(at(board_.status(), "session", "ignored_commands").to_number<std::uint64_t>(), 7U);
  EXPECT_EQ(at(board_.status(), "session", "state"), "online");
  EXPECT_EQ(ask_number(gateway_.store(), "SELECT count(*) FROM session"), 1U);

  stranger.say(command, rebirth);
  EXPECT_TRUE(stranger.hear(any).has_value()) << "after all that it hears no good command either";
}

}  // namespace
}  // namespace xalink::test
