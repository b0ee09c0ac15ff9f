#include "agent/probes/reach.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/dns_server.hpp"
#include "tests/fakes/web_server.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::Certificate;
using test::count;
using test::DnsServer;
using test::FakeTree;
using test::kNull;
using test::make_certificate;
using test::text;
using test::WebServer;
using Manner = test::WebServer::Manner;

constexpr std::string_view kLoopback = "IP:127.0.0.1";

class ReachTest : public test::LoopTest {
 protected:
  struct Result {
    Value success, connect, handshake, first_byte, status, reason;
  };

  Result visit(const std::string& url, const std::string& ca_file = {}, Duration limit = 20s,
               bool verify = true) {
    ReachSettings settings;
    settings.service = "one-stop";
    settings.url = *parse_service_url(url);
    settings.ca_file = ca_file;
    settings.verify = verify;
    settings.resolver.servers = {dns.address()};
    ReachProbe probe(loop.get_executor(), clock, settings);
    EXPECT_EQ(probe.schema().group, "Reach/one-stop");
    const std::vector<Value> values = measure(probe, limit);
    return {column(probe, values, "Success"),       column(probe, values, "Connect"),
            column(probe, values, "TLS Handshake"), column(probe, values, "First Byte"),
            column(probe, values, "HTTP Status"),   column(probe, values, "Reason")};
  }

  static std::string at(std::string_view scheme, const WebServer& server,
                        std::string_view host = "127.0.0.1") {
    return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(server.port());
  }

  std::string trusted(const Certificate& certificate) const {
    files.write("ca.pem", certificate.certificate);
    return (files.root() / "ca.pem").string();
  }

  DnsServer dns{loop};
  FakeTree files;
};

TEST_F(ReachTest, TimesEachStepOfAGoodVisit) {
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 1h);
  WebServer server(loop, Manner::answers, &certificate);
  const Result result = visit(at("https", server) + "/health?deep=1", trusted(certificate));
  EXPECT_EQ(result.success, Value(true));
  EXPECT_EQ(result.reason, kNull);
  EXPECT_EQ(result.status, count(200));
  EXPECT_NE(result.connect, kNull);
  EXPECT_NE(result.handshake, kNull);
  EXPECT_NE(result.first_byte, kNull);
  EXPECT_TRUE(server.request().starts_with("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:"))
      << server.request();
}

TEST_F(ReachTest, FindsAServiceByItsName) {
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  const Certificate certificate = make_certificate("DNS:service.test", -1h, 1h);
  WebServer server(loop, Manner::answers, &certificate);
  const Result result = visit(at("https", server, "service.test"), trusted(certificate));
  EXPECT_EQ(result.success, Value(true)) << to_text(result.reason);
}

TEST_F(ReachTest, SaysWhatIsWrongWithACertificate) {
  const Certificate good = make_certificate(std::string(kLoopback), -1h, 1h);
  const Certificate expired = make_certificate(std::string(kLoopback), -2h, -1h);
  const Certificate early = make_certificate(std::string(kLoopback), 1h, 2h);
  const Certificate foreign = make_certificate("IP:192.0.2.1", -1h, 1h);
  struct Case {
    const Certificate& served;
    const Certificate& trusted;
    const char* reason;
  };
  const Case cases[] = {
      {expired, expired, "TLS: certificate has expired"},
      {early, early, "TLS: certificate is not yet valid; the clock of the board may be behind"},
      {foreign, foreign, "TLS: IP address mismatch"},
      {foreign, good, "TLS: self-signed certificate"},
  };
  for (const Case& wrong : cases) {
    WebServer server(loop, Manner::answers, &wrong.served);
    const Result result = visit(at("https", server), trusted(wrong.trusted));
    EXPECT_EQ(result.success, Value(false));
    EXPECT_EQ(result.reason, text(wrong.reason));
    EXPECT_NE(result.connect, kNull);
    EXPECT_EQ(result.handshake, kNull);
    EXPECT_EQ(result.status, kNull);
  }
}

TEST_F(ReachTest, ChecksTheNameAgainstTheCertificate) {
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  const Certificate other = make_certificate("DNS:other.test", -1h, 1h);
  WebServer server(loop, Manner::answers, &other);
  const Result result = visit(at("https", server, "service.test"), trusted(other));
  EXPECT_EQ(result.reason, text("TLS: hostname mismatch"));
}

TEST_F(ReachTest, VisitsWithoutVerificationWhenToldTo) {
  const Certificate expired = make_certificate("DNS:other.test", -2h, -1h);
  WebServer server(loop, Manner::answers, &expired);
  const Result result = visit(at("https", server), {}, 20s, /*verify=*/false);
  EXPECT_EQ(result.success, Value(true)) << to_text(result.reason);
}

TEST_F(ReachTest, DistrustsTestCertificatesByDefault) {
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 1h);
  WebServer server(loop, Manner::answers, &certificate);
  EXPECT_EQ(visit(at("https", server)).reason, text("TLS: self-signed certificate"));
}

TEST_F(ReachTest, SaysThatTheTrustedCertificatesCannotBeRead) {
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 1h);
  WebServer server(loop, Manner::answers, &certificate);
  const Result result = visit(at("https", server), (files.root() / "missing.pem").string());
  EXPECT_TRUE(to_text(result.reason).starts_with("TLS: cannot load the certificates to trust"))
      << to_text(result.reason);
}

TEST_F(ReachTest, SaysThatAConnectionWasRefused) {
  std::uint16_t free_port = 0;
  {
    const boost::asio::ip::tcp::acceptor closed(loop, {boost::asio::ip::address_v4::loopback(), 0});
    free_port = closed.local_endpoint().port();
  }
  const Result result = visit("tcp://127.0.0.1:" + std::to_string(free_port));
  EXPECT_EQ(result.success, Value(false));
  EXPECT_EQ(result.reason, text("connect: Connection refused"));
  EXPECT_EQ(result.connect, kNull);
}

TEST_F(ReachTest, TriesEachAddressOfAName) {
  // Nothing listens on the first one.
  dns.set("service.test", {0, {{127, 0, 0, 2}, {127, 0, 0, 1}}, {}});
  WebServer server(loop, Manner::answers, nullptr);
  const Result result = visit(at("tcp", server, "service.test"));
  EXPECT_EQ(result.success, Value(true)) << to_text(result.reason);
  EXPECT_NE(result.connect, kNull);
}

TEST_F(ReachTest, SaysThatANameDoesNotExist) {
  const Result result = visit("https://nowhere.test/");
  EXPECT_EQ(result.reason, text("name: the name does not exist"));
  EXPECT_EQ(result.connect, kNull);
}

TEST_F(ReachTest, TellsADnsThatLiesFromAServiceThatIsIll) {
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  const Certificate certificate = make_certificate("DNS:service.test", -1h, 1h);
  std::optional<WebServer> server(std::in_place, loop, Manner::answers, &certificate);
  ReachSettings settings;
  settings.service = "one-stop";
  settings.url = *parse_service_url(at("https", *server, "service.test"));
  settings.ca_file = trusted(certificate);
  settings.resolver.servers = {dns.address()};
  ReachProbe probe(loop.get_executor(), clock, settings);
  const auto reason = [&] { return column(probe, measure(probe, 4s), "Reason"); };
  ASSERT_EQ(reason(), kNull);
  // Nobody is there, while the service is where it was.
  dns.set("service.test", {0, {{127, 0, 0, 66}}, {}});
  EXPECT_EQ(reason(), text("name: wrong address 127.0.0.66; the service is at 127.0.0.1 as before"));
  EXPECT_EQ(reason(), text("name: wrong address 127.0.0.66; the service is at 127.0.0.1 as before"));
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  EXPECT_EQ(reason(), kNull);
  // It is neither there nor where it was: then the DNS cannot be blamed.
  dns.set("service.test", {0, {{127, 0, 0, 66}}, {}});
  server.reset();
  EXPECT_EQ(reason(), text("connect: Connection refused"));
}

TEST_F(ReachTest, SaysWhichStepWasTooSlow) {
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 1h);
  const std::string ca_file = trusted(certificate);
  DnsServer::Reply silence;
  silence.silent = true;
  dns.set("silent.test", silence);
  EXPECT_EQ(visit("https://silent.test/", ca_file, 100ms).reason, text("name: no answer in time"));

  // Long enough to get to the slow step on a busy machine: it never ends by itself.
  WebServer mute(loop, Manner::accepts_silently, &certificate);
  const Result in_handshake = visit(at("https", mute), ca_file, 2s);
  EXPECT_EQ(in_handshake.reason, text("TLS: no answer in time"));
  EXPECT_NE(in_handshake.connect, kNull);

  WebServer reader(loop, Manner::reads_silently, &certificate);
  const Result in_answer = visit(at("https", reader), ca_file, 2s);
  EXPECT_EQ(in_answer.reason, text("HTTP: no answer in time"));
  EXPECT_NE(in_answer.handshake, kNull);
  EXPECT_EQ(in_answer.first_byte, kNull);
}

TEST_F(ReachTest, CountsErrorsOfTheServiceAsFailures) {
  WebServer ill(loop, Manner::answers, nullptr, "HTTP/1.1 503 Service Unavailable\r\n\r\n");
  const Result result = visit(at("http", ill));
  EXPECT_EQ(result.success, Value(false));
  EXPECT_EQ(result.status, count(503));
  EXPECT_EQ(result.reason, text("HTTP: status 503"));
  EXPECT_NE(result.first_byte, kNull);

  WebServer moved(loop, Manner::answers, nullptr, "HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n");
  EXPECT_EQ(visit(at("http", moved)).success, Value(true));
}

TEST_F(ReachTest, KnowsWhatIsNoHttp) {
  for (const char* answer : {"220 mail.test ESMTP\r\n", "HTTP/1.1 2xx OK\r\n", "HTTP/1.1 999 OK\r\n", "\n"}) {
    WebServer server(loop, Manner::answers, nullptr, answer);
    const Result result = visit(at("http", server));
    EXPECT_EQ(result.reason, text("HTTP: the answer is not HTTP")) << answer;
    EXPECT_EQ(result.status, kNull);
    EXPECT_NE(result.first_byte, kNull);
  }
  WebServer endless(loop, Manner::answers, nullptr, std::string(10'000, 'x'));
  EXPECT_EQ(visit(at("http", endless)).reason, text("HTTP: the answer is not HTTP"));
}

TEST_F(ReachTest, SaysThatTheServiceHungUp) {
  WebServer rude(loop, Manner::hangs_up, nullptr);
  EXPECT_EQ(visit(at("http", rude)).reason, text("HTTP: closed without an answer"));
}

TEST_F(ReachTest, SaysThatTheServiceSpeaksNoTls) {
  WebServer plain(loop, Manner::answers, nullptr, "220 mail.test ESMTP\r\n");
  const Result result = visit(at("https", plain));
  EXPECT_TRUE(to_text(result.reason).starts_with("TLS: ")) << to_text(result.reason);
  EXPECT_EQ(result.handshake, kNull);
}

TEST_F(ReachTest, LeavesNoSocketsBehind) {
  const auto open_descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 1h);
  const std::string ca_file = trusted(certificate);
  WebServer server(loop, Manner::answers, &certificate);
  (void)visit(at("https", server), ca_file);
  loop.poll();
  const auto before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    (void)visit(at("https", server), ca_file);
    loop.poll();
  }
  // The server closes its ends when it hears of it.
  EXPECT_LE(open_descriptors(), before + 2);
}

}  // namespace
}  // namespace xalink
