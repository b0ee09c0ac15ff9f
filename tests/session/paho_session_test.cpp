#include "sparkplug/paho_session.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <thread>

#include "tests/session/session_fixture.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace xalink::test {
namespace {

class PahoSessionTest : public SessionFixture {};

TEST_F(PahoSessionTest, DeliversWhatItPublishes) {
  const Mosquitto broker;
  auto reader = listener(broker, "a/#");
  auto writer = session(broker.settings());
  must(run(writer->connect("writer", {})));
  EXPECT_TRUE(writer->connected());
  const std::string binary("\0\xff\n zero", 8);
  must(run(writer->publish({"a/0", binary, 0, false})));
  must(run(writer->publish({"a/1", "one", 1, false})));
  EXPECT_EQ(message(*reader), (IncomingMessage{"a/0", binary, false}));
  EXPECT_EQ(message(*reader), (IncomingMessage{"a/1", "one", false}));
}

TEST_F(PahoSessionTest, TellsRetainedMessagesFromFreshOnes) {
  const Mosquitto broker;
  auto writer = session(broker.settings());
  must(run(writer->connect("writer", {})));
  must(run(writer->publish({"spBv1.0/STATE/h", "{}", 1, true})));
  auto reader = listener(broker, "spBv1.0/STATE/h");
  EXPECT_EQ(message(*reader), (IncomingMessage{"spBv1.0/STATE/h", "{}", true}));
}

TEST_F(PahoSessionTest, SubscribesToSeveralFiltersAtOnce) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  auto settings = broker.settings();
  settings.port = proxy.port();
  auto reader = session(settings);
  must(run(reader->connect("reader", {})));
  must(run(reader->subscribe({"a", "b/+", "c/#"})));
  for (const auto& topic : {"a", "b/1", "c/1/2"}) must(run(reader->publish({topic, "x", 1, false})));
  std::set<std::string> topics;
  for (int i = 0; i < 3; ++i) topics.insert(message(*reader).topic);
  EXPECT_EQ(topics, (std::set<std::string>{"a", "b/1", "c/1/2"}));
  for (const auto& entry : proxy.captured()) {
    if (const auto* subscribe = entry.as<packet::Subscribe>()) {
      for (const auto& filter : subscribe->filters) EXPECT_EQ(filter.qos, 1) << filter.filter;
    }
  }
}

TEST_F(PahoSessionTest, SendsPendingMessagesInTheOrderOfTheCalls) {
  constexpr int kCount = 10'000;
  const Mosquitto broker;
  PahoOptions roomy;
  roomy.inbox_messages = kCount + 1;
  auto reader = listener(broker, "n", roomy);
  RecordingProxy proxy(broker.port());
  auto settings = broker.settings();
  settings.port = proxy.port();
  auto writer = session(settings);
  must(run(writer->connect("writer", {})));
  // None is awaited before all are under way. "m" is for the order of mixed qualities on the wire only:
  // Mosquitto lets QoS 0 overtake QoS 1 on the way to a reader.
  std::deque<asio::awaitable<Result<void>>> pending;
  for (int i = 0; i < kCount; ++i) pending.push_back(writer->publish({"n", std::to_string(i), 0, false}));
  for (int i = 0; i < 1000; ++i) pending.push_back(writer->publish({"m", std::to_string(i), i % 2, false}));
  for (auto& one : pending) must(run(std::move(one)));
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(message(*reader).payload, std::to_string(i));
  EXPECT_EQ(reader->dropped(), 0U);
  int next = 0;
  for (const auto& entry : proxy.captured()) {
    const auto* publish = entry.as<packet::Publish>();
    if (publish == nullptr || publish->message.topic != "m") continue;
    ASSERT_EQ(publish->message.payload, std::to_string(next++));
  }
  EXPECT_EQ(next, 1000);
}

TEST_F(PahoSessionTest, SendsAMessageThatNobodyAwaits) {
  const Mosquitto broker;
  auto reader = listener(broker, "n");
  { auto dropped = reader->publish({"n", "unawaited", 0, false}); }
  EXPECT_EQ(message(*reader).payload, "unawaited");
}

TEST_F(PahoSessionTest, DropsAndCountsMessagesBeyondItsBound) {
  const Mosquitto broker;
  PahoOptions small;
  small.inbox_messages = 10;
  auto reader = listener(broker, "n", small);
  auto writer = session(broker.settings());
  must(run(writer->connect("writer", {})));
  for (int i = 0; i < 100; ++i) {
    auto sent = writer->publish({"n", std::to_string(i), 0, false});
    must(run(std::move(sent)));
  }
  run_until([&] { return reader->dropped() == 90; });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(message(*reader).payload, std::to_string(i));
  // There is room again.
  must(run(writer->publish({"n", "later", 0, false})));
  EXPECT_EQ(message(*reader).payload, "later");
}

TEST_F(PahoSessionTest, BoundsItsInboxInBytesToo) {
  const Mosquitto broker;
  PahoOptions small;
  small.inbox_bytes = 2500;
  auto reader = listener(broker, "n", small);
  auto writer = session(broker.settings());
  must(run(writer->connect("writer", {})));
  for (int i = 0; i < 5; ++i) must(run(writer->publish({"n", std::string(1000, 'x'), 0, false})));
  run_until([&] { return reader->dropped() == 3; });
  EXPECT_EQ(message(*reader).payload.size(), 1000U);
  EXPECT_EQ(message(*reader).payload.size(), 1000U);
  // A message that is larger than the whole bound passes when it is alone.
  must(run(writer->publish({"n", std::string(5000, 'x'), 0, false})));
  EXPECT_EQ(message(*reader).payload.size(), 5000U);
}

TEST_F(PahoSessionTest, SaysWhatToDoWhenNobodyListens) {
  BrokerSettings nowhere;
  nowhere.port = free_port();
  auto nobody = session(nowhere);
  const auto result = run(nobody->connect("client", {}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where, "mqtt://127.0.0.1:" + std::to_string(nowhere.port));
  EXPECT_EQ(result.error().next, "Is the broker running? Check url under [broker]");
  EXPECT_FALSE(nobody->connected());
}

TEST_F(PahoSessionTest, GivesUpOnAServerThatDoesNotAnswer) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  proxy.silence(true);
  auto settings = broker.settings();
  settings.port = proxy.port();
  settings.connect_timeout = 1s;
  auto client = session(settings);
  const auto result = run(client->connect("client", {}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "the broker did not answer within 1 s");
  // And it can be tried again.
  proxy.silence(false);
  settings.connect_timeout = 20s;
  auto patient = session(settings);
  must(run(patient->connect("client", {})));
}

TEST_F(PahoSessionTest, SaysWhenThePasswordIsWrong) {
  const Mosquitto broker({.username = "board", .password = "secret"});
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5}) {
    auto settings = broker.settings();
    settings.version = version;
    auto known = session(settings);
    must(run(known->connect("known", {})));
    settings.password = "guess";
    auto unknown = session(settings);
    const auto result = run(unknown->connect("unknown", {}));
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().next.find("Check username"), std::string::npos) << result.error().to_string();
  }
}

/// Mosquitto's access file cannot refuse a subscription; its security plugin can.
std::string no_subscriptions(const ScratchFolder& folder) {
  const auto rules = folder.write(
      "rules.json",
      R"({"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":false,)"
      R"("unsubscribe":true},"clients":[],"groups":[],"roles":[]})");
  return "plugin /usr/lib/" XALINK_MULTIARCH "/mosquitto_dynamic_security.so\nplugin_opt_config_file " +
         rules.string() + "\n";
}

TEST_F(PahoSessionTest, SaysWhichSubscriptionWasRefused) {
  const ScratchFolder folder;
  const Mosquitto broker({.more = no_subscriptions(folder)});
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5}) {
    auto settings = broker.settings();
    settings.version = version;
    auto client = session(settings);
    must(run(client->connect("client", {})));
    const auto one = run(client->subscribe({"spBv1.0/#"}));
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().what, "the broker refuses the subscription to spBv1.0/#");
    const auto several = run(client->subscribe({"a", "b"}));
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().what, "the broker refuses the subscription to a");
    EXPECT_TRUE(client->connected());
  }
}

TEST_F(PahoSessionTest, FailsWhatIsAskedWithoutAConnection) {
  const Mosquitto broker;
  auto client = session(broker.settings());
  EXPECT_FALSE(run(client->publish({"a", "b", 0, false})));
  EXPECT_FALSE(run(client->subscribe({"a"})));
  run(client->close());
  EXPECT_FALSE(client->connected());
}

}  // namespace
}  // namespace xalink::test
