#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "sparkplug/certificate_time.hpp"
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

// A board whose clock is in the past sees certificates that are not valid yet.
TEST_F(PahoSessionTls, ChecksCertificatesAsOfTheTimeThatItIsGiven) {
  const Mosquitto broker({.tls = true});
  struct AsOf {
    explicit AsOf(std::optional<WallTime> time) { check_certificates_at(time); }
    ~AsOf() { check_certificates_at(std::nullopt); }
  };
  const auto now = WallTime(std::chrono::floor<Milliseconds>(
      std::filesystem::file_time_type::clock::to_sys(std::filesystem::file_time_type::clock::now())));
  const auto connects_as_of = [&](std::optional<WallTime> time) {
    const AsOf as_of(time);
    auto client = session(broker.settings());
    return run(client->connect("client", {})).has_value();
  };
  EXPECT_TRUE(connects_as_of(std::nullopt));
  EXPECT_FALSE(connects_as_of(WallTime(std::chrono::seconds(60)))) << "1970: not valid yet";
  EXPECT_TRUE(connects_as_of(now + std::chrono::hours(1)));
  EXPECT_FALSE(connects_as_of(now + std::chrono::days(400))) << "expired by then";
  EXPECT_TRUE(connects_as_of(std::nullopt));
}

TEST_F(PahoSessionTls, ChecksAllElseAsEverWhateverTheTimeIs) {
  const Mosquitto broker({.tls = true, .certificate_names = "DNS:other.example,IP:127.0.0.2"});
  const Mosquitto stranger({.tls = true});
  check_certificates_at(WallTime(std::chrono::floor<Milliseconds>(
      std::filesystem::file_time_type::clock::to_sys(std::filesystem::file_time_type::clock::now()))));
  auto client = session(broker.settings());
  EXPECT_FALSE(run(client->connect("client", {}))) << "the name of another host";
  auto settings = stranger.settings();
  settings.ca_file = broker.settings().ca_file;
  client = session(settings);
  EXPECT_FALSE(run(client->connect("client", {}))) << "the certificate of another authority";
  check_certificates_at(std::nullopt);
}

}  // namespace
}  // namespace xalink::test
