#include "agent/access.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/linux/interface_kind.hpp"
#include "agent/linux/modem_words.hpp"
#include "agent/probes/access_route.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::FakeTree;
using test::kNull;
using test::text;

constexpr std::uint32_t kLte = 1U << 14U;

/// Interfaces as /sys shows them.
class Interfaces {
 public:
  void ethernet(const std::string& name) const {
    tree_.write("sys/class/net/" + name + "/type", "1\n");
    tree_.write("sys/class/net/" + name + "/uevent", "INTERFACE=" + name + "\nIFINDEX=2\n");
    tree_.write("sys/class/net/" + name + "/device/vendor", "0x10ec\n");
  }
  void of_type(const std::string& name, const std::string& type) const {
    tree_.write("sys/class/net/" + name + "/type", "1\n");
    tree_.write("sys/class/net/" + name + "/uevent", "DEVTYPE=" + type + "\nINTERFACE=" + name + "\n");
  }
  void ppp(const std::string& name) const { tree_.write("sys/class/net/" + name + "/type", "512\n"); }
  void tunnel(const std::string& name) const { tree_.write("sys/class/net/" + name + "/type", "65534\n"); }
  void driver(const std::string& name, const std::string& driver) const {
    std::filesystem::create_directories(tree_.root() / "sys/bus/usb/drivers" / driver);
    std::filesystem::create_directory_symlink(tree_.root() / "sys/bus/usb/drivers" / driver,
                                              tree_.root() / "sys/class/net" / name / "device/driver");
  }
  void stands_on(const std::string& upper, const std::string& lower) const {
    std::filesystem::create_directory_symlink(tree_.root() / "sys/class/net" / lower,
                                              tree_.root() / "sys/class/net" / upper / ("lower_" + lower));
  }
  void default_route(const std::string& name) const {
    tree_.write(
        "proc/net/route",
        std::string(test::kRouteHeading) +
            (name.empty() ? "" : name + "\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"));
  }
  [[nodiscard]] const std::filesystem::path& root() const { return tree_.root(); }

 private:
  FakeTree tree_;
};

class AccessRules : public testing::Test {
 protected:
  AccessRules() {
    sources.kind = [this](const std::string& name) { return interface_kind(name, interfaces.root()); };
    sources.below = [this](const std::string& name) { return interfaces_below(name, interfaces.root()); };
  }
  /// "technology, known by"
  [[nodiscard]] std::string judged(const std::string& interface) const {
    const Access access = judge_access(interface, sources);
    EXPECT_EQ(access.interface, interface);
    return access.technology.value_or("-") + ", " + access.known_by.value_or("-");
  }
  ModemReading& modem(std::vector<std::string> ports, std::int32_t state = kModemConnected) {
    auto& added = sources.modems.emplace_back();
    added.interfaces = std::move(ports);
    added.state = state;
    added.technologies = kLte;
    return added;
  }
  Interfaces interfaces;
  AccessSources sources;
};

TEST_F(AccessRules, ASocketIsASocketAndNoMore) {
  interfaces.ethernet("eth0");
  EXPECT_EQ(judged("eth0"), "ethernet, detected");
  EXPECT_FALSE(needs_modems("eth0", sources));
  sources.configured = {{"eth0", "fibre"}};
  EXPECT_EQ(judged("eth0"), "fibre, configured");
  for (const char* technology : {"tslcd", "vsat", "leo"}) {
    sources.configured["eth0"] = technology;
    EXPECT_EQ(judged("eth0"), technology + std::string(", configured"));
  }
}

TEST_F(AccessRules, WifiIsSeen) {
  interfaces.of_type("wlan0", "wlan");
  EXPECT_EQ(judged("wlan0"), "wifi, detected");
  sources.configured = {{"wlan0", "leo"}};
  EXPECT_EQ(judged("wlan0"), "leo, configured") << "the satellite's own box speaks Wi-Fi";
}

TEST_F(AccessRules, AModemTellsItsGeneration) {
  interfaces.of_type("wwan0", "wwan");
  EXPECT_TRUE(needs_modems("wwan0", sources));
  EXPECT_EQ(judged("wwan0"), "mobile, detected") << "nobody tells";
  ModemReading& found = modem({"wwan0"});
  EXPECT_EQ(judged("wwan0"), "4g, detected");
  found.technologies = kLte | 1U << 15U;
  EXPECT_EQ(judged("wwan0"), "5g, detected");
  sources.configured = {{"wwan0", "4g"}};
  found.technologies = 1U << 5U;
  EXPECT_EQ(judged("wwan0"), "3g, detected") << "the modem knows better than a file";
  found.technologies = 1U << 4U;
  EXPECT_EQ(judged("wwan0"), "2g, detected");
  found.technologies = 0;
  EXPECT_EQ(judged("wwan0"), "4g, configured");
}

TEST_F(AccessRules, PppIsWhatItsModemIs) {
  interfaces.ppp("ppp0");
  EXPECT_TRUE(needs_modems("ppp0", sources));
  EXPECT_EQ(judged("ppp0"), "-, unknown") << "it may be PPPoE";
  ModemReading& first = modem({});
  EXPECT_EQ(judged("ppp0"), "4g, detected");
  modem({});
  EXPECT_EQ(judged("ppp0"), "-, unknown") << "which of the two?";
  sources.modems.back().state = kModemEnabled;
  EXPECT_EQ(judged("ppp0"), "4g, detected");
  sources.modems.front().state = kModemRegistered;
  EXPECT_EQ(judged("ppp0"), "-, unknown") << "no modem is connected: it is PPPoE";
  sources.configured = {{"ppp0", "fibre"}};
  EXPECT_EQ(judged("ppp0"), "fibre, configured");
  (void)first;
}

TEST_F(AccessRules, WhatOnlyLooksLikeASocketIsUnknown) {
  for (const char* driver : {"cdc_ether", "rndis_host", "cdc_ncm", "ipheth"}) {
    const std::string name = std::string("u") + driver;
    interfaces.ethernet(name);
    interfaces.driver(name, driver);
    EXPECT_EQ(judged(name), "-, unknown") << driver;
    EXPECT_TRUE(needs_modems(name, sources)) << driver;
  }
  interfaces.ethernet("eth1");
  interfaces.driver("eth1", "r8152");
  EXPECT_EQ(judged("eth1"), "ethernet, detected");
  modem({"ucdc_ether"});
  EXPECT_EQ(judged("ucdc_ether"), "4g, detected") << "ModemManager knows it for a modem";
}

TEST_F(AccessRules, WhatStandsOnASocketIsThatSocket) {
  interfaces.ethernet("eth0");
  interfaces.of_type("eth0.100", "vlan");
  interfaces.stands_on("eth0.100", "eth0");
  EXPECT_EQ(judged("eth0.100"), "ethernet, detected");
  sources.configured = {{"eth0", "fibre"}};
  EXPECT_EQ(judged("eth0.100"), "fibre, configured");
  sources.configured["eth0.100"] = "tslcd";
  EXPECT_EQ(judged("eth0.100"), "tslcd, configured");
}

TEST_F(AccessRules, ABridgeOfSeveralIsUnknown) {
  interfaces.ethernet("eth0");
  interfaces.of_type("wlan0", "wlan");
  interfaces.of_type("br0", "bridge");
  interfaces.stands_on("br0", "eth0");
  EXPECT_EQ(judged("br0"), "ethernet, detected");
  interfaces.stands_on("br0", "wlan0");
  EXPECT_EQ(judged("br0"), "-, unknown");
}

TEST_F(AccessRules, TunnelsAndStrangersAreUnknown) {
  interfaces.tunnel("tun0");
  EXPECT_EQ(judged("tun0"), "-, unknown");
  EXPECT_EQ(judged("gone0"), "-, unknown");
  EXPECT_EQ(judged("../../etc"), "-, unknown");
  EXPECT_EQ(judge_access(std::nullopt, sources), Access());
}

TEST_F(AccessRules, ASwitchPortIsASocket) {
  interfaces.of_type("lan1", "dsa");
  EXPECT_EQ(judged("lan1"), "ethernet, detected");
}

class AccessProbeTest : public test::LoopTest {
 protected:
  AccessProbeTest() {
    interfaces.ethernet("eth0");
    interfaces.of_type("wlan0", "wlan");
    interfaces.default_route("eth0");
  }
  AccessProbe make(Duration heartbeat) {
    AccessSettings settings;
    settings.technologies = {{"eth0", "fibre"}};
    settings.heartbeat = heartbeat;
    settings.bus.address = "unix:path=/nowhere/at/all";
    settings.root = interfaces.root();
    return AccessProbe(loop.get_executor(), clock, std::move(settings));
  }
  std::vector<Value> ask(Probe& probe) { return run(probe.measure(clock.steady() + 20s)); }
  Interfaces interfaces;
};

TEST_F(AccessProbeTest, RecordsWhatChanges) {
  auto probe = make(1h);
  EXPECT_EQ(ask(probe), (std::vector<Value>{text("eth0"), text("fibre"), text("configured")}));
  EXPECT_TRUE(ask(probe).empty());
  interfaces.default_route("wlan0");
  EXPECT_EQ(ask(probe), (std::vector<Value>{text("wlan0"), text("wifi"), text("detected")}));
  interfaces.default_route("");
  EXPECT_EQ(ask(probe), (std::vector<Value>{kNull, kNull, kNull}));
  EXPECT_TRUE(ask(probe).empty());
}

TEST_F(AccessProbeTest, RecordsAHeartbeat) {
  auto probe = make(0s);
  EXPECT_FALSE(ask(probe).empty());
  EXPECT_FALSE(ask(probe).empty());
}

TEST_F(AccessProbeTest, AModemInterfaceWithoutModemManager) {
  auto probe = make(1h);
  interfaces.of_type("wwan0", "wwan");
  interfaces.default_route("wwan0");
  EXPECT_EQ(ask(probe), (std::vector<Value>{text("wwan0"), text("mobile"), text("detected")}));
}

}  // namespace
}  // namespace xalink
