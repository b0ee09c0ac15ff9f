// Somebody at the province asks a board to measure at other intervals, through a real broker.

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sparkplug/topic.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {
namespace {

const std::string kOne = "Ping/one/Interval";
const std::string kTwo = "Ping/two/Interval";

class IntervalCommand : public DeploymentTest {
 protected:
  IntervalCommand() : DeploymentTest(Measures::every_second) {}

  void SetUp() override {
    gateway_.program.start();
    province_.emplace(broker_, "province",
                      std::vector<std::string>{"spBv1.0/+/DBIRTH/#", "spBv1.0/+/DDATA/#"});
    board_.program.start();
  }

  void command(std::vector<Metric> metrics) {
    const Topic topic{MessageType::dcmd, std::string(kGroup), board_.node(), "network"};
    province_->say(topic, payload_of(std::nullopt, std::move(metrics)));
  }
  static Metric wanted(const std::string& name, std::uint64_t seconds) {
    return metric_of(name, DataType::uint32, seconds);
  }

  static std::optional<std::uint64_t> told_in(const IncomingMessage& message, const std::string& name) {
    const auto payload = decode(message.payload);
    if (!payload) return std::nullopt;
    for (const auto& metric : payload->metrics) {
      const auto* number = std::get_if<std::uint64_t>(&metric.value);
      if (metric.name == name && number != nullptr) return *number;
    }
    return std::nullopt;
  }
  /// A message in which the board tells that this holds.
  [[nodiscard]] bool hears(const std::string& name, std::uint64_t seconds) {
    return province_->hear([&](const IncomingMessage& message) { return told_in(message, name) == seconds; })
        .has_value();
  }
  [[nodiscard]] bool logged(const std::string& what) const {
    return eventually([&] { return board_.program.log().find(what) != std::string::npos; });
  }
  [[nodiscard]] std::string note() const {
    return ask(board_.outbox(), "SELECT value FROM note WHERE key = 'probes/intervals'");
  }

  /// What `xalink-agent status` says of commands.
  [[nodiscard]] boost::json::object commands() const {
    const auto status = board_.status();
    return status.empty() ? boost::json::object() : status.at("commands").as_object();
  }
  [[nodiscard]] std::uint64_t refused() const {
    const auto told = commands();
    return told.empty() ? 0 : told.at("refused").to_number<std::uint64_t>();
  }
  /// What the gateway shows of the board's interval; 0: nothing.
  [[nodiscard]] std::uint64_t shown_at_the_gateway(const std::string& probe) const {
    const auto said = call(
        {XALINK_GATEWAY_PROGRAM, "boards", board_.node(), "--json", "--config", folder_ / "gateway.toml"});
    if (said.code != 0) return 0;
    const auto fleet = boost::json::parse(said.out);
    const auto& board = fleet.at("boards").as_array().at(0).as_object();
    const auto* seconds = board.at("intervals").as_object().if_contains(probe);
    return seconds == nullptr ? 0 : seconds->to_number<std::uint64_t>();
  }

  std::optional<ForeignClient> province_;
};

TEST_F(IntervalCommand, HoldsAtOnceAndOverAKill) {
  EXPECT_TRUE(hears(kTwo, 1)) << "as configured";
  command({wanted(kOne, 3600), wanted(kTwo, 7)});
  EXPECT_TRUE(hears(kOne, 3600));
  EXPECT_TRUE(hears(kTwo, 7));
  EXPECT_TRUE(eventually([&] { return note() == "3600 network/Ping/one\n7 network/Ping/two\n"; })) << note();
  board_.program.kill();
  board_.program.start();
  // In the birth, so both in one message.
  std::optional<std::uint64_t> two;
  const auto birth = province_->hear([&](const IncomingMessage& message) {
    two = told_in(message, kTwo);
    return message.topic.find("/DBIRTH/") != std::string::npos && told_in(message, kOne) == 3600U;
  });
  EXPECT_TRUE(birth.has_value());
  EXPECT_EQ(two, 7U);
  command({wanted(kOne, 0), wanted(kTwo, 0)});
  EXPECT_TRUE(hears(kOne, 1));
  EXPECT_TRUE(hears(kTwo, 1));
  EXPECT_TRUE(eventually([&] { return note().empty(); })) << note();
  EXPECT_EQ(gateway_.set_aside("spBv1.0/VN-03/DDATA/" + board_.node() + "/network"), 0U);
  EXPECT_EQ(gateway_.state_of(board_.node()), "online");
}

TEST_F(IntervalCommand, OutOfBoundsOrOfAnUnknownProbeChangesNothing) {
  EXPECT_TRUE(hears(kOne, 1));
  command({wanted(kOne, 60)});
  EXPECT_TRUE(hears(kOne, 60));
  command({wanted(kOne, 1)});
  EXPECT_TRUE(hears(kOne, 60)) << "told again, so that whoever asked sees it";
  EXPECT_TRUE(logged("network/Ping/one/Interval: 1 s is out of bounds. ask for 5 to 86400 s"));
  EXPECT_TRUE(logged("it stays 60 s"));
  command({wanted(kOne, 86'401)});
  EXPECT_TRUE(hears(kOne, 60));
  command({wanted("Ping/nobody/Interval", 60), metric_of(kOne, DataType::string, std::string("often")),
           wanted(kTwo, 30)});
  EXPECT_TRUE(hears(kTwo, 30)) << "the rest of the message counts";
  EXPECT_TRUE(logged("network/Ping/nobody/Interval: 60 is for no probe of this board"));
  EXPECT_TRUE(logged("network/Ping/one/Interval: \"often\" is no whole number of seconds"));
  EXPECT_TRUE(eventually([&] { return note() == "60 network/Ping/one\n30 network/Ping/two\n"; })) << note();
  const auto status = board_.status();
  ASSERT_FALSE(status.empty());
  EXPECT_EQ(at(status, "session", "ignored_commands").to_number<std::uint64_t>(), 2U);
}

TEST_F(IntervalCommand, IsShownAtTheBoardAndAtTheGateway) {
  EXPECT_TRUE(eventually([&] { return shown_at_the_gateway("network/Ping/one") == 1; }));
  EXPECT_TRUE(commands().at("intervals").as_array().empty());
  EXPECT_TRUE(commands().at("last_refused").is_null());
  command({wanted(kOne, 86'400)});
  EXPECT_TRUE(eventually([&] { return shown_at_the_gateway("network/Ping/one") == 86'400; }));
  EXPECT_EQ(
      commands().at("intervals"),
      boost::json::parse(
          R"([{"device": "network", "probe": "Ping/one", "seconds": 86400, "configured_seconds": 1}])"));
  command({metric_of(kOne, DataType::string, std::string("often"))});
  EXPECT_TRUE(hears(kOne, 86'400)) << "told again, so that whoever asked sees it";
  EXPECT_EQ(refused(), 1U);
  EXPECT_EQ(at(commands(), "last_refused", "metric"), "network/Ping/one/Interval");
  command({wanted("Ping/nobody/Interval", 60), wanted(kTwo, 4)});
  EXPECT_TRUE(eventually([&] { return refused() == 3; }));
  EXPECT_EQ(at(commands(), "last_refused", "reason"), "4 s is out of bounds");
  EXPECT_EQ(shown_at_the_gateway("network/Ping/one"), 86'400U);
  EXPECT_EQ(shown_at_the_gateway("network/Ping/two"), 1U);
}

// Whoever heard that it holds may pull the plug in the same moment.
TEST_F(IntervalCommand, HoldsOverAKillFromItsConfirmationOn) {
  EXPECT_TRUE(hears(kOne, 1));
  for (const std::uint64_t seconds : {10U, 20U, 30U, 30U, 40U}) {
    command({wanted(kOne, seconds)});
    ASSERT_TRUE(hears(kOne, seconds));
    board_.program.kill();
    board_.program.start();
    std::optional<std::uint64_t> born_with;
    ASSERT_TRUE(province_->hear([&](const IncomingMessage& message) {
      if (message.topic.find("/DBIRTH/") == std::string::npos) return false;
      born_with = told_in(message, kOne);
      return born_with.has_value();
    }));
    EXPECT_EQ(born_with, seconds);
  }
}

}  // namespace
}  // namespace xalink::test
