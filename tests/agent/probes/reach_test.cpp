#include "agent/probes/reach.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/private_address.hpp"
#include "agent/probes/reach_attempt.hpp"
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
    Value success, connect, handshake, first_byte, status, days, difference, failure, reason;
  };

  Result visit(ReachProbe& probe, Duration limit = 20s) {
    const std::vector<Value> values = measure(probe, limit);
    return {column(probe, values, "Success"),         column(probe, values, "Connect"),
            column(probe, values, "TLS Handshake"),   column(probe, values, "First Byte"),
            column(probe, values, "HTTP Status"),     column(probe, values, "Certificate Days"),
            column(probe, values, "Time Difference"), column(probe, values, "Failure"),
            column(probe, values, "Reason")};
  }

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
    return visit(probe, limit);
  }

  ReachSettings settings_of(const std::string& service, const WebServer& server, const std::string& ca_file) {
    ReachSettings settings;
    settings.service = service;
    settings.url = *parse_service_url(at("https", server));
    settings.ca_file = ca_file;
    settings.resolver.servers = {dns.address()};
    return settings;
  }

  /// An answer of a service whose clock is ahead of this machine's.
  std::string answer_at(std::chrono::seconds ahead) const {
    const std::time_t then = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + ahead);
    std::tm parts{};
    ::gmtime_r(&then, &parts);
    char date[64];
    (void)std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return std::string("HTTP/1.1 200 OK\r\ndate:  ") + date + "\r\nContent-Length: 0\r\n\r\n";
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
    const char* failure;
    const char* reason;
  };
  const Case cases[] = {
      {expired, expired, "certificate expired", "TLS: certificate has expired"},
      {early, early, "certificate not yet valid",
       "TLS: certificate is not yet valid; the clock of the board may be behind"},
      {foreign, foreign, "wrong host", "TLS: IP address mismatch; issued by \"test server\""},
      {foreign, good, "self-signed", "TLS: self-signed certificate; issued by \"test server\""},
  };
  for (const Case& wrong : cases) {
    WebServer server(loop, Manner::answers, &wrong.served);
    const Result result = visit(at("https", server), trusted(wrong.trusted));
    EXPECT_EQ(result.success, Value(false));
    EXPECT_EQ(result.failure, text(wrong.failure));
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
  EXPECT_EQ(result.reason, text("TLS: hostname mismatch; issued by \"test server\""));
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
  EXPECT_EQ(visit(at("https", server)).reason,
            text("TLS: self-signed certificate; issued by \"test server\""));
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
  settings.proofs = std::make_shared<ServiceProofs>();
  ReachProbe probe(loop.get_executor(), clock, settings);
  const auto reason = [&] { return column(probe, measure(probe, 4s), "Reason"); };
  ASSERT_EQ(reason(), kNull);
  // Nobody is there, while the service is where it was.
  dns.set("service.test", {0, {{127, 0, 0, 66}}, {}});
  const auto wrong = text("name: wrong address 127.0.0.66; the service is at 127.0.0.1 as before");
  EXPECT_EQ(reason(), wrong);
  EXPECT_EQ(reason(), wrong);
  auto knows_nothing = settings;
  knows_nothing.proofs = nullptr;
  ReachProbe who_knows_nothing(loop.get_executor(), clock, knows_nothing);
  EXPECT_EQ(column(who_knows_nothing, measure(who_knows_nothing, 4s), "Reason"),
            text("connect: Connection refused"));
  auto remembering = settings;
  remembering.proofs = std::make_shared<ServiceProofs>();
  remembering.proofs->recall(ServiceProofs::to_text(settings.proofs->all()));
  ReachProbe after_a_restart(loop.get_executor(), clock, remembering);
  EXPECT_EQ(column(after_a_restart, measure(after_a_restart, 4s), "Reason"), wrong);
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  EXPECT_EQ(reason(), kNull);
  // It is neither there nor where it was: then the DNS cannot be blamed.
  dns.set("service.test", {0, {{127, 0, 0, 66}}, {}});
  server.reset();
  EXPECT_EQ(reason(),
            text("connect: Connection refused; before it was at 127.0.0.1, where it is not either"));
}

TEST_F(ReachTest, SaysWhenTheNameIsRightAndTheServiceStalls) {
  for (const auto& [name, host] : {std::pair("service.test", 1), std::pair("moved.test", 9)}) {
    dns.set(name, {0, {{127, 0, 0, 1}}, {}});
    const Certificate certificate = make_certificate(std::string("DNS:") + name, -1h, 1h);
    WebServer mute(loop, Manner::accepts_silently, &certificate);
    ReachSettings settings;
    settings.service = "one-stop";
    settings.url = *parse_service_url(at("https", mute, name));
    settings.ca_file = trusted(certificate);
    settings.resolver.servers = {dns.address()};
    settings.proofs = std::make_shared<ServiceProofs>();
    settings.proofs->found_at("one-stop", {boost::asio::ip::make_address("127.0.0." + std::to_string(host))});
    ReachProbe probe(loop.get_executor(), clock, settings);
    EXPECT_EQ(to_text(column(probe, measure(probe, 2s), "Reason")),
              host == 1 ? "TLS: no answer in time; this is an address of the service, as before"
                        : "TLS: no answer in time; before it was at 127.0.0.9, where it is not either");
  }
}

TEST_F(ReachTest, TakesWhoeverHasTheCertificateForTheServiceAlsoWhenItIsIll) {
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  const Certificate certificate = make_certificate("DNS:service.test", -1h, 1h);
  WebServer ill(loop, Manner::answers, &certificate,
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  ReachSettings settings;
  settings.service = "one-stop";
  settings.url = *parse_service_url(at("https", ill, "service.test"));
  settings.ca_file = trusted(certificate);
  settings.resolver.servers = {dns.address()};
  settings.proofs = std::make_shared<ServiceProofs>();
  settings.proofs->found_at("one-stop", {boost::asio::ip::make_address("127.0.0.9")});
  ReachProbe probe(loop.get_executor(), clock, settings);
  EXPECT_EQ(column(probe, measure(probe, 60s), "Reason"), text("HTTP: status 503"));
}

TEST_F(ReachTest, SuspectsAPrivateAddressOfAServiceThatNeverProvedItself) {
  dns.set("service.test", {0, {{127, 0, 0, 1}}, {}});
  const Certificate certificate = make_certificate("DNS:service.test", -1h, 1h);
  const Certificate portal = make_certificate("DNS:login.test", -1h, 1h);
  WebServer server(loop, Manner::answers, &portal);
  ReachSettings settings;
  settings.service = "one-stop";
  settings.url = *parse_service_url(at("https", server, "service.test"));
  settings.ca_file = trusted(certificate);
  settings.resolver.servers = {dns.address()};
  const auto reason = [&](ReachProbe& probe) {
    return to_text(column(probe, measure(probe, 60s), "Reason"));
  };
  ReachProbe anywhere(loop.get_executor(), clock, settings);
  EXPECT_TRUE(reason(anywhere).starts_with("TLS: ")) << "a service of a private network";
  settings.public_addresses = true;
  ReachProbe probe(loop.get_executor(), clock, settings);
  EXPECT_EQ(reason(probe), "name: wrong address 127.0.0.1, one of a private network");
  // Where it stands does not matter once it is the one.
  server.show(certificate);
  EXPECT_EQ(measure(probe, 60s)[0], Value(true));
  server.show(portal);
  EXPECT_TRUE(reason(probe).starts_with("TLS: ")) << "it was there before";
  settings.url.host = "127.0.0.1";
  ReachProbe by_address(loop.get_executor(), clock, settings);
  EXPECT_TRUE(reason(by_address).starts_with("TLS: ")) << "nobody was asked for it";
}

TEST_F(ReachTest, KnowsWhichAddressesAreOfPrivateNetworks) {
  using boost::asio::ip::make_address;
  for (const char* address : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                              "127.0.0.1", "169.254.1.1", "0.0.0.0", "::1", "fe80::1", "fd00::1"}) {
    EXPECT_TRUE(is_private(make_address(address))) << address;
  }
  for (const char* address :
       {"8.8.8.8", "172.32.0.1", "100.128.0.1", "11.0.0.1", "203.0.113.10", "2001:db8::1"}) {
    EXPECT_FALSE(is_private(make_address(address))) << address;
  }
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
  EXPECT_EQ(in_handshake.failure, text("TLS stalled"));
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

TEST_F(ReachTest, TellsAProxyThatWantsAPasswordFromTheService) {
  const std::string wants_one = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
  WebServer server(loop, Manner::answers, nullptr, wants_one);
  ReachSettings settings;
  settings.service = "one-stop";
  settings.url = *parse_service_url("http://service.test/");
  settings.proxy.emplace();
  settings.proxy->host = "127.0.0.1";
  settings.proxy->port = server.port();
  ReachProbe probe(loop.get_executor(), clock, settings);
  const Result result = visit(probe);
  EXPECT_TRUE(server.request().starts_with("GET http://service.test/ ")) << server.request();
  EXPECT_EQ(result.success, Value(false));
  EXPECT_EQ(result.failure, text("proxy"));
  EXPECT_EQ(result.reason, text("proxy: the proxy wants another user name or password"));
  // As where a tunnel was asked for: nobody got as far as the service.
  EXPECT_EQ(result.connect, kNull);
  EXPECT_EQ(result.first_byte, kNull);
  EXPECT_EQ(result.status, kNull);
  // Without a proxy it is an odd answer of the service.
  EXPECT_EQ(visit(at("http", server)).reason, text("HTTP: status 407"));
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

TEST_F(ReachTest, TellsHowLongTheCertificatesLast) {
  const Certificate authority = make_certificate("DNS:authority.test", -1h, 240h + 5min);
  const Certificate longer = make_certificate(std::string(kLoopback), -1h, 2400h, authority);
  const Certificate shorter = make_certificate(std::string(kLoopback), -1h, 48h + 5min, authority);
  const Certificate expired = make_certificate(std::string(kLoopback), -50h, -25h, authority);
  struct Case {
    const Certificate& served;
    std::int64_t days;
  };
  for (const Case& one : {Case{longer, 10}, Case{shorter, 2}, Case{expired, -2}}) {
    WebServer server(loop, Manner::answers, &one.served);
    EXPECT_EQ(visit(at("https", server), trusted(authority)).days, Value(one.days));
  }
  WebServer plain(loop, Manner::answers, nullptr);
  EXPECT_EQ(visit(at("http", plain)).days, kNull);
}

TEST_F(ReachTest, TellsWhatTimeTheServiceHas) {
  WebServer behind(loop, Manner::answers, nullptr, answer_at(-7200s));
  const Value difference = visit(at("http", behind)).difference;
  ASSERT_TRUE(std::holds_alternative<std::int64_t>(difference));
  // However slow this machine is, it does not take minutes.
  EXPECT_NEAR(static_cast<double>(std::get<std::int64_t>(difference)), -7200.0, 120.0);
  for (const char* date :
       {"", "date: yesterday\r\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT+1\r\n", "date\r\n"}) {
    WebServer odd(loop, Manner::answers, nullptr, std::string("HTTP/1.1 200 OK\r\n") + date + "\r\n");
    const Result result = visit(at("http", odd));
    EXPECT_EQ(result.success, Value(true)) << date;
    EXPECT_EQ(result.difference, kNull) << date;
  }
}

TEST_F(ReachTest, TellsAWrongClockOfTheBoardFromACertificateThatIsOver) {
  const Certificate early = make_certificate(std::string(kLoopback), 24h, 240h);
  WebServer server(loop, Manner::answers, &early, answer_at(48h));
  ReachSettings settings = settings_of("one-stop", server, trusted(early));
  {
    ReachProbe probe(loop.get_executor(), clock, settings);
    const Result result = visit(probe);
    EXPECT_EQ(result.success, Value(true));
    EXPECT_EQ(result.failure, text("board clock"));
    EXPECT_EQ(result.status, count(200));
    EXPECT_EQ(result.reason, text("TLS: certificate is not yet valid by the clock of the board, which is "
                                  "wrong: services say another time"));
  }
  // The kernel is sure of its clock, and nobody else can be asked.
  settings.synchronised = [] { return true; };
  ReachProbe probe(loop.get_executor(), clock, settings);
  const Result result = visit(probe);
  EXPECT_EQ(result.success, Value(false));
  EXPECT_EQ(result.failure, text("certificate not yet valid"));
  EXPECT_EQ(result.reason, text("TLS: certificate is not yet valid"));
  EXPECT_EQ(result.status, kNull);
}

TEST_F(ReachTest, SuspectsTheBoardsClockOnlyWhereNobodyConfirmsIt) {
  const Certificate early = make_certificate(std::string(kLoopback), 24h, 240h);
  WebServer server(loop, Manner::answers, &early, answer_at(0s));
  EXPECT_EQ(visit(at("https", server), trusted(early)).reason, text("TLS: certificate is not yet valid"))
      << "the service has the same time";
  WebServer timeless(loop, Manner::answers, &early, "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(visit(at("https", timeless), trusted(early)).reason,
            text("TLS: certificate is not yet valid; the clock of the board may be behind"));
}

TEST_F(ReachTest, TwoServicesAreBelievedMoreThanTheKernelsClock) {
  const Certificate over = make_certificate(std::string(kLoopback), -240h, -24h);
  WebServer server(loop, Manner::answers, &over, answer_at(-48h));
  WebServer other(loop, Manner::answers, &over, "HTTP/1.1 200 OK\r\n\r\n");
  ReachSettings settings = settings_of("one-stop", server, trusted(over));
  settings.synchronised = [] { return true; };
  settings.times = std::make_shared<ServiceTimes>();
  ReachProbe probe(loop.get_executor(), clock, settings);
  EXPECT_EQ(visit(probe).failure, text("certificate expired"));
  ReachSettings others = settings_of("tax", other, settings.ca_file);
  others.times = settings.times;
  ReachProbe second(loop.get_executor(), clock, others);
  EXPECT_EQ(visit(second).failure, text("board clock"));
  EXPECT_EQ(visit(probe).failure, text("board clock"));
}

TEST_F(ReachTest, SuspectsWhoVouchesForAServiceThatAnotherVouchedFor) {
  const Certificate authority = make_certificate("DNS:authority.test", -1h, 24h);
  const Certificate intruder = make_certificate("DNS:intruder.test", -1h, 24h);
  const Certificate right = make_certificate(std::string(kLoopback), -1h, 24h, authority);
  const Certificate wrong = make_certificate(std::string(kLoopback), -1h, 24h, intruder);
  WebServer server(loop, Manner::answers, &wrong);
  EXPECT_EQ(visit(at("https", server)).failure, text("unknown issuer"));
  server.show(right);
  ReachProbe probe(loop.get_executor(), clock, settings_of("one-stop", server, trusted(authority)));
  EXPECT_EQ(visit(probe).failure, kNull);
  server.show(wrong);
  const Result result = visit(probe);
  EXPECT_EQ(result.failure, text("intercepted"));
  EXPECT_EQ(result.success, Value(false));
  // Both authorities of this test have one name.
  EXPECT_EQ(result.reason, text("TLS: certificate signature failure; issued by \"test server\", until now by "
                                "\"test server\": somebody stands between"));
  server.show(right);
  EXPECT_EQ(visit(probe).failure, kNull);
}

TEST_F(ReachTest, GoesOnWithTheSessionOfTheVisitBefore) {
  const Certificate certificate = make_certificate(std::string(kLoopback), -1h, 25h);
  WebServer server(loop, Manner::answers, &certificate);
  const ReachSettings settings = settings_of("one-stop", server, trusted(certificate));
  const std::vector<boost::asio::ip::address> here{boost::asio::ip::make_address("127.0.0.1")};
  TlsMemory memory;
  const auto attempt = [&] {
    ReachProgress progress;
    EXPECT_TRUE(run(attempt_reach(clock, settings, here, clock.steady() + 20s, memory, progress)))
        << progress.reason;
    EXPECT_TRUE(progress.certificate);
    return progress.resumed;
  };
  EXPECT_FALSE(attempt());
  EXPECT_TRUE(attempt());
  EXPECT_TRUE(attempt());
  // After an hour the certificate is looked at again.
  memory.since -= 1h;
  EXPECT_FALSE(attempt());
  EXPECT_TRUE(attempt());
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
