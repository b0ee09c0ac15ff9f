// A board in a private network (domain, section 5): private addresses, no anchors, nothing let out but
// connections to one HTTP proxy. Agent, broker, gateway and proxy are the real ones.

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/mosquitto.hpp"
#include "tests/fakes/tinyproxy.hpp"
#include "tests/fakes/web_server.hpp"
#include "tests/faults/path/two_routers.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {
namespace {

constexpr std::uint16_t kProxyPort = 3128;
constexpr const char* kBroker = "10.91.9.1";
constexpr const char* kPortal = "10.91.9.2";

class PrivateNetwork : public testing::Test {
 protected:
  PrivateNetwork()
      : plain_port_(free_port()),
        broker_({.tls = true,
                 .certificate_names = std::string("IP:") + kBroker,
                 .more = "listener " + std::to_string(plain_port_) + " 127.0.0.1\n"}),
        certificate_(
            make_certificate(std::string("IP:") + kPortal, std::chrono::hours(-1), std::chrono::hours(24))),
        portal_(loop_, WebServer::Manner::answers, &certificate_),
        gateway_(folder_, Broker{plain_port_}) {
    server_ = std::thread([this] { loop_.run(); });
    // Behind the proxy: who connects from here to these addresses finds the servers on loopback.
    load_rules(std::string("table ip behind {\n  chain here {\n    type nat hook output priority -100;\n") +
               "    ip daddr " + kBroker +
               " tcp dport 8883 dnat to 127.0.0.1:" + std::to_string(broker_.port()) + "\n    ip daddr " +
               kPortal + " tcp dport 443 dnat to 127.0.0.1:" + std::to_string(portal_.port()) + "\n  }\n}\n");
    must_run("ip route add local 10.91.9.0/24 dev lo");
    set_kernel("net/ipv4/conf/all/route_localnet", "1");
    net_.provider_rules(
        std::string(
            "table ip wall {\n  chain out {\n    type filter hook forward priority 0; policy drop;\n") +
        "    ip daddr " + TwoRouters::kWorld + " tcp dport " + std::to_string(kProxyPort) +
        " accept\n    ip saddr " + TwoRouters::kWorld + " tcp sport " + std::to_string(kProxyPort) +
        " accept\n  }\n}\n");
    start_proxy();
    gateway_.program.start();
    folder_.write("portal-ca.pem", certificate_.certificate);
    agent_.emplace(net_.board().command(inside("run --config " + configuration())), folder_ / "agent.log");
  }
  ~PrivateNetwork() override {
    agent_.reset();
    work_.reset();
    loop_.stop();
    server_.join();
  }

  void start_proxy() {
    TinyproxyOptions options;
    options.address = TwoRouters::kWorld;
    options.port = kProxyPort;
    options.tunnels_to = {8883, 443};
    options.username = "xa-lung-cu";
    options.password = "bimat";
    proxy_.emplace(options);
  }

  [[nodiscard]] std::string configuration() const {
    const std::string ca = (broker_.folder() / "ca.crt").string();
    const std::string file = (folder_ / "agent.toml").string();
    folder_.write("proxy-password", "bimat\n");
    folder_.write(
        "agent.toml",
        "[site]\ngroup = \"" + std::string(kGroup) + "\"\nid = \"xa-lung-cu\"\n[broker]\nurl = \"mqtts://" +
            kBroker + ":8883\"\nca_file = \"" + ca +
            "\"\nkeep_alive_seconds = 5\n[sparkplug]\nprimary_host = \"" + std::string(kHostId) +
            "\"\n[network]\nproxy = \"http://" + TwoRouters::kWorld + ":3128\"\n" +
            "proxy_username = \"xa-lung-cu\"\nproxy_password_file = \"" +
            (folder_ / "proxy-password").string() +
            "\"\n[delivery]\ngather_seconds = 0\nbirth_delay_seconds = 0\nreconnect_min_seconds = 0.2\n" +
            "reconnect_max_seconds = 1\n[outbox]\nfile = \"" + (folder_ / "outbox.db").string() +
            "\"\nallow_volatile = true\nflush_seconds = 1\n[control]\nsocket = \"" +
            (folder_ / "agent.sock").string() +
            "\"\n[outages]\nfailed_readings = 2\nleast_seconds = 3\nrecheck_seconds = 1\n" +
            "[probe.ping]\ninterval_seconds = 1\ncount = 1\ntimeout_seconds = 0.5\ntargets = { gateway = "
            "\"gateway\" "
            "}\n[probe.tcp]\nanchors = {}\n[probe.dns]\nnames = {}\n" +
            "[probe.reach]\ninterval_seconds = 1\ntimeout_seconds = 10\nca_file = \"" +
            (folder_ / "portal-ca.pem").string() + "\"\nservices = { portal = \"https://" + kPortal +
            "/\" }\n[probe.link]\ninterval_seconds = 1\ninterfaces = [\"up0\"]\n");
    return file;
  }

  [[nodiscard]] boost::json::object status() const {
    const auto said = call({XALINK_AGENT_PROGRAM, "status", "--json", "--config", folder_ / "agent.toml"});
    if (said.code != 0) return {};
    return boost::json::parse(said.out).as_object();
  }
  /// As somebody at the board would run it.
  [[nodiscard]] Outcome doctor() const {
    return call(
        net_.board().command(inside("doctor --lang en --config " + (folder_ / "agent.toml").string())));
  }
  /// The agent, with the interfaces in /sys as that network has them.
  [[nodiscard]] static std::vector<std::string> inside(const std::string& arguments) {
    return {"/usr/bin/unshare",
            "--mount",
            "--",
            "/bin/sh",
            "-c",
            std::string("mount -t sysfs sysfs /sys && exec ") + XALINK_AGENT_PROGRAM + " " + arguments};
  }
  [[nodiscard]] std::uint64_t visits() const {
    const auto told = status();
    if (told.empty()) return 0;
    for (const auto& one : told.at("probes").as_array()) {
      if (one.as_object().at("name").as_string() == "Reach/portal") {
        return one.as_object().at("runs").to_number<std::uint64_t>();
      }
    }
    return 0;
  }
  [[nodiscard]] std::string outages() const {
    const auto told = status();
    std::string all;
    if (told.empty()) return "the agent does not answer";
    for (const auto& outage : told.at("outages").as_array()) {
      all += std::string(outage.as_object().at("cause").as_string()) + ";";
    }
    return all;
  }
  [[nodiscard]] std::string rung() const {
    const auto told = status();
    return told.empty() ? std::string() : std::string(told.at("rung").as_string());
  }
  [[nodiscard]] std::string said() const {
    return boost::json::serialize(status()) + "\n" + agent_->log() + "\n" + (proxy_ ? proxy_->log() : "");
  }

  struct OwnNamespace {
    OwnNamespace() { NetSpace::move_here(); }
  };
  OwnNamespace here_;
  ScratchFolder folder_;
  TwoRouters net_;
  std::uint16_t plain_port_;
  Mosquitto broker_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  Certificate certificate_;
  WebServer portal_;
  GatewayProcess gateway_;
  std::thread server_;
  std::optional<Tinyproxy> proxy_;
  std::optional<Program> agent_;
};

TEST_F(PrivateNetwork, EverythingWorksThroughOneProxyAndNothingIsTakenForAnOutage) {
  agent_->start();
  ASSERT_TRUE(eventually([&] { return rung() == "gateway"; })) << said();
  // Long enough for what is missing for good to be noticed as that.
  ASSERT_TRUE(eventually([&] { return visits() >= 8; })) << said();
  EXPECT_EQ(outages(), "") << said();
  EXPECT_TRUE(eventually([&] { return gateway_.held() > 0; })) << said();
  const auto told = status();
  for (const auto& step : told.at("ladder").as_array()) {
    const auto& name = step.as_object().at("rung").as_string();
    if (name == "internet" || name == "dns") {
      EXPECT_TRUE(step.as_object().at("holds").is_null()) << name;
    }
    if (name == "services") {
      EXPECT_EQ(step.as_object().at("holds"), boost::json::value(true)) << said();
    }
  }
  EXPECT_NE(proxy_->log().find(std::string("CONNECT ") + kBroker + ":8883"), std::string::npos);
  EXPECT_NE(proxy_->log().find(std::string("CONNECT ") + kPortal + ":443"), std::string::npos);
  EXPECT_EQ(doctor().code, 0) << doctor().out;

  // Without the proxy: the services and the gateway are missing, and the reason names the proxy.
  proxy_.reset();
  ASSERT_TRUE(eventually([&] {
    return outages() == "gateway;services;" || outages() == "services;gateway;";
  })) << said();
  EXPECT_NE(said().find("proxy: Connection refused"), std::string::npos) << said();
  const auto found = doctor();
  EXPECT_EQ(found.code, 1) << found.out;
  EXPECT_NE(found.out.find(std::string("the proxy ") + TwoRouters::kWorld + ":3128: Connection refused"),
            std::string::npos)
      << found.out;
  start_proxy();
  EXPECT_TRUE(eventually([&] { return outages().empty() && rung() == "gateway"; })) << said();
}

// Routes of its own lead to the proxy, as in a network of the state: no default route, and nothing amiss.
TEST_F(PrivateNetwork, NeedsNoDefaultRoute) {
  net_.board().inside([] {
    must_run(std::string("ip route add ") + TwoRouters::kWorld + "/32 via " + TwoRouters::kOffice);
    must_run("ip route del default");
  });
  agent_->start();
  ASSERT_TRUE(eventually([&] { return rung() == "gateway"; })) << said();
  EXPECT_EQ(doctor().code, 0) << doctor().out;
  // So long until it is believed (agent/testimony).
  constexpr std::uint64_t kVisits = 135;
  ASSERT_TRUE(eventually([&] { return visits() >= kVisits; }, std::chrono::minutes(5))) << said();
  EXPECT_EQ(outages(), "") << said();

  proxy_.reset();
  const auto both = [&] { return outages() == "gateway;services;" || outages() == "services;gateway;"; };
  ASSERT_TRUE(eventually(both)) << said();
  const auto found = doctor();
  EXPECT_EQ(found.code, 1) << found.out;
  EXPECT_EQ(found.out.find("First mend: default route"), std::string::npos) << found.out;
  // It is remembered by a program that is killed.
  agent_->kill();
  agent_->start();
  ASSERT_TRUE(eventually(both)) << said();
  start_proxy();
  EXPECT_TRUE(eventually([&] { return outages().empty() && rung() == "gateway"; })) << said();
  const auto all = agent_->log();
  EXPECT_EQ(all.find("outage: link"), std::string::npos) << all;
}

}  // namespace
}  // namespace xalink::test
