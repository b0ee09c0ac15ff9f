#include "agent/way_out.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "sparkplug/metric_names.hpp"
#include "tests/agent/probes/fake_tree.hpp"

namespace xalink::test {
namespace {

class WayOutTest : public testing::Test {
 protected:
  void leave_by(const std::string& interface) {
    std::string routes =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    if (!interface.empty())
      routes += interface + "\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";
    tree_.write("proc/net/route", routes);
  }
  void judge(const Value& interface, const Value& technology) {
    const auto schema = access_schema();
    Record record;
    record.values.resize(schema.columns.size());
    record.values[*column_index(schema, "Interface")] = interface;
    record.values[*column_index(schema, "Technology")] = technology;
    EXPECT_FALSE(way_.took(schema, record));
  }
  [[nodiscard]] bool link(const std::string& interface, bool leads_out) {
    const auto schema = link_schema(interface);
    Record record;
    record.values.resize(schema.columns.size());
    record.values[*column_index(schema, "Default Route")] = leads_out;
    return way_.took(schema, record);
  }

  FakeTree tree_;
  WayOut way_{{"4g"}, tree_.root()};
};

TEST_F(WayOutTest, CountsOnTheBudgetOfTheLinkThatWasJudged) {
  leave_by("eth0");
  EXPECT_EQ(way_.cost(), std::nullopt) << "not judged yet";
  judge(std::string("eth0"), std::string("fibre"));
  EXPECT_EQ(way_.cost(), LinkCost::fixed);
  judge(std::string("eth0"), Value());
  EXPECT_EQ(way_.cost(), LinkCost::metered) << "nobody knows its technology";
}

TEST_F(WayOutTest, SpendsNothingOnALinkThatWasNotJudgedYet) {
  leave_by("eth0");
  judge(std::string("eth0"), std::string("fibre"));
  leave_by("wwan0");
  EXPECT_EQ(way_.cost(), std::nullopt);
  judge(std::string("wwan0"), std::string("4g"));
  EXPECT_EQ(way_.cost(), LinkCost::metered);
}

TEST_F(WayOutTest, WithoutADefaultRouteTheSmallerBudgetCounts) {
  leave_by("");
  judge(Value(), Value());
  EXPECT_EQ(way_.cost(), LinkCost::metered);
  leave_by("eth0");
  EXPECT_EQ(way_.cost(), std::nullopt);
}

TEST_F(WayOutTest, HasAccessAskedWhenADefaultRouteComesOrGoes) {
  EXPECT_FALSE(link("eth0", true)) << "the first look";
  EXPECT_FALSE(link("eth0", true));
  EXPECT_FALSE(link("eth1", false));
  EXPECT_TRUE(link("eth0", false));
  EXPECT_TRUE(link("eth1", true));
  EXPECT_FALSE(link("eth1", true));
}

}  // namespace
}  // namespace xalink::test
