// How far the doctor comes with real brokers that do not let a board in.

#include "agent/doctor/ask_broker.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>

#include "sparkplug/asio_clock.hpp"
#include "tests/fakes/mosquitto.hpp"

namespace xalink {
namespace {

using test::Mosquitto;
using Step = BrokerFacts::Step;

BrokerFacts ask(const BrokerSettings& broker, const std::string& gateway = {}) {
  boost::asio::io_context loop{1};
  AsioClock clock;
  AgentConfig config;
  config.site = {"VN-03", "xa-lung-cu"};
  config.broker = broker;
  config.primary_host = gateway;
  BrokerFacts facts;
  std::exception_ptr failed;
  boost::asio::co_spawn(loop, ask_broker(clock, config, facts),
                        [&](const std::exception_ptr& error) { failed = error; });
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return facts;
}

TEST(AskBroker, ComesInAndHearsThatThereNeverWasAGateway) {
  const Mosquitto broker;
  const auto facts = ask(broker.settings(), "xalink");
  EXPECT_EQ(facts.stopped_at, Step::done) << facts.reason;
  EXPECT_TRUE(facts.connect_time.has_value());
  EXPECT_FALSE(facts.gateway_online.has_value());
  EXPECT_NE(broker.log().find("xalink-VN-03-xa-lung-cu-doctor"), std::string::npos) << "an id of its own";
  EXPECT_EQ(broker.log().find("Will message"), std::string::npos);
}

TEST(AskBroker, StopsAtTheNameAndAtTheConnection) {
  BrokerSettings nowhere;
  nowhere.host = "127.0.0.1";
  nowhere.port = test::free_port();
  const auto facts = ask(nowhere);
  EXPECT_EQ(facts.stopped_at, Step::connect);
  EXPECT_EQ(facts.reason, "Connection refused");
}

TEST(AskBroker, TellsAWrongPasswordFromTheRest) {
  const Mosquitto broker({.username = "board", .password = "secret"});
  auto settings = broker.settings();
  EXPECT_EQ(ask(settings).stopped_at, Step::done);
  settings.password = "wrong";
  const auto facts = ask(settings);
  EXPECT_EQ(facts.stopped_at, Step::session);
  EXPECT_NE(facts.reason.find("does not let this client in"), std::string::npos) << facts.reason;
}

TEST(AskBroker, TellsWhyTheHandshakeFails) {
  const Mosquitto broker({.tls = true, .client_certificate = true});
  EXPECT_EQ(ask(broker.settings()).stopped_at, Step::done);

  const Mosquitto stranger({.tls = true, .client_certificate = true});
  auto wrong_authority = broker.settings();
  wrong_authority.ca_file = stranger.settings().ca_file;
  auto facts = ask(wrong_authority);
  EXPECT_EQ(facts.stopped_at, Step::tls);
  EXPECT_NE(facts.reason.find("certificate"), std::string::npos) << facts.reason;

  auto nobody = broker.settings();
  nobody.certificate_file.clear();
  nobody.key_file.clear();
  facts = ask(nobody);
  EXPECT_EQ(facts.stopped_at, Step::tls);
  EXPECT_NE(facts.reason.find("alert"), std::string::npos) << facts.reason;

  const Mosquitto elsewhere({.tls = true, .certificate_names = "DNS:other.example"});
  facts = ask(elsewhere.settings());
  EXPECT_EQ(facts.stopped_at, Step::tls);
  EXPECT_NE(facts.reason.find("mismatch"), std::string::npos) << facts.reason;
}

TEST(AskBroker, TellsAPortThatIsNotMqttWithTls) {
  const Mosquitto broker;
  auto settings = broker.settings();
  settings.tls = true;
  const auto facts = ask(settings);
  EXPECT_EQ(facts.stopped_at, Step::tls) << facts.reason;
}

}  // namespace
}  // namespace xalink
