// The real programs through a recording proxy, judged by the specification's normative ids. What was on
// the wire is written beside the test program, for the graders of others.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "tests/fakes/recording_proxy.hpp"
#include "tests/integration/conformance.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {
namespace {

constexpr std::string_view kNode = "xa-lung-cu";
constexpr std::string_view kStranger = "chan-doan";

class Conformance : public testing::Test {
 protected:
  explicit Conformance(const std::string& mqtt_version = "3.1.1")
      : gateway_(folder_, {proxy_.port(), mqtt_version}),
        board_(folder_, {proxy_.port(), mqtt_version}, std::string(kNode), Measures::every_second, "board") {}

  [[nodiscard]] std::size_t sent_by_nodes(MessageType type) const {
    std::size_t count = 0;
    for (const auto& session : tell(proxy_.captured(), std::string(kNode)).nodes) {
      for (const auto& step : session.steps) count += step.sent(type) != nullptr ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] std::size_t sent_by_hosts(MessageType type) const {
    std::size_t count = 0;
    for (const auto& session : tell(proxy_.captured()).hosts) {
      for (const auto& step : session.steps) count += step.sent(type) != nullptr ? 1 : 0;
    }
    return count;
  }
  template <class Condition>
  static void wait_for(const char* what, const Condition& condition) {
    ASSERT_TRUE(eventually(condition)) << "never came: " << what;
  }
  /// One more of these than there are now.
  template <class Action>
  void expect_another(MessageType type, const char* what, const Action& action) {
    const auto before = sent_by_nodes(type);
    action();
    wait_for(what, [&] { return sent_by_nodes(type) > before; });
  }

  /// Also writes the capture. Returns the ids that found nothing to look at.
  [[nodiscard]] std::set<std::string> judge(const std::string& name) {
    const auto captured = proxy_.captured();
    std::ofstream(std::string(XALINK_CAPTURE_FOLDER) + "/" + name + ".json") << capture_json(captured);
    std::set<std::string> not_exercised;
    const auto look = [&](const std::string& role, const std::vector<NormativeCheck>& checks,
                          const CaptureStory& story) {
      for (const auto& failed : judge_all(role + ", " + name, checks, story)) ADD_FAILURE() << failed;
      for (const auto& check : checks) {
        if (check.judge(story).kind != Verdict::Kind::not_exercised) continue;
        for (const auto id : check.ids) not_exercised.insert(std::string(id));
      }
    };
    look("edge node", edge_node_checks(), tell(captured, std::string(kNode)));
    look("host application", host_application_checks(), tell(captured));
    return not_exercised;
  }

  void TearDown() override {
    if (!HasFailure()) return;
    std::printf("--- the gateway said\n%s--- the agent said\n%s---\n", gateway_.program.log().c_str(),
                board_.program.log().c_str());
  }

  ScratchFolder folder_;
  Mosquitto broker_;
  RecordingProxy proxy_{broker_.port()};
  GatewayProcess gateway_;
  BoardProcess board_;
};

class ConformanceOverMqtt5 : public Conformance {
 protected:
  ConformanceOverMqtt5() : Conformance("5") {}
};

Topic topic_of(MessageType type, std::string_view node) {
  return {type, std::string(kGroup), std::string(node), ""};
}

Payload rebirth_command() {
  return payload_of(std::nullopt, {metric_of("Node Control/Rebirth", DataType::boolean, true)});
}

/// A plain Sparkplug node that loses one message and delays another.
void be_a_node_that_stumbles(ForeignClient& stranger) {
  const auto birth = [&] {
    stranger.say(topic_of(MessageType::nbirth, kStranger),
                 payload_of(0, {metric_of("bdSeq", DataType::int64, std::int64_t{0}),
                                metric_of("Node Control/Rebirth", DataType::boolean, false),
                                metric_of("Level", DataType::int64, std::int64_t{1})}));
  };
  const auto data = [&](std::uint64_t seq) {
    stranger.say(topic_of(MessageType::ndata, kStranger),
                 payload_of(seq, {metric_of("Level", DataType::int64, static_cast<std::int64_t>(seq))}));
  };
  birth();
  data(2);
  data(1);  // in time
  data(4);  // and 3 never comes
  const auto asked = stranger.hear([](const IncomingMessage& heard) {
    return heard.topic == to_string(topic_of(MessageType::ncmd, kStranger));
  });
  EXPECT_TRUE(asked) << "the gateway asked for no rebirth although a message is missing";
  birth();
}

TEST_F(Conformance, BothProgramsKeepTheRules) {
  ForeignClient stranger(broker_, "stranger", {"spBv1.0/#"});

  // A board that measures while no host is there, and then has something to tell.
  board_.program.start();
  board_.drop_dossiers(1, 200);
  wait_for("an outbox with dossiers", [&] { return board_.assigned() > 210; });
  EXPECT_EQ(sent_by_nodes(MessageType::nbirth), 0U);
  expect_another(MessageType::nbirth, "births when the host comes", [&] { gateway_.program.start(); });
  wait_for("acknowledgements", [&] { return gateway_.held() > 210; });
  wait_for("the state of the outbox", [&] { return sent_by_nodes(MessageType::ndata) > 0; });

  expect_another(MessageType::nbirth, "births after a rebirth command",
                 [&] { stranger.say(topic_of(MessageType::ncmd, kNode), rebirth_command()); });
  be_a_node_that_stumbles(stranger);

  // Somebody says that the host is offline, as of long ago: it is not, and the board knows.
  const auto states = sent_by_hosts(MessageType::state);
  stranger.say({"spBv1.0/STATE/" + std::string(kHostId), R"({"online":false,"timestamp":1})", 1, false});
  wait_for("the host's objection", [&] { return sent_by_hosts(MessageType::state) > states; });
  expect_another(MessageType::ddata, "data after that", [] {});

  // The host leaves politely, comes back, is killed, comes back.
  expect_another(MessageType::ndeath, "NDEATH when the host leaves", [&] { gateway_.program.stop(); });
  expect_another(MessageType::nbirth, "births when it is back", [&] { gateway_.program.start(); });
  expect_another(MessageType::ndeath, "NDEATH when the host is killed", [&] { gateway_.program.kill(); });
  expect_another(MessageType::nbirth, "births when it is back again", [&] { gateway_.program.start(); });

  // The board is killed: its will speaks for it, and the gateway says so.
  board_.program.kill();
  wait_for("offline at the gateway", [&] { return gateway_.state_of(kNode) == "offline"; });
  expect_another(MessageType::nbirth, "births after a restart", [&] { board_.program.start(); });
  expect_another(MessageType::ddata, "data after a restart", [] {});

  EXPECT_EQ(board_.program.stop(), 0);
  wait_for("offline at the gateway again", [&] { return gateway_.state_of(kNode) == "offline"; });
  EXPECT_EQ(gateway_.program.stop(), 0);

  auto not_exercised = judge("conformance-mqtt-3.1.1");
  for (const auto* mqtt_5 :
       {"principles-persistence-clean-session-50", "message-flow-phid-sparkplug-clean-session-50",
        "payloads-ndeath-will-message-publisher-disconnect-mqtt50"}) {
    not_exercised.erase(mqtt_5);
  }
  // The devices of a board are part of it and cannot be lost alone.
  for (const auto* ddeath :
       {"topics-ddeath-topic", "topics-ddeath-mqtt", "payloads-ddeath-timestamp", "payloads-ddeath-seq",
        "payloads-ddeath-seq-number", "topics-ddeath-seq-num", "payloads-ddeath-seq-inc"}) {
    not_exercised.erase(ddeath);
  }
  // On a machine so loaded that a late message does not come in time.
  not_exercised.erase("operational-behavior-host-reordering-success");
  // A check that suddenly finds nothing to look at must not pass unnoticed.
  EXPECT_EQ(not_exercised, std::set<std::string>{});
}

TEST_F(ConformanceOverMqtt5, BothProgramsKeepTheRules) {
  gateway_.program.start();
  expect_another(MessageType::nbirth, "births", [&] { board_.program.start(); });
  board_.drop_dossiers(1, 20);
  wait_for("acknowledgements", [&] { return gateway_.held() > 20; });
  EXPECT_EQ(board_.program.stop(), 0);
  wait_for("offline at the gateway", [&] { return gateway_.state_of(kNode) == "offline"; });
  EXPECT_EQ(gateway_.program.stop(), 0);

  const auto not_exercised = judge("conformance-mqtt-5");
  for (const auto* mqtt_5 :
       {"principles-persistence-clean-session-50", "message-flow-phid-sparkplug-clean-session-50",
        "payloads-ndeath-will-message-publisher-disconnect-mqtt50"}) {
    EXPECT_EQ(not_exercised.count(mqtt_5), 0U) << mqtt_5 << " was not exercised";
  }
}

}  // namespace
}  // namespace xalink::test
