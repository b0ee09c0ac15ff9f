// The checks themselves: each must be able to say no.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/integration/conformance.hpp"

namespace xalink::test {
namespace {

Captured at(std::size_t connection, packet::Packet what, Direction direction = Direction::to_broker) {
  Captured entry;
  entry.connection = connection;
  entry.direction = direction;
  entry.at = WallTime{std::chrono::sys_days{std::chrono::November / 23 / 2026}};
  entry.what = std::move(what);
  return entry;
}

std::uint64_t noon() {
  return static_cast<std::uint64_t>(at(0, packet::Other{}).at.time_since_epoch().count());
}

Payload payload(std::optional<std::uint64_t> seq, std::vector<Metric> metrics) {
  Payload made;
  made.timestamp = noon();
  made.seq = seq;
  made.metrics = std::move(metrics);
  return made;
}

Metric metric(std::string name, DataType type, MetricValue value) {
  Metric made;
  made.name = std::move(name);
  made.timestamp = noon();
  made.type = type;
  made.value = std::move(value);
  return made;
}

packet::Publish publish(const std::string& topic, const Payload& what, int qos = 0, bool retain = false) {
  return {{topic, encode(what), qos, retain, false}};
}

packet::Connect connect(packet::Message will) {
  packet::Connect made;
  made.version = 4;
  made.clean = true;
  made.will = std::move(will);
  return made;
}

packet::Message death(std::int64_t bdseq) {
  return {"spBv1.0/G/NDEATH/E", encode(payload({}, {metric("bdSeq", DataType::int64, bdseq)})), 1, false,
          false};
}

Payload birth(std::int64_t bdseq) {
  return payload(
      0, {metric("bdSeq", DataType::int64, bdseq), metric("Node Control/Rebirth", DataType::boolean, false)});
}

std::set<std::string> failing(const std::vector<NormativeCheck>& checks,
                              const std::vector<Captured>& captured) {
  const auto story = tell(captured);
  std::set<std::string> ids;
  for (const auto& check : checks) {
    if (check.judge(story).kind == Verdict::Kind::fail) ids.insert(check.ids.begin(), check.ids.end());
  }
  return ids;
}

using Ids = std::set<std::string>;

const packet::Subscribe kCommands{{{"spBv1.0/G/NCMD/E", 1}}};

TEST(ConformanceChecks, FindNothingWrongWithAShortGoodLife) {
  const std::vector<Captured> captured{
      at(1, connect(death(0))), at(1, kCommands), at(1, publish("spBv1.0/G/NBIRTH/E", birth(0))),
      at(1, publish("spBv1.0/G/NDEATH/E", *decode(death(0).payload), 1)), at(1, packet::Disconnect{})};
  EXPECT_EQ(failing(edge_node_checks(), captured), Ids{});
}

TEST(ConformanceChecks, FindARetainedBirthAndALateSubscription) {
  const std::vector<Captured> captured{
      at(1, connect(death(0))), at(1, publish("spBv1.0/G/NBIRTH/E", birth(0), 0, true)), at(1, kCommands)};
  EXPECT_EQ(
      failing(edge_node_checks(), captured),
      (Ids{"topics-nbirth-mqtt", "payloads-nbirth-retain",
           "message-flow-edge-node-birth-publish-nbirth-retained", "message-flow-edge-node-ncmd-subscribe"}));
}

TEST(ConformanceChecks, FindABdSeqThatStaysAndOneThatIsNotTheWills) {
  const std::vector<Captured> captured{at(1, connect(death(0))), at(1, kCommands),
                                       at(1, publish("spBv1.0/G/NBIRTH/E", birth(7))),
                                       at(2, connect(death(0))), at(2, kCommands)};
  EXPECT_EQ(failing(edge_node_checks(), captured),
            (Ids{"topics-nbirth-bdseq-matching", "payloads-nbirth-bdseq-repeat", "payloads-ndeath-bdseq",
                 "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq", "topics-nbirth-bdseq-increment",
                 "message-flow-edge-node-birth-publish-will-message-payload-bdSeq"}));
}

TEST(ConformanceChecks, FindHolesUndeclaredDataAndAGoodbyeWithoutNdeath) {
  const std::vector<Captured> captured{
      at(1, connect(death(0))), at(1, kCommands), at(1, publish("spBv1.0/G/NBIRTH/E", birth(0))),
      at(1, publish("spBv1.0/G/NDATA/E", payload(2, {metric("Surprise", DataType::unknown, true)}))),
      at(1, packet::Disconnect{})};
  const auto found = failing(edge_node_checks(), captured);
  for (const auto* id :
       {"payloads-sequence-num-incrementing", "payloads-ndata-seq-inc", "topics-nbirth-metric-reqs",
        "operational-behavior-edge-node-intentional-disconnect-packet"}) {
    EXPECT_EQ(found.count(id), 1U) << id;
  }
}

TEST(ConformanceChecks, FindAnIgnoredRebirthCommand) {
  const auto command =
      publish("spBv1.0/G/NCMD/E", payload({}, {metric("Node Control/Rebirth", DataType::boolean, true)}));
  const std::vector<Captured> captured{at(1, connect(death(0))), at(1, kCommands),
                                       at(1, publish("spBv1.0/G/NBIRTH/E", birth(0))),
                                       at(1, command, Direction::to_client)};
  EXPECT_EQ(failing(edge_node_checks(), captured),
            (Ids{"operational-behavior-data-commands-rebirth-action-1",
                 "operational-behavior-data-commands-rebirth-action-2",
                 "operational-behavior-data-commands-rebirth-action-3"}));
}

packet::Message state(bool online, std::uint64_t timestamp, int qos = 1, bool retain = true) {
  return {"spBv1.0/STATE/h", encode_state({online, timestamp}), qos, retain, false};
}

const packet::Subscribe kEverything{{{"spBv1.0/#", 1}}};

TEST(ConformanceChecks, FindAHostThatSpeaksBeforeItListens) {
  const std::vector<Captured> captured{at(1, connect(state(false, noon()))),
                                       at(1, packet::Publish{state(true, noon())}), at(1, kEverything)};
  EXPECT_EQ(failing(host_application_checks(), captured),
            (Ids{"host-topic-phid-birth-sub-required", "host-topic-phid-birth-required",
                 "payloads-state-subscribe", "payloads-state-birth",
                 "message-flow-phid-sparkplug-subscription", "message-flow-phid-sparkplug-state-publish",
                 "operational-behavior-host-application-connect-birth"}));
}

TEST(ConformanceChecks, FindAHostThatLetsAFalseOfflineStandAndACommandThatIsRetained) {
  const std::vector<Captured> captured{
      at(1, connect(state(false, noon()))), at(1, kEverything), at(1, packet::Publish{state(true, noon())}),
      at(1, packet::Publish{state(false, 1)}, Direction::to_client),
      at(1, publish("spBv1.0/G/NCMD/E", payload({}, {metric("A", DataType::boolean, true)}), 0, true))};
  EXPECT_EQ(failing(host_application_checks(), captured),
            (Ids{"message-flow-hid-sparkplug-state-message-delivered", "topics-ncmd-mqtt",
                 "payloads-ncmd-retain"}));
}

}  // namespace
}  // namespace xalink::test
