// What `xalink-agent doctor` tells a technician in an office whose way to the world is broken: the real
// program in the small Internet.

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <functional>
#include <string>

#include "tests/faults/ladder/small_office.hpp"

namespace xalink::test {
namespace {

class DoctorFaults : public SmallOffice {
 protected:
  DoctorFaults() { gateway_.program.start(); }

  [[nodiscard]] Outcome doctor(const std::string& words) const {
    const std::string inside = "mount -t sysfs sysfs /sys && exec " + std::string(XALINK_AGENT_PROGRAM) +
                               " doctor " + words + " --config " + (folder_ / "agent.toml").string();
    return call(internet_.board().command({"/usr/bin/unshare", "--mount", "--", "/bin/sh", "-c", inside}));
  }
  /// Breaks it, and asks with which line to begin.
  void expect_begins(const std::string& what, const Breakage& broken, const std::string& id) {
    SCOPED_TRACE(what);
    internet_.make(broken);
    expect_begins_now(id);
    internet_.make({});
  }
  void expect_begins_now(const std::string& id) {
    const auto told = doctor("--json");
    EXPECT_EQ(told.code, id.empty() ? 0 : 1) << told.out << told.err;
    const auto page = boost::json::parse(told.out).as_object();
    const auto& first = page.at("begin_with");
    EXPECT_EQ(first.is_null() ? std::string() : std::string(first.as_string()), id) << told.out;
    EXPECT_EQ(told.err, "");
  }
  [[nodiscard]] static std::string mark_of(const Outcome& told, std::string_view id) {
    const auto page = boost::json::parse(told.out);
    for (const auto& line : page.at("findings").as_array()) {
      if (line.at("id").as_string() == id) return std::string(line.at("mark").as_string());
    }
    return "no such line";
  }
  [[nodiscard]] bool gateway_is_there() const {
    return eventually(
        [&] {
          return gateway_.program.log().find("online") != std::string::npos || !gateway_.boards().empty();
        },
        kPatience, kLook);
  }
};

TEST_F(DoctorFaults, AreLedToTheRungThatIsBroken) {
  ASSERT_TRUE(gateway_is_there());
  EXPECT_TRUE(eventually([&] { return doctor("").code == 0; }, kPatience, kLook)) << doctor("").out;
  expect_begins("nothing", {}, "");
  expect_begins("cable", {.cable = true}, "link/up0");
  expect_begins("first hop", {.first_hop = true}, "first hop");
  expect_begins("upstream", {.upstream = true}, "ping/anchor");
  expect_begins("ICMP blocked", {.icmp = true}, "");
  expect_begins("DNS silent", {.dns_silent = true}, std::string("name server/") + SmallInternet::kDns);
  expect_begins("DNS refuses", {.dns_refuses = true}, "dns/portal");
  expect_begins("one service down", {.tax_down = true}, "service/tax");
  expect_begins("certificate expired", {.tax_expired = true}, "service/tax");
  EXPECT_EQ(gateway_.program.stop(), 0);
  expect_begins_now("gateway");
  broker_.stop();
  expect_begins_now("broker");
}

TEST_F(DoctorFaults, AreSeenThroughTheRunningAgentToo) {
  board_.boot("11111111-1111-4111-8111-111111111111", clock_.boot() - std::chrono::seconds(200));
  board_.start();
  ASSERT_TRUE(eventually([&] { return board_.all_well(); }, kPatience, kLook)) << board_.log();
  auto told = doctor("--json");
  EXPECT_EQ(told.code, 0) << told.out << told.err;
  EXPECT_EQ(mark_of(told, "agent"), "good");
  EXPECT_EQ(mark_of(told, "outages"), "good");
  // The agent knows where the service was before; whoever comes new cannot.
  internet_.make({.dns_lies = true});
  ASSERT_TRUE(eventually([&] { return OfficeBoard::open_causes(board_.status()).contains("dns"); }, kPatience,
                         kLook));
  told = doctor("--json");
  EXPECT_EQ(told.code, 1) << told.out;
  EXPECT_EQ(mark_of(told, "outages"), "notable");
  internet_.make({});
  // The session went on all the while.
  EXPECT_TRUE(eventually([&] { return board_.all_well(); }, kPatience, kLook)) << board_.log();
  const auto vietnamese = doctor("--lang vi");
  EXPECT_EQ(vietnamese.code, 0) << vietnamese.out;
  EXPECT_NE(vietnamese.out.find("Kết nối tới: máy chủ tỉnh"), std::string::npos) << vietnamese.out;
  EXPECT_EQ(gateway_.board("xa-lung-cu").at("state"), "online");
  EXPECT_EQ(board_.stop(), 0);
}

// A technician may have made it worse.
TEST_F(DoctorFaults, OfTheConfigurationAreToldWithItsPlace) {
  folder_.write("agent.toml", "[site]\ngroup = \"VN-03\"\nidd = \"xa-lung-cu\"\n");
  const auto told = doctor("--lang en");
  EXPECT_EQ(told.code, 1);
  EXPECT_NE(told.out.find("✗ configuration"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("agent.toml:3"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("✓ first hop"), std::string::npos) << told.out;
  EXPECT_EQ(doctor("--no-such-option").code, 2);
  EXPECT_EQ(doctor("--lang fr").code, 2);
}

}  // namespace
}  // namespace xalink::test
