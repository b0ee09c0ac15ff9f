// What stands between an office and the web, and from where it is seen, asked of real web servers.

#include "agent/probes/web_checks.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/fakes/web_server.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::count;
using test::kNull;
using test::make_certificate;
using test::text;
using test::WebServer;

std::string response(const std::string& status, const std::string& body = {},
                     const std::string& header = {}) {
  return "HTTP/1.1 " + status + "\r\n" + header + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class WebChecksTest : public test::LoopTest {
 protected:
  [[nodiscard]] static WebCheckSettings at(const WebServer& server, const char* scheme = "http") {
    WebCheckSettings settings;
    settings.url =
        parse_service_url(std::string(scheme) + "://127.0.0.1:" + std::to_string(server.port()) + "/check")
            .value();
    return settings;
  }
  /// Finding, status, who it was sent to, reason.
  std::vector<Value> portal(WebServer& server, ExpectedAnswer expected = {}) {
    auto settings = at(server);
    settings.expected = std::move(expected);
    CaptivePortalProbe probe(clock, std::move(settings));
    return measure(probe, 60s);
  }
  /// Address, reason.
  std::vector<Value> address(WebCheckSettings settings) {
    PublicAddressProbe probe(clock, std::move(settings));
    return measure(probe, 60s);
  }
  using Values = std::vector<Value>;

  ScratchFolder folder_;
};

TEST_F(WebChecksTest, ClearWayHasTheAnswerThatTheProvinceGives) {
  WebServer server(loop, WebServer::Manner::answers, nullptr, response("204 No Content"));
  EXPECT_EQ(portal(server), (Values{text("clear"), count(204), kNull, kNull}));
  EXPECT_TRUE(server.request().starts_with("GET /check HTTP/1.1\r\n")) << server.request();
  server.answer_with({response("200 OK", "ok\n")});
  EXPECT_EQ(portal(server, {200, "ok"}), (Values{text("clear"), count(200), kNull, kNull}));
}

TEST_F(WebChecksTest, PortalIsToldByWhatItDoesInPlaceOfTheAnswer) {
  WebServer server(loop, WebServer::Manner::answers, nullptr,
                   response("302 Found", "", "Location: https://login.hotel.test/?user=nguyen\r\n"));
  EXPECT_EQ(portal(server), (Values{text("portal"), count(302), text("login.hotel.test"),
                                    text("sent to login.hotel.test (status 302)")}))
      << "and not which path, which may name who logged in";
  EXPECT_EQ(server.visits(), 1U) << "a login is not followed";
  server.answer_with({response("200 OK", "<html>login</html>")});
  EXPECT_EQ(portal(server)[0], text("portal"));
  EXPECT_EQ(portal(server, {200, "ok"})[3], text("another text than the expected one"));
  server.answer_with({response("511 Network Authentication Required")});
  EXPECT_EQ(portal(server)[3], text("the network wants a login (status 511)"));
  server.answer_with({response("503 Service Unavailable")});
  EXPECT_EQ(portal(server), (Values{text("unexpected"), count(503), kNull, text("status 503")}));
}

TEST_F(WebChecksTest, ServerThatGivesNoAnswerIsNoPortal) {
  WebServer hasty(loop, WebServer::Manner::hangs_up, nullptr);
  auto values = portal(hasty);
  EXPECT_EQ(values[0], text("no answer"));
  EXPECT_EQ(values[1], kNull);
  EXPECT_NE(values[3], kNull);
  WebServer silent(loop, WebServer::Manner::reads_silently, nullptr);
  CaptivePortalProbe probe(clock, at(silent));
  values = measure(probe, 50ms);
  EXPECT_EQ(values[0], text("no answer"));
  EXPECT_EQ(values[3], text("gave no answer in time"));
  WebServer endless(loop, WebServer::Manner::answers, nullptr, response("200 OK", std::string(70'000, 'x')));
  values = portal(endless, {200, {}});
  EXPECT_EQ(values[0], text("no answer")) << "nobody reads a whole login page";
}

TEST_F(WebChecksTest, AddressIsTheBodyAndNothingElse) {
  WebServer server(loop, WebServer::Manner::answers, nullptr, response("200 OK", " 203.0.113.7\n"));
  EXPECT_EQ(address(at(server)), (Values{text("203.0.113.7"), kNull}));
  server.answer_with({response("200 OK", "\"2001:db8::7\"")});
  EXPECT_EQ(address(at(server)), (Values{text("2001:db8::7"), kNull}));
  for (const char* nonsense :
       {"", "<html>203.0.113.7</html>", "203.0.113.7, 10.0.0.1", "fe80::1%eth0", "0"}) {
    server.answer_with({response("200 OK", nonsense)});
    EXPECT_EQ(address(at(server)), (Values{kNull, text("the answer is no address")})) << nonsense;
  }
  server.answer_with({response("302 Found", "203.0.113.7", "Location: http://login.test/\r\n")});
  EXPECT_EQ(address(at(server)), (Values{kNull, text("status 302")})) << "a login's own address is not ours";
}

TEST_F(WebChecksTest, AddressIsAskedOverTlsOfWhoProvesWhoItIs) {
  const auto certificate = make_certificate("IP:127.0.0.1", -1h, 1h);
  WebServer server(loop, WebServer::Manner::answers, &certificate, response("200 OK", "203.0.113.7"));
  auto settings = at(server, "https");
  EXPECT_EQ(address(settings)[0], kNull) << "nobody knows who signed it";
  settings.ca_file = folder_.write("ca.pem", certificate.certificate).string();
  EXPECT_EQ(address(settings), (Values{text("203.0.113.7"), kNull}));
}

TEST_F(WebChecksTest, PortalIsLookedForBeforeTheProxyAndTheAddressBehindIt) {
  WebServer server(loop, WebServer::Manner::answers, nullptr, response("200 OK", "203.0.113.7"));
  // Nobody listens there: whoever goes through it comes to nothing.
  HttpProxy proxy;
  proxy.host = "127.0.0.1";
  proxy.port = 1;
  auto settings = at(server);
  settings.proxy = proxy;
  settings.expected = {200, {}};
  CaptivePortalProbe probe(clock, settings);
  EXPECT_EQ(measure(probe, 60s)[0], text("clear"));
  EXPECT_EQ(address(settings)[0], kNull);
  EXPECT_EQ(server.visits(), 1U);
  settings.proxy->except = {"127.0.0.0/8"};
  EXPECT_EQ(address(settings)[0], text("203.0.113.7")) << "an exception of the proxy";
}

}  // namespace
}  // namespace xalink
