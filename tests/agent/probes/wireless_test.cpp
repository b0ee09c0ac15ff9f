#include "agent/linux/wireless.hpp"

#include <gtest/gtest.h>

#include <string>

#include "agent/probes/wifi.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using test::FakeTree;
using test::kNull;

// As of Linux 6.1.
constexpr const char* kHeading =
    "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
    " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n";

WirelessReading read(const std::string& lines, const std::string& interface = "wlan0") {
  const FakeTree tree;
  tree.write("proc/net/wireless", kHeading + lines);
  return read_wireless(interface, tree.root());
}

TEST(Wireless, SignalAndQuality) {
  const auto reading = read(" wlan0: 0000   54.  -56.  -256        0      0      0      0     28        0\n");
  EXPECT_EQ(reading.signal_dbm, -56.0);
  EXPECT_EQ(reading.quality, 54);
}

TEST(Wireless, EachInterfaceHasItsLine) {
  const std::string lines =
      " wlan0: 0000   54.  -56.  -256        0      0      0      0     28        0\n"
      "wlan10: 0000   21   -89   -256        0      0      0      0      0        0\n";
  EXPECT_EQ(read(lines, "wlan10").signal_dbm, -89.0);
  EXPECT_EQ(read(lines, "wlan10").quality, 21);
  EXPECT_EQ(read(lines, "wlan1"), WirelessReading());
  EXPECT_EQ(read(lines, "lan0"), WirelessReading());
}

TEST(Wireless, NothingWhenThereIsNothing) {
  EXPECT_EQ(read(""), WirelessReading()) << "not connected";
  EXPECT_EQ(read(" wlan0: 0000    0     0     0        0      0      0      0      0        0\n"),
            WirelessReading());
  EXPECT_EQ(read(" wlan0: 0000\n"), WirelessReading());
  EXPECT_EQ(read(" wlan0: 0000 many -x 0\n"), WirelessReading());
  const FakeTree tree;
  EXPECT_EQ(read_wireless("wlan0", tree.root()), WirelessReading()) << "no such file on this kernel";
}

TEST(Wireless, ALevelThatIsNoDbmIsNotGuessed) {
  const auto reading = read(" wlan0: 0000   80.   43.     0.       0      0      0      0      0        0\n");
  EXPECT_EQ(reading.signal_dbm, std::nullopt);
  EXPECT_EQ(reading.quality, 80);
}

TEST(Wireless, InterfacesAreFound) {
  const FakeTree tree;
  tree.write("sys/class/net/wlan1/uevent", "DEVTYPE=wlan\nINTERFACE=wlan1\n");
  tree.write("sys/class/net/wlan0/phy80211/index", "0\n");
  tree.write("sys/class/net/eth0/type", "1\n");
  EXPECT_EQ(wireless_interfaces(tree.root()), (std::vector<std::string>{"wlan0", "wlan1"}));
}

using WifiProbeTest = test::LoopTest;

TEST_F(WifiProbeTest, FillsItsColumns) {
  const FakeTree tree;
  tree.write("proc/net/wireless", std::string(kHeading) + " wlan0: 0000   54.  -56.  -256  0 0 0 0 28 0\n");
  WifiProbe probe(loop.get_executor(), clock, {"wlan0", tree.root()});
  EXPECT_EQ(probe.schema().group, "Wi-Fi/wlan0");
  const auto values = measure(probe);
  EXPECT_EQ(column(probe, values, "Signal"), Value(-56.0));
  EXPECT_EQ(column(probe, values, "Quality"), test::count(54));
  tree.write("proc/net/wireless", kHeading);
  EXPECT_EQ(column(probe, measure(probe), "Signal"), kNull);
}

}  // namespace
}  // namespace xalink
