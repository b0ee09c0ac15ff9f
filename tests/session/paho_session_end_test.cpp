// How connections end, and what is left of them.

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <future>

#include "sparkplug/paho_session.hpp"
#include "tests/session/session_fixture.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace xalink::test {
namespace {

class PahoSessionEnd : public SessionFixture {
 protected:
  static BrokerSettings through(const RecordingProxy& proxy, BrokerSettings settings) {
    settings.port = proxy.port();
    return settings;
  }
  SessionLost lost(Session& client) {
    auto event = run(client.next());
    if (const auto* message = std::get_if<IncomingMessage>(&event)) {
      throw std::runtime_error("a message instead: " + message->topic);
    }
    return std::get<SessionLost>(event);
  }
};

TEST_F(PahoSessionEnd, TheBrokerPublishesTheWillOfEachConnectionThatBreaks) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  auto reader = listener(broker, "spBv1.0/#");
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5}) {
    auto settings = through(proxy, broker.settings());
    settings.version = version;
    auto node = session(settings);
    // bdSeq rises with every CONNECT, so each will is another one.
    for (const std::string bdseq : {"bdSeq 0", "bdSeq 1", "bdSeq 2"}) {
      must(run(node->connect("node", will_of("E", bdseq))));
      must(run(node->publish({"spBv1.0/G/NBIRTH/E", bdseq, 0, false})));
      EXPECT_EQ(message(*reader).payload, bdseq);
      proxy.cut("node");
      EXPECT_FALSE(lost(*node).reason.empty());
      EXPECT_FALSE(node->connected());
      EXPECT_EQ(message(*reader), (IncomingMessage{"spBv1.0/G/NDEATH/E", bdseq, false}));
    }
  }
}

TEST_F(PahoSessionEnd, AsksForACleanSessionWithItsWillAtTheGivenQuality) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5}) {
    auto settings = through(proxy, broker.settings());
    settings.version = version;
    settings.keep_alive = 17s;
    auto node = session(settings);
    must(run(node->connect("node", will_of("E", "death"))));
    must(run(node->publish({"t", "p", 1, true})));
  }
  int connects = 0;
  for (const auto& entry : proxy.captured()) {
    if (const auto* connack = entry.as<packet::Connack>()) {
      EXPECT_FALSE(connack->session_present);
    }
    if (const auto* publish = entry.as<packet::Publish>()) {
      EXPECT_EQ(publish->message, (packet::Message{"t", "p", 1, true, false}));
    }
    const auto* connect = entry.as<packet::Connect>();
    if (connect == nullptr) continue;
    ++connects;
    EXPECT_EQ(connect->client_id, "node");
    EXPECT_TRUE(connect->clean);
    EXPECT_EQ(connect->keep_alive, 17);
    EXPECT_EQ(connect->will, (packet::Message{"spBv1.0/G/NDEATH/E", "death", 1, false, false}));
    EXPECT_EQ(connect->version, connects == 1 ? 4 : 5);
    if (connect->version == 5) {
      EXPECT_EQ(connect->session_expiry, 0U);
    }
    if (connect->version == 5) {
      EXPECT_EQ(connect->will_delay.value_or(0), 0U);
    }
  }
  EXPECT_EQ(connects, 2);
}

TEST_F(PahoSessionEnd, ComesBackAfterTheBrokerRestarts) {
  Mosquitto broker;
  auto node = session(broker.settings());
  must(run(node->connect("node", will_of("E", "0"))));
  must(run(node->subscribe({"a"})));
  broker.kill();
  EXPECT_FALSE(lost(*node).reason.empty());
  EXPECT_FALSE(run(node->connect("node", will_of("E", "1"))));
  broker.start();
  must(run(node->connect("node", will_of("E", "2"))));
  EXPECT_TRUE(node->connected());
  must(run(node->subscribe({"a"})));
  must(run(node->publish({"a", "again", 0, false})));
  EXPECT_EQ(message(*node).payload, "again");
}

TEST_F(PahoSessionEnd, NoticesABrokerThatStoppedAnswering) {
  Mosquitto broker;
  auto settings = broker.settings();
  settings.keep_alive = 1s;
  auto node = session(settings);
  must(run(node->connect("node", will_of("E", "0"))));
  broker.freeze();
  // Also with far more under way than the sockets hold.
  std::deque<asio::awaitable<Result<void>>> pending;
  for (int i = 0; i < 100; ++i) {
    pending.push_back(node->publish({"a", std::string(std::size_t{1} << 17U, 'x'), 0, false}));
  }
  EXPECT_FALSE(lost(*node).reason.empty());
  int failed = 0;
  for (auto& one : pending) failed += run(std::move(one)) ? 0 : 1;
  EXPECT_GT(failed, 0);
  broker.thaw();
}

TEST_F(PahoSessionEnd, NothingOfAnOldConnectionReachesTheNext) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  auto reader = listener(broker, "a");
  auto node = session(through(proxy, broker.settings()));
  must(run(node->connect("node", will_of("E", "0"))));
  proxy.silence(true);
  std::deque<asio::awaitable<Result<void>>> pending;
  for (int i = 0; i < 200; ++i) {
    pending.push_back(node->publish({"a", std::string(std::size_t{1} << 16U, 'x'), 0, false}));
  }
  proxy.cut("node");
  proxy.silence(false);
  EXPECT_FALSE(lost(*node).reason.empty());
  must(run(node->connect("node", will_of("E", "1"))));
  must(run(node->publish({"a", "new", 1, false})));
  const auto captured = proxy.captured();
  int published = 0;
  for (const auto& entry : captured) {
    const auto* publish = entry.as<packet::Publish>();
    if (publish == nullptr || entry.connection == 1) continue;
    EXPECT_EQ(publish->message.payload, "new");
    ++published;
  }
  EXPECT_EQ(published, 1);
}

TEST_F(PahoSessionEnd, SaysGoodbyeSoThatTheBrokerDropsTheWill) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  auto node = session(through(proxy, broker.settings()));
  must(run(node->connect("node", will_of("E", "0"))));
  run(node->close());
  EXPECT_FALSE(node->connected());
  EXPECT_EQ(lost(*node).reason, "closed");
  ASSERT_TRUE(proxy.wait_until(
      [](const auto& captured) { return !captured.empty() && captured.back().closed() != nullptr; }));
  EXPECT_FALSE(proxy.captured().back().closed()->will);
  // And may come back.
  must(run(node->connect("node", will_of("E", "1"))));
}

TEST_F(PahoSessionEnd, AsksForItsWillAtGoodbyeWithMqtt5) {
  const Mosquitto broker;
  auto reader = listener(broker, "spBv1.0/#");
  auto settings = broker.settings();
  settings.version = MqttVersion::v5;
  PahoOptions options;
  options.goodbye = PahoOptions::Goodbye::with_will;
  auto node = session(settings, options);
  must(run(node->connect("node", will_of("E", "death"))));
  run(node->close());
  EXPECT_EQ(message(*reader).payload, "death");
}

TEST_F(PahoSessionEnd, TellsWhyAnMqtt5BrokerEndedIt) {
  // Debian's Mosquitto says no reason of its own accord, so this is the shortest broker there is: CONNACK
  // (MQTT 5, section 3.2) to whatever comes, then DISCONNECT with "session taken over" (section 3.14).
  asio::io_context network;
  tcp::acceptor acceptor(network, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  auto broker = std::async(std::launch::async, [&] {
    tcp::socket client = acceptor.accept();
    std::array<char, 256> connect{};
    client.read_some(asio::buffer(connect));
    const std::string answers("\x20\x03\x00\x00\x00\xe0\x02\x8e\x00", 9);
    asio::write(client, asio::buffer(answers));
    boost::system::error_code until_closed;
    asio::read(client, asio::buffer(connect), until_closed);
  });
  BrokerSettings settings;
  settings.port = acceptor.local_endpoint().port();
  settings.version = MqttVersion::v5;
  auto node = session(settings);
  auto connected = run(node->connect("node", {}));
  auto end = connected ? lost(*node) : SessionLost{connected.error().to_string()};
  node.reset();
  broker.get();
  EXPECT_EQ(end.reason, "another client with the same id took over");
}

TEST_F(PahoSessionEnd, MessagesThatCameBeforeTheEndAreTakenBeforeIt) {
  Mosquitto broker;
  auto reader = listener(broker, "a");
  must(run(reader->publish({"a", "last words", 0, false})));
  must(run(reader->publish({"b", "", 1, false})));  // its PUBACK comes after the message
  broker.kill();
  run_until([&] { return !reader->connected(); });
  EXPECT_EQ(message(*reader).payload, "last words");
  EXPECT_FALSE(lost(*reader).reason.empty());
}

TEST_F(PahoSessionEnd, AReaderWaitsThroughAReconnect) {
  Mosquitto broker;
  auto node = session(broker.settings());
  must(run(node->connect("node", {})));
  bool ended = false;
  auto read_end = [](Session& client, bool& told) -> asio::awaitable<void> {
    const auto event = co_await client.next();
    told = std::holds_alternative<SessionLost>(event);
  };
  asio::co_spawn(loop, read_end(*node, ended), asio::detached);
  run(node->close());
  must(run(node->connect("node", {})));
  EXPECT_TRUE(ended);
  EXPECT_TRUE(node->connected());
}

TEST_F(PahoSessionEnd, ACancelledReaderLosesNothing) {
  const Mosquitto broker;
  auto node = listener(broker, "a");
  asio::cancellation_signal stop;
  std::exception_ptr error;
  bool ended = false;
  asio::co_spawn(loop, node->next(),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown, SessionEvent) {
                   error = thrown;
                   ended = true;
                 }));
  loop.poll();
  stop.emit(asio::cancellation_type::terminal);
  run_until([&] { return ended; });
  EXPECT_THROW(std::rethrow_exception(error), boost::system::system_error);
  must(run(node->publish({"a", "kept", 0, false})));
  EXPECT_EQ(message(*node).payload, "kept");
}

// The following end by destruction; sanitizers are the judge.

TEST_F(PahoSessionEnd, MayBeDestroyedWhileItConnects) {
  const Mosquitto broker;
  RecordingProxy proxy(broker.port());
  proxy.silence(true);
  auto node = session(through(proxy, broker.settings()));
  std::optional<Result<void>> result;
  asio::co_spawn(loop, node->connect("node", will_of("E", "0")),
                 [&](std::exception_ptr, Result<void> ended) { result = std::move(ended); });
  loop.poll();
  node.reset();
  run_until([&] { return result.has_value(); });
  EXPECT_FALSE(*result);
}

TEST_F(PahoSessionEnd, MayBeDestroyedWhileItPublishesAndReceives) {
  const Mosquitto broker;
  auto node = listener(broker, "a");
  std::deque<asio::awaitable<Result<void>>> pending;
  for (int i = 0; i < 2000; ++i) {
    pending.push_back(node->publish({"a", std::string(5000, 'x'), i % 2, false}));
  }
  loop.poll();
  node.reset();
  int ended = 0;
  for (auto& one : pending) {
    run(std::move(one));
    ++ended;
  }
  EXPECT_EQ(ended, 2000);
}

TEST_F(PahoSessionEnd, MayBeDestroyedWhileSomeoneReads) {
  const Mosquitto broker;
  auto node = listener(broker, "a");
  bool told = false;
  asio::co_spawn(loop, node->next(), [&](std::exception_ptr, SessionEvent event) {
    told = std::holds_alternative<SessionLost>(event);
  });
  loop.poll();
  node.reset();
  run_until([&] { return told; });
}

TEST_F(PahoSessionEnd, ReadersMayOutliveSessionAndLoop) {
  const Mosquitto broker;
  AsioClock own_clock;
  bool completed = false;
  {
    asio::io_context other{1};
    PahoSession node(other.get_executor(), own_clock, broker.settings());
    asio::co_spawn(other, node.next(), [&](std::exception_ptr, SessionEvent) { completed = true; });
    asio::co_spawn(other, node.connect("node", {}), [&](std::exception_ptr, Result<void>) { other.stop(); });
    other.run();
  }
  EXPECT_FALSE(completed);
}

}  // namespace
}  // namespace xalink::test
