#include "agent/probes/service_url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xalink {
namespace {

using Scheme = ServiceUrl::Scheme;

TEST(ServiceUrl, KnowsWhatItsSchemeImplies) {
  EXPECT_EQ(*parse_service_url("https://dichvucong.gov.vn"),
            (ServiceUrl{Scheme::https, "dichvucong.gov.vn", 443, "/"}));
  EXPECT_EQ(*parse_service_url("http://portal.test/a/b?c=d"),
            (ServiceUrl{Scheme::http, "portal.test", 80, "/a/b?c=d"}));
  EXPECT_EQ(*parse_service_url("https://portal.test:8443?x"),
            (ServiceUrl{Scheme::https, "portal.test", 8443, "/?x"}));
  EXPECT_EQ(*parse_service_url("tcp://10.0.0.1:1883"), (ServiceUrl{Scheme::tcp, "10.0.0.1", 1883, "/"}));
  EXPECT_EQ(*parse_service_url("https://[2001:db8::1]:444/"),
            (ServiceUrl{Scheme::https, "2001:db8::1", 444, "/"}));
}

TEST(ServiceUrl, PutsOnlyUnusualPortsIntoTheHostField) {
  EXPECT_EQ(authority(*parse_service_url("https://portal.test")), "portal.test");
  EXPECT_EQ(authority(*parse_service_url("https://portal.test:80")), "portal.test:80");
  EXPECT_EQ(authority(*parse_service_url("http://portal.test:80")), "portal.test");
  EXPECT_EQ(authority(*parse_service_url("https://[2001:db8::1]")), "[2001:db8::1]");
}

TEST(ServiceUrl, RefusesWhatItCannotVisitAndSaysWhy) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "does not begin"},
      {"dichvucong.gov.vn", "does not begin"},
      {"ftp://portal.test", "does not begin"},
      {"https://", "no host"},
      {"https://:443/", "no host"},
      {"https://user@portal.test", "user name"},
      {"https://portal.test/#top", "fragment"},
      {"https://portal.test/a b", "%XX"},
      {"https://portal.test/\r\nX: y", "%XX"},
      {"https://portal.test:0/", "port"},
      {"https://portal.test:65536/", "port"},
      {"https://portal.test:12x/", "port"},
      {"https://portal.test:", "port"},
      {"https://[2001:db8::1", "["},
      {"https://[portal.test]/", "IPv6"},
      {"https://[2001:db8::1]x/", "port"},
      {"https://dịchvụ.test/", "letters"},
      {"tcp://portal.test", "no port"},
      {"tcp://portal.test:25/path", "path"},
  };
  for (const auto& [text, reason] : wrong) {
    const auto url = parse_service_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_NE(url.error().what.find(reason), std::string::npos) << text << ": " << url.error().what;
    EXPECT_FALSE(url.error().next.empty());
  }
}

}  // namespace
}  // namespace xalink
