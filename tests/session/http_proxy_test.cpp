#include "sparkplug/http_proxy.hpp"

#include <gtest/gtest.h>

#include <optional>

#include <string>

namespace xalink {
namespace {

TEST(HttpProxy, IsWrittenAsAnAddressWithAPort) {
  const auto proxy = parse_proxy_url("http://proxy.tuyenquang.gov.vn:3128/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "proxy.tuyenquang.gov.vn");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(parse_proxy_url("http://[2001:db8::5]:8080")->host, "2001:db8::5");
  for (const char* wrong :
       {"", "10.0.0.5:3128", "https://10.0.0.5:3128", "socks5://10.0.0.5:1080", "http://10.0.0.5",
        "http://:3128", "http://10.0.0.5:0", "http://10.0.0.5:99999", "http://10.0.0.5:31x",
        "http://a b:3128", "http://10.0.0.5:3128/path", "http://[10.0.0.5:3128"}) {
    EXPECT_FALSE(parse_proxy_url(wrong)) << wrong;
  }
}

TEST(HttpProxy, NeverRepeatsAPasswordFromTheAddress) {
  const auto wrong = parse_proxy_url("http://board:secret@10.0.0.5:3128");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().to_string().find("secret"), std::string::npos);
  EXPECT_NE(wrong.error().next.find("proxy_username"), std::string::npos);
}

TEST(HttpProxy, LeavesOutWhatIsExcepted) {
  HttpProxy proxy;
  proxy.except = {"gov.local", ".lgsp.vn", "10.1.2.3", "192.168.0.0/16", "fd00::/8"};
  for (const char* direct : {"gov.local", "portal.gov.local", "PORTAL.GOV.LOCAL.", "a.lgsp.vn", "lgsp.vn",
                             "10.1.2.3", "192.168.77.1", "fd12::1"}) {
    EXPECT_FALSE(goes_through(proxy, direct)) << direct;
  }
  for (const char* proxied :
       {"notgov.local", "gov.local.vn", "10.1.2.4", "192.169.0.1", "2001:db8::1", "localhost"}) {
    EXPECT_TRUE(goes_through(proxy, proxied)) << proxied;
  }
}

TEST(HttpProxy, SaysWhomToConnectTo) {
  std::optional<HttpProxy> proxy;
  EXPECT_FALSE(goes_through(proxy, "portal.gov.vn"));
  EXPECT_EQ(next_host(proxy, "portal.gov.vn", 443), (NextHost{"portal.gov.vn", 443, false}));
  proxy.emplace();
  proxy->host = "10.0.0.5";
  proxy->port = 8080;
  proxy->except = {"gov.local"};
  EXPECT_TRUE(goes_through(proxy, "portal.gov.vn"));
  EXPECT_EQ(next_host(proxy, "portal.gov.vn", 443), (NextHost{"10.0.0.5", 8080, true}));
  EXPECT_EQ(next_host(proxy, "a.gov.local", 443), (NextHost{"a.gov.local", 443, false}));
}

TEST(HttpProxy, KnowsWhatCanBeExcepted) {
  for (const char* right : {"gov.local", ".gov.local", "10.1.2.3", "10.0.0.0/8", "fd00::/8", "::1"}) {
    EXPECT_TRUE(is_proxy_exception(right)) << right;
  }
  for (const char* wrong : {"", "*.gov.local", "10.0.0.0/33", "10.0.0.0/", "http://a", "a b"}) {
    EXPECT_FALSE(is_proxy_exception(wrong)) << wrong;
  }
}

TEST(HttpProxy, AsksForATunnel) {
  HttpProxy proxy;
  EXPECT_EQ(tunnel_request(proxy, "portal.test", 443),
            "CONNECT portal.test:443 HTTP/1.1\r\nHost: portal.test:443\r\n\r\n");
  EXPECT_EQ(tunnel_request(proxy, "2001:db8::1", 8883),
            "CONNECT [2001:db8::1]:8883 HTTP/1.1\r\nHost: [2001:db8::1]:8883\r\n\r\n");
  proxy.username = "Aladdin";  // the example of RFC 7617
  proxy.password = "open sesame";
  EXPECT_EQ(credentials_line(proxy), "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
}

TEST(HttpProxy, TellsATargetThatIsAwayFromAProxyThatRefuses) {
  using Kind = TunnelAnswer::Kind;
  EXPECT_EQ(tunnel_answer("HTTP/1.1 200 Connection established\r\n\r\n").kind, Kind::open);
  EXPECT_EQ(tunnel_answer("HTTP/1.0 200\r\n\r\n").kind, Kind::open);
  for (const char* away :
       {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP/1.1 503 x\r\n\r\n", "HTTP/1.1 504 x\r\n\r\n"}) {
    EXPECT_EQ(tunnel_answer(away).kind, Kind::no_target) << away;
  }
  for (const char* refused : {"HTTP/1.1 407 x\r\n\r\n", "HTTP/1.1 403 x\r\n\r\n", "HTTP/1.1 302 x\r\n\r\n",
                              "220 mail\r\n", "", "HTTP/1.1"}) {
    const auto answer = tunnel_answer(refused);
    EXPECT_EQ(answer.kind, Kind::refused) << refused;
    EXPECT_FALSE(answer.reason.empty()) << refused;
  }
}

}  // namespace
}  // namespace xalink
