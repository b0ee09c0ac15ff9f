#include "agent/probes/dns.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/dns_server.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::count;
using test::DnsServer;
using test::kNull;
using test::text;

class DnsTest : public test::LoopTest {
 protected:
  DnsProbe probe_for(const std::string& name, AddressType type = AddressType::a) {
    DnsSettings settings;
    settings.name = name;
    settings.type = type;
    settings.resolver.servers = {dns.address()};
    settings.resolver.retry_after = 50ms;
    return DnsProbe(loop.get_executor(), clock, settings);
  }

  static std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  }

  DnsServer dns{loop};
};

TEST_F(DnsTest, CountsTheAddressesOfAnAnswer) {
  dns.set("portal.test", {0, {{192, 0, 2, 1}, {192, 0, 2, 2}}, {}});
  DnsProbe probe = probe_for("portal.test");
  EXPECT_EQ(probe.schema().group, "DNS/portal.test");
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Status"), text("NOERROR"));
  EXPECT_EQ(column(probe, values, "Answers"), count(2));
  EXPECT_EQ(column(probe, values, "Reason"), kNull);
  EXPECT_NE(column(probe, values, "Time"), kNull);
}

TEST_F(DnsTest, AsksForIpv6WhereItIsTold) {
  DnsServer::Reply reply;
  reply.aaaa.push_back({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  dns.set("six.test", reply);
  DnsProbe six = probe_for("six.test", AddressType::aaaa);
  std::vector<Value> values = measure(six);
  EXPECT_EQ(column(six, values, "Answers"), count(1));

  DnsProbe four = probe_for("six.test");
  values = measure(four);
  EXPECT_EQ(column(four, values, "Status"), text("NOERROR"));
  EXPECT_EQ(column(four, values, "Answers"), count(0));
  EXPECT_EQ(column(four, values, "Reason"), text("the name has no A record"));
}

TEST_F(DnsTest, MayBeKnownByAnotherNameThanTheOneAskedFor) {
  dns.set("portal.test", {0, {{192, 0, 2, 1}}, {}});
  DnsSettings settings;
  settings.name = "portal.test";
  settings.subject = "portal";
  settings.resolver.servers = {dns.address()};
  DnsProbe probe(loop.get_executor(), clock, settings);
  EXPECT_EQ(probe.schema().group, "DNS/portal");
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Status"), text("NOERROR"));
}

TEST_F(DnsTest, TellsNamesThatDoNotExist) {
  DnsProbe probe = probe_for("nowhere.test");
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Status"), text("NXDOMAIN"));
  EXPECT_EQ(column(probe, values, "Answers"), count(0));
  EXPECT_EQ(column(probe, values, "Reason"), text("the name does not exist"));
  EXPECT_NE(column(probe, values, "Time"), kNull);
}

TEST_F(DnsTest, TellsWhatAnIllServerSaid) {
  const std::vector<std::pair<std::uint8_t, std::string>> codes = {
      {1, "FORMERR"}, {2, "SERVFAIL"}, {4, "NOTIMP"}, {5, "REFUSED"}, {11, "RCODE11"}};
  for (const auto& [code, status] : codes) {
    dns.set("ill.test", {code, {}, {}});
    DnsProbe probe = probe_for("ill.test");
    const std::vector<Value> values = measure(probe);
    EXPECT_EQ(column(probe, values, "Status"), text(status));
    EXPECT_EQ(column(probe, values, "Reason"), text("the server answered " + status));
  }
}

TEST_F(DnsTest, GivesUpOnSilenceByTheDeadline) {
  DnsServer::Reply silence;
  silence.silent = true;
  dns.set("silent.test", silence);
  DnsProbe probe = probe_for("silent.test");
  const std::ptrdiff_t before = open_descriptors();
  const SteadyTime begin = clock.steady();
  const std::vector<Value> values = measure(probe, 120ms);
  EXPECT_LT(clock.steady() - begin, 10s);
  EXPECT_EQ(column(probe, values, "Status"), text("timeout"));
  EXPECT_EQ(column(probe, values, "Reason"), text("no answer in time"));
  EXPECT_EQ(column(probe, values, "Time"), kNull);
  EXPECT_EQ(column(probe, values, "Answers"), kNull);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(DnsTest, AsksAgainBeforeItGivesUp) {
  DnsServer::Reply silence;
  silence.silent = true;
  dns.set("silent.test", silence);
  DnsProbe probe = probe_for("silent.test");
  const std::vector<Value> values = measure(probe, 60s);  // ends by its three questions
  EXPECT_EQ(column(probe, values, "Status"), text("timeout"));
  EXPECT_EQ(dns.questions(), 3U);
}

TEST_F(DnsTest, SaysThatNoServerCanBeReached) {
  DnsProbe probe = probe_for("portal.test");
  dns.close();
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Status"), text("unreachable"));
  EXPECT_NE(column(probe, values, "Reason"), kNull);
  EXPECT_EQ(column(probe, values, "Time"), kNull);
}

TEST_F(DnsTest, IsNotMisledByDatagramsThatAreNoAnswer) {
  DnsServer::Reply garbage;
  garbage.garbage = true;
  dns.set("noise.test", garbage);
  DnsProbe probe = probe_for("noise.test");
  const std::vector<Value> values = measure(probe, 120ms);
  EXPECT_EQ(column(probe, values, "Status"), text("timeout"));
}

TEST_F(DnsTest, ReportsANameThatIsNone) {
  DnsProbe probe = probe_for("a..b");
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Status"), text("malformed"));
  EXPECT_NE(column(probe, values, "Reason"), kNull);
}

TEST_F(DnsTest, LeavesNoSocketsBehind) {
  dns.set("portal.test", {0, {{192, 0, 2, 1}}, {}});
  DnsProbe probe = probe_for("portal.test");
  (void)measure(probe);
  const std::ptrdiff_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) (void)measure(probe);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(DnsServers, AreCheckedOneByOne) {
  EXPECT_TRUE(check_servers({"192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53", "2001:db8::53"}));
  for (const char* wrong : {"", "dns.example", "192.0.2.1,192.0.2.2", "300.1.1.1"}) {
    const auto checked = check_servers({"192.0.2.53", wrong});
    ASSERT_FALSE(checked) << wrong;
    EXPECT_EQ(checked.error().where, std::string("DNS server \"") + wrong + "\"");
  }
}

}  // namespace
}  // namespace xalink
