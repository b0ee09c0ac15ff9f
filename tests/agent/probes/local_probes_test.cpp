#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/linux/boot_id.hpp"
#include "agent/probes/board.hpp"
#include "agent/probes/link.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using test::count;
using test::FakeTree;
using test::kNull;
using test::text;

using LinkProbeTest = test::LoopTest;
using BoardProbeTest = test::LoopTest;

TEST_F(LinkProbeTest, TellsTheWayOutFromTheRest) {
  const FakeTree tree;
  tree.write("proc/net/route", std::string(test::kRouteHeading) +
                                   "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  for (const char* name : {"eth0", "wwan0"}) {
    tree.write(std::string("sys/class/net/") + name + "/carrier", "1\n");
    tree.write(std::string("sys/class/net/") + name + "/statistics/rx_bytes", "77\n");
  }
  LinkProbe cable(loop.get_executor(), clock, {"eth0", tree.root()});
  LinkProbe modem(loop.get_executor(), clock, {"wwan0", tree.root()});
  EXPECT_EQ(cable.schema().group, "Link/eth0");

  const std::vector<Value> of_cable = measure(cable);
  EXPECT_EQ(column(cable, of_cable, "Carrier"), Value(true));
  EXPECT_EQ(column(cable, of_cable, "Default Route"), Value(true));
  EXPECT_EQ(column(cable, of_cable, "Received"), count(77));
  EXPECT_EQ(column(cable, of_cable, "Speed"), kNull);

  const std::vector<Value> of_modem = measure(modem);
  EXPECT_EQ(column(modem, of_modem, "Carrier"), Value(true));
  EXPECT_EQ(column(modem, of_modem, "Default Route"), Value(false));
}

TEST_F(LinkProbeTest, SaysThatAnUnpluggedModemHasNoCarrier) {
  const FakeTree tree;
  LinkProbe modem(loop.get_executor(), clock, {"wwan0", tree.root()});
  const std::vector<Value> values = measure(modem);
  EXPECT_EQ(column(modem, values, "Carrier"), Value(false));
  EXPECT_EQ(column(modem, values, "Default Route"), Value(false));
  EXPECT_EQ(column(modem, values, "Received"), kNull);
}

TEST_F(BoardProbeTest, SaysTheBootIdOncePerStart) {
  const FakeTree tree;
  tree.write("proc/sys/kernel/random/boot_id", "1c6e3f2a-0000-4000-8000-000000000001\n");
  tree.write("proc/uptime", "60.00 1.00\n");
  BoardProbe probe(loop.get_executor(), clock, {tree.root(), tree.root()});
  const std::vector<Value> first = measure(probe);
  EXPECT_EQ(column(probe, first, "Boot Id"), text("1c6e3f2a-0000-4000-8000-000000000001"));
  EXPECT_EQ(column(probe, first, "Uptime"), count(60));
  EXPECT_EQ(column(probe, first, "Temperature"), kNull);
  const std::vector<Value> second = measure(probe);
  EXPECT_EQ(column(probe, second, "Boot Id"), kNull);
  EXPECT_EQ(column(probe, second, "Uptime"), count(60));
}

TEST_F(BoardProbeTest, MeasuresThisMachine) {
  BoardProbe probe(loop.get_executor(), clock, {});
  const std::vector<Value> values = measure(probe);
  for (const char* name :
       {"Uptime", "Load 1m", "Memory Available", "Memory Total", "Disk Available", "Disk Total", "Boot Id"}) {
    EXPECT_NE(column(probe, values, name), kNull) << name;
  }
  EXPECT_EQ(column(probe, values, "Boot Id"), text(read_boot_id()));
}

}  // namespace
}  // namespace xalink
