#include <gtest/gtest.h>

#include "sparkplug/paho_session.hpp"
#include "tests/session/session_fixture.hpp"

namespace xalink::test {
namespace {

class PahoSessionTls : public SessionFixture {};

TEST_F(PahoSessionTls, SpeaksToABrokerWhoseCertificateItCanCheck) {
  const Mosquitto broker({.tls = true});
  auto settings = broker.settings();
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    settings.host = host;
    auto client = session(settings);
    must(run(client->connect("client", {})));
    must(run(client->subscribe({"a"})));
    must(run(client->publish({"a", "b", 0, false})));
    EXPECT_EQ(message(*client).payload, "b");
  }
}

TEST_F(PahoSessionTls, RefusesTheCertificateOfAnotherAuthority) {
  const Mosquitto broker({.tls = true});
  const Mosquitto stranger({.tls = true});
  auto settings = broker.settings();
  settings.ca_file = stranger.settings().ca_file;
  auto client = session(settings);
  const auto result = run(client->connect("client", {}));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().next.find("ca_file"), std::string::npos) << result.error().to_string();
}

TEST_F(PahoSessionTls, RefusesACertificateForAnotherHost) {
  const Mosquitto broker({.tls = true, .certificate_names = "DNS:other.example,IP:127.0.0.2"});
  auto settings = broker.settings();
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    settings.host = host;
    auto client = session(settings);
    EXPECT_FALSE(run(client->connect("client", {}))) << host;
  }
}

TEST_F(PahoSessionTls, RefusesAnAuthorityThatIsNotInTheSystemsStore) {
  const Mosquitto broker({.tls = true});
  auto settings = broker.settings();
  settings.ca_file.clear();
  auto client = session(settings);
  EXPECT_FALSE(run(client->connect("client", {})));
}

TEST_F(PahoSessionTls, ShowsItsOwnCertificateWhenTheBrokerWantsOne) {
  const Mosquitto broker({.tls = true, .client_certificate = true});
  auto settings = broker.settings();
  auto known = session(settings);
  must(run(known->connect("known", {})));
  settings.certificate_file.clear();
  settings.key_file.clear();
  auto unknown = session(settings);
  EXPECT_FALSE(run(unknown->connect("unknown", {})));
}

}  // namespace
}  // namespace xalink::test
