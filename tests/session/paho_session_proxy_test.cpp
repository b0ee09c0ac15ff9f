#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "sparkplug/paho_session.hpp"
#include "tests/fakes/tinyproxy.hpp"
#include "tests/session/session_fixture.hpp"

namespace xalink::test {
namespace {

class PahoSessionProxy : public SessionFixture {
 protected:
  void exchange(const BrokerSettings& settings) {
    auto client = session(settings);
    must(run(client->connect("client", {})));
    must(run(client->subscribe({"a"})));
    const std::string payload(200'000, 'x');
    must(run(client->publish({"a", payload, 1, false})));
    EXPECT_EQ(message(*client).payload, payload);
    run(client->close());
  }
};

TEST_F(PahoSessionProxy, ReachesABrokerThroughIt) {
  const Mosquitto secure({.tls = true});
  const Mosquitto plain;
  const Tinyproxy proxy({.tunnels_to = {secure.port(), plain.port()}});
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5}) {
    for (const Mosquitto* broker : {&secure, &plain}) {
      auto settings = broker->settings();
      settings.version = version;
      settings.proxy = proxy.settings();
      exchange(settings);
      EXPECT_NE(proxy.log().find("CONNECT 127.0.0.1:" + std::to_string(broker->port())), std::string::npos);
    }
  }
}

TEST_F(PahoSessionProxy, ChecksTheBrokersOwnNameBehindIt) {
  const Mosquitto broker({.tls = true, .certificate_names = "DNS:other.example,IP:127.0.0.2"});
  const Tinyproxy proxy;
  auto settings = broker.settings();
  settings.proxy = proxy.settings();
  auto client = session(settings);
  EXPECT_FALSE(run(client->connect("client", {})));
}

TEST_F(PahoSessionProxy, SaysWhatTheProxySays) {
  const Mosquitto broker({.tls = true});
  const Tinyproxy other_port({.tunnels_to = {1}});
  const Tinyproxy known_users({.username = "board", .password = "secret"});
  auto settings = broker.settings();
  const auto what = [&] {
    auto client = session(settings);
    const auto refused = run(client->connect("client", {}));
    return refused ? std::string("connected") : refused.error().to_string();
  };
  settings.proxy = other_port.settings();
  EXPECT_NE(what().find("the proxy does not allow this connection"), std::string::npos) << what();
  settings.proxy = known_users.settings();
  exchange(settings);
  settings.proxy->password = "wrong";
  // Tinyproxy says 401, where RFC 9110 has 407.
  EXPECT_NE(what().find("through the proxy: the proxy refuses (status 401)"), std::string::npos) << what();
  settings.proxy->port = free_port();
  EXPECT_NE(what().find("cannot be connected to: Connection refused"), std::string::npos) << what();
}

// What Paho's own support of proxies cannot do.
TEST_F(PahoSessionProxy, WaitsForAProxyThatTakesItsTime) {
  const Mosquitto broker({.tls = true});
  Tinyproxy proxy;
  auto settings = broker.settings();
  settings.proxy = proxy.settings();
  proxy.freeze();
  boost::asio::steady_timer later(loop, std::chrono::milliseconds(1500));
  later.async_wait([&](const boost::system::error_code&) { proxy.thaw(); });
  exchange(settings);
}

TEST_F(PahoSessionProxy, NoticesThatItIsGone) {
  const Mosquitto broker;
  std::optional<Tinyproxy> proxy(std::in_place);
  auto settings = broker.settings();
  settings.proxy = proxy->settings();
  auto client = session(settings);
  must(run(client->connect("client", {})));
  proxy.reset();
  EXPECT_TRUE(std::holds_alternative<SessionLost>(run(client->next())));
}

}  // namespace
}  // namespace xalink::test
