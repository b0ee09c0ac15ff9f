#include "agent/probes/ping.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/linux/icmp_socket.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/dns_server.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using test::count;
using test::DnsServer;
using test::FakeTree;
using test::kNull;
using test::text;

using RoundTrips = std::vector<std::optional<Duration>>;

TEST(RoundTripStatistics, AreEmptyWithoutRequests) {
  const RoundTripStatistics statistics = summarise({});
  EXPECT_FALSE(statistics.mean);
  EXPECT_FALSE(statistics.jitter);
  EXPECT_FALSE(statistics.loss_percent);
}

TEST(RoundTripStatistics, CountALostRequestAsLossOnly) {
  const RoundTrips trips{10ms, std::nullopt, 30ms, 20ms};
  const RoundTripStatistics statistics = summarise(trips);
  EXPECT_EQ(statistics.shortest, 10ms);
  EXPECT_EQ(statistics.mean, 20ms);
  EXPECT_EQ(statistics.longest, 30ms);
  EXPECT_EQ(statistics.jitter, 10ms);  // of 30 and 20; nothing bridges the hole
  EXPECT_EQ(statistics.loss_percent, 25.0);
}

TEST(RoundTripStatistics, HaveNoJitterWithoutTwoRepliesInARow) {
  const RoundTrips trips{10ms, std::nullopt, 30ms};
  EXPECT_FALSE(summarise(trips).jitter);
}

TEST(RoundTripStatistics, OfNothingButLossHaveNoTimes) {
  const RoundTrips trips{std::nullopt, std::nullopt};
  const RoundTripStatistics statistics = summarise(trips);
  EXPECT_FALSE(statistics.shortest);
  EXPECT_FALSE(statistics.mean);
  EXPECT_EQ(statistics.loss_percent, 100.0);
}

class PingTest : public test::LoopTest {
 protected:
  [[nodiscard]] PingSettings quick(std::string target) const {
    PingSettings settings;
    settings.target = std::move(target);
    settings.count = 3;
    settings.spacing = 5ms;
    settings.root = tree.root();
    return settings;
  }

  /// Containers and emulators may allow no ICMP socket at all; then the probe must say so.
  static bool may_ping(const boost::asio::any_io_executor& executor, const char* address) {
    return IcmpSocket::connect(executor, make_address(address)).has_value();
  }

  void expect_three_replies(const std::string& target, const char* address) {
    PingProbe probe(loop.get_executor(), clock, quick(target));
    const std::vector<Value> values = measure(probe);
    if (!may_ping(loop.get_executor(), address)) {
      EXPECT_EQ(column(probe, values, "Sent"), count(0));
      EXPECT_NE(column(probe, values, "Reason"), kNull);
      return;
    }
    EXPECT_EQ(column(probe, values, "Sent"), count(3));
    EXPECT_EQ(column(probe, values, "Loss"), Value(0.0));
    EXPECT_EQ(column(probe, values, "Reason"), kNull);
    const auto shortest = std::get<std::uint64_t>(column(probe, values, "RTT min"));
    const auto mean = std::get<std::uint64_t>(column(probe, values, "RTT mean"));
    const auto longest = std::get<std::uint64_t>(column(probe, values, "RTT max"));
    const auto jitter = std::get<std::uint64_t>(column(probe, values, "Jitter"));
    EXPECT_LE(shortest, mean);
    EXPECT_LE(mean, longest);
    EXPECT_LE(jitter, longest - shortest);
    EXPECT_LT(longest, 20'000'000U);
  }

  FakeTree tree;
};

TEST_F(PingTest, GetsItsRepliesFromThisMachine) {
  expect_three_replies("127.0.0.1", "127.0.0.1");
}

TEST_F(PingTest, GetsItsRepliesOverIpv6) {
  expect_three_replies("::1", "::1");
}

TEST_F(PingTest, FindsTheGatewayInTheRoutes) {
  // 127.0.0.1 as the kernel of a little-endian machine prints it; a palindrome would hide the order.
  tree.write("proc/net/route", std::string(test::kRouteHeading) +
                                   "lo\t00000000\t0100007F\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  expect_three_replies("gateway", "127.0.0.1");
}

TEST_F(PingTest, ResolvesNamesOnTheLoop) {
  DnsServer dns(loop);
  dns.set("target.test", {0, {{127, 0, 0, 1}}, {}});
  PingSettings settings = quick("target.test");
  settings.resolver.servers = {dns.address()};
  PingProbe probe(loop.get_executor(), clock, settings);
  const std::vector<Value> values = measure(probe);
  EXPECT_GT(dns.questions(), 0U);
  if (may_ping(loop.get_executor(), "127.0.0.1")) {
    EXPECT_EQ(column(probe, values, "Loss"), Value(0.0));
  }
}

TEST_F(PingTest, SaysWhyItSentNothing) {
  PingProbe no_route(loop.get_executor(), clock, quick("gateway"));
  std::vector<Value> values = measure(no_route);
  EXPECT_EQ(column(no_route, values, "Reason"), text("no default route"));
  EXPECT_EQ(column(no_route, values, "Sent"), count(0));
  EXPECT_EQ(column(no_route, values, "Loss"), kNull);  // of nothing

  tree.write("proc/net/route", std::string(test::kRouteHeading) +
                                   "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n");
  PingProbe no_hop(loop.get_executor(), clock, quick("gateway"));
  values = measure(no_hop);
  EXPECT_EQ(column(no_hop, values, "Reason"), text("the default route through ppp0 has no next hop"));

  DnsServer dns(loop);
  PingSettings settings = quick("nowhere.test");
  settings.resolver.servers = {dns.address()};
  PingProbe no_name(loop.get_executor(), clock, settings);
  values = measure(no_name);
  EXPECT_EQ(column(no_name, values, "Reason"), text("the name does not exist"));
}

TEST_F(PingTest, CountsSilenceAsLossAndEndsByItsPatience) {
  // Nothing on this machine answers for the documentation network, if a route leads there at all.
  PingSettings settings = quick("203.0.113.1");
  settings.patience = 20ms;
  PingProbe probe(loop.get_executor(), clock, settings);
  const SteadyTime begin = clock.steady();
  const std::vector<Value> values = measure(probe, 60s);
  EXPECT_LT(clock.steady() - begin, 30s);
  EXPECT_NE(column(probe, values, "Reason"), kNull);
  EXPECT_EQ(column(probe, values, "RTT mean"), kNull);
  if (column(probe, values, "Sent") != count(0)) {
    EXPECT_EQ(column(probe, values, "Loss"), Value(100.0));
  }
}

TEST_F(PingTest, EndsByTheDeadlineWhenTheNameIsNotResolved) {
  DnsServer dns(loop);
  DnsServer::Reply silence;
  silence.silent = true;
  dns.set("silent.test", silence);
  PingSettings settings = quick("silent.test");
  settings.resolver.servers = {dns.address()};
  PingProbe probe(loop.get_executor(), clock, settings);
  const std::vector<Value> values = measure(probe, 50ms);
  EXPECT_EQ(column(probe, values, "Reason"), text("no DNS server answered in time"));
}

}  // namespace
}  // namespace xalink
