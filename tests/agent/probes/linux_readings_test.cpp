#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "agent/linux/boot_id.hpp"
#include "agent/linux/network_interface.hpp"
#include "agent/linux/routes.hpp"
#include "agent/linux/small_file.hpp"
#include "agent/linux/system_readings.hpp"
#include "tests/agent/probes/fake_tree.hpp"

namespace xalink {
namespace {

using boost::asio::ip::make_address;
using test::FakeTree;
using test::kRouteHeading;

TEST(SmallFile, GivesNothingForWhatCannotBeRead) {
  const FakeTree tree;
  tree.write("sys/value", "42\n");
  EXPECT_EQ(read_small_file(tree.root() / "sys/value"), "42\n");
  EXPECT_FALSE(read_small_file(tree.root() / "sys/nothing"));
  EXPECT_FALSE(read_small_file(tree.root() / "sys"));  // a folder
  tree.write("sys/endless", std::string(2'000'000, 'x'));
  EXPECT_FALSE(read_small_file(tree.root() / "sys/endless"));
}

TEST(SmallFile, ParsesWholeNumbersOnly) {
  EXPECT_EQ(parse_count(" 18446744073709551615\n"), 18'446'744'073'709'551'615U);
  EXPECT_EQ(parse_number("-1\n"), -1);
  EXPECT_FALSE(parse_count("-1"));
  EXPECT_FALSE(parse_count("12 apples"));
  EXPECT_FALSE(parse_count(""));
  EXPECT_FALSE(parse_count("18446744073709551616"));
}

// The bytes of an address stand in /proc/net/route as one number of the machine's own byte order.
std::string as_the_kernel_prints(const char* address) {
  const auto bytes = boost::asio::ip::make_address_v4(address).to_bytes();
  std::uint32_t number = 0;
  static_assert(sizeof number == sizeof bytes);
  std::memcpy(&number, bytes.data(), sizeof number);
  char text[9];
  std::snprintf(text, sizeof text, "%08X", number);
  return text;
}

std::string route_line(const std::string& interface, const char* gateway, const char* flags,
                       const char* metric) {
  return interface + "\t00000000\t" + as_the_kernel_prints(gateway) + "\t" + flags + "\t0\t0\t" + metric +
         "\t00000000\t0\t0\t0\n";
}

TEST(Routes, PutTheLowestMetricFirst) {
  const FakeTree tree;
  tree.write("proc/net/route", std::string(kRouteHeading) + route_line("wwan0", "10.64.64.1", "0003", "700") +
                                   route_line("eth0", "192.168.1.254", "0003", "100") +
                                   "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n");
  const std::vector<DefaultRoute> routes = default_routes(tree.root());
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[0].interface, "eth0");
  EXPECT_EQ(routes[0].next_hop, make_address("192.168.1.254"));
  EXPECT_EQ(routes[1].interface, "wwan0");
  EXPECT_EQ(routes[1].next_hop, make_address("10.64.64.1"));
}

TEST(Routes, KnowNoNextHopOnPointToPointLinks) {
  const FakeTree tree;
  tree.write("proc/net/route", std::string(kRouteHeading) + route_line("ppp0", "0.0.0.0", "0001", "0"));
  const std::vector<DefaultRoute> routes = default_routes(tree.root());
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].interface, "ppp0");
  EXPECT_FALSE(routes[0].next_hop);
}

TEST(Routes, ReadIpv6AndLeaveOutWhatRejects) {
  const FakeTree tree;
  const std::string zero(32, '0');
  tree.write("proc/net/ipv6_route",
             "20010db8000000000000000000000000 40 " + zero + " 00 " + zero +
                 " 00000100 00000001 00000000 00000001     eth0\n" + zero + " 00 " + zero +
                 " 00 20010db8000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n" +
                 zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200       lo\n");
  const std::vector<DefaultRoute> routes = default_routes(tree.root());
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].interface, "eth0");
  EXPECT_EQ(routes[0].metric, 0x400U);
  EXPECT_EQ(routes[0].next_hop, make_address("2001:db8::1"));
}

TEST(Routes, AreNoneOnAMachineWithoutNetwork) {
  const FakeTree tree;
  EXPECT_TRUE(default_routes(tree.root()).empty());
  tree.write("proc/net/route", kRouteHeading);
  tree.write("proc/net/ipv6_route", "broken\n00 00\n");
  EXPECT_TRUE(default_routes(tree.root()).empty());
}

void write_interface(const FakeTree& tree, const std::string& name) {
  const std::string folder = "sys/class/net/" + name + "/";
  tree.write(folder + "carrier", "1\n");
  tree.write(folder + "operstate", "up\n");
  tree.write(folder + "speed", "100\n");
  tree.write(folder + "type", "1\n");
  tree.write(folder + "statistics/rx_bytes", "5000000000\n");
  tree.write(folder + "statistics/tx_bytes", "12\n");
  tree.write(folder + "statistics/rx_errors", "1\n");
  tree.write(folder + "statistics/tx_errors", "2\n");
  tree.write(folder + "statistics/rx_dropped", "3\n");
  tree.write(folder + "statistics/tx_dropped", "4\n");
}

TEST(NetworkInterface, ReadsCountersBeyond32Bits) {
  const FakeTree tree;
  write_interface(tree, "eth0");
  const InterfaceReading reading = read_interface("eth0", tree.root());
  EXPECT_EQ(reading, (InterfaceReading{true, 100, 5'000'000'000, 12, 1, 2, 3, 4}));
}

TEST(NetworkInterface, KnowsNoSpeedWhereTheDriverKnowsNone) {
  const FakeTree tree;
  write_interface(tree, "wlan0");
  for (const char* unknown : {"-1\n", "0\n", "4294967295\n", ""}) {
    tree.write("sys/class/net/wlan0/speed", unknown);
    EXPECT_FALSE(read_interface("wlan0", tree.root()).speed_mbit) << unknown;
  }
}

TEST(NetworkInterface, HasNoCarrierWhenItIsDown) {
  const FakeTree tree;
  tree.write("sys/class/net/eth0/operstate", "down\n");  // and no carrier file: the kernel says EINVAL
  EXPECT_EQ(read_interface("eth0", tree.root()).carrier, false);
  tree.write("sys/class/net/eth0/operstate", "unknown\n");
  EXPECT_FALSE(read_interface("eth0", tree.root()).carrier.has_value());
}

TEST(NetworkInterface, HasNoCarrierWhenItIsGone) {
  const FakeTree tree;
  tree.write("sys/class/net/eth0/carrier", "1\n");
  tree.write("carrier", "1\n");
  InterfaceReading gone;
  gone.carrier = false;
  EXPECT_EQ(read_interface("wwan0", tree.root()), gone);
  EXPECT_EQ(read_interface("../../..", tree.root()), gone);
  EXPECT_EQ(read_interface("..", tree.root()), gone);
  EXPECT_EQ(read_interface("", tree.root()), gone);
}

TEST(NetworkInterface, ListsThoseThatLeadOut) {
  const FakeTree tree;
  for (const char* name : {"lo", "eth0", "docker0", "ppp0", "wg0"}) write_interface(tree, name);
  tree.write("sys/class/net/eth0/device/vendor", "0x1af4\n");
  tree.write("sys/class/net/ppp0/type", "512\n");
  EXPECT_EQ(outward_interfaces(tree.root()), (std::vector<std::string>{"eth0", "ppp0"}));
  tree.write("proc/net/route", std::string(kRouteHeading) + route_line("wg0", "0.0.0.0", "0001", "0"));
  EXPECT_EQ(outward_interfaces(tree.root()), (std::vector<std::string>{"eth0", "ppp0", "wg0"}));
  EXPECT_TRUE(outward_interfaces(tree.root() / "nowhere").empty());
}

TEST(SystemReadings, AreReadFromTheKernelsTexts) {
  const FakeTree tree;
  tree.write("proc/uptime", "93784.52 180000.10\n");
  tree.write("proc/loadavg", "0.42 0.40 0.38 1/123 4567\n");
  tree.write("proc/meminfo", "MemTotal:         998244 kB\nMemFree:  1 kB\nMemAvailable:     512 kB\n");
  tree.write("sys/class/thermal/thermal_zone0/temp", "41500\n");
  tree.write("sys/class/thermal/thermal_zone1/temp", "58250\n");
  tree.write("sys/class/thermal/thermal_zone2/temp", "-274000\n");  // switched off
  tree.write("sys/class/thermal/cooling_device0/temp", "99000\n");
  const SystemReadings readings = read_system(tree.root(), tree.root());
  EXPECT_EQ(readings.uptime_s, 93784U);
  EXPECT_EQ(readings.load_1m, 0.42);
  EXPECT_EQ(readings.memory_total, 998'244U * 1024U);
  EXPECT_EQ(readings.memory_available, 512U * 1024U);
  EXPECT_EQ(readings.temperature, 58.25);
  ASSERT_TRUE(readings.disk_total && readings.disk_available);
  EXPECT_GE(*readings.disk_total, *readings.disk_available);
}

TEST(SystemReadings, LeaveOutWhatIsNotThere) {
  const FakeTree tree;
  tree.write("proc/uptime", "soon\n");
  tree.write("proc/loadavg", "nan\n");
  tree.write("proc/meminfo", "NotMemTotal: 5 kB\nMemAvailable: many kB\n");
  const SystemReadings readings = read_system(tree.root() / "no such place", tree.root());
  EXPECT_FALSE(readings.uptime_s);
  EXPECT_FALSE(readings.load_1m);
  EXPECT_FALSE(readings.memory_total);
  EXPECT_FALSE(readings.memory_available);
  EXPECT_FALSE(readings.temperature);
  EXPECT_FALSE(readings.disk_total);
}

TEST(BootId, IsTheKernels) {
  const FakeTree tree;
  EXPECT_EQ(read_boot_id(tree.root()), "");
  tree.write("proc/sys/kernel/random/boot_id", "1c6e3f2a-0000-4000-8000-000000000001\n");
  EXPECT_EQ(read_boot_id(tree.root()), "1c6e3f2a-0000-4000-8000-000000000001");
  EXPECT_EQ(read_boot_id().size(), 36U);  // of this machine
}

}  // namespace
}  // namespace xalink
