// The edge node's side of chapters 2, 4, 5 and 6: which rule stands for which id.

#include "tests/integration/conformance.hpp"
#include "tests/integration/edge_message_rules.hpp"
#include "tests/integration/edge_session_rules.hpp"

namespace xalink::test {
namespace {

using enum MessageType;

constexpr auto kNodes = &CaptureStory::nodes;
const std::vector<MessageType> kBirths{nbirth, dbirth};
const std::vector<MessageType> kData{ndata, ddata};
const std::vector<MessageType> kNumbered{nbirth, dbirth, ndata, ddata, ddeath};

MessageRule own_ndeath(std::function<std::string(const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession&, const Reading& reading) { return rule(reading); };
}
SessionRule of_the_will(std::function<std::string(const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession& session, Findings& findings) {
    const auto wrong = rule(*session.will);
    findings.expect(wrong.empty(), "will " + wrong);
  };
}

}  // namespace

std::vector<NormativeCheck> edge_node_checks() {
  using namespace edge;
  const auto will = [](SessionRule rule) { return each_session(kNodes, "wills", std::move(rule)); };
  const auto sessions = [](SessionRule rule, const char* what) {
    return each_session(kNodes, what, std::move(rule));
  };
  const auto sent = [](std::vector<MessageType> types, MessageRule rule) {
    return each_sent(kNodes, std::move(types), std::move(rule));
  };
  return {
      // Chapter 2
      {{"principles-birth-certificates-order"}, sessions(birth_is_the_first_message, "sessions")},
      {{"principles-persistence-clean-session-311"},
       sessions(
           [](const WireSession& s, Findings& f) {
             if (s.connect.version == 4) f.expect(s.connect.clean, "clean session is not set");
           },
           "MQTT 3.1.1 CONNECTs")},
      {{"principles-persistence-clean-session-50"},
       sessions(
           [](const WireSession& s, Findings& f) {
             if (s.connect.version == 5) {
               f.expect(s.connect.clean && s.connect.session_expiry.value_or(0) == 0,
                        "no clean start, or a session expiry");
             }
           },
           "MQTT 5 CONNECTs")},
      // Chapter 4
      {{"topic-structure", "topic-structure-namespace-a", "topic-structure-namespace-valid-group-id",
        "topic-structure-namespace-valid-edge-node-id", "topic-structure-namespace-valid-device-id",
        "topic-structure-namespace-device-id-associated-message-types", "intro-group-id-string",
        "intro-group-id-chars", "intro-edge-node-id-string", "intro-edge-node-id-chars",
        "intro-device-id-string", "intro-device-id-chars"},
       sessions(
           [](const WireSession& s, Findings& f) {
             for (const auto& step : s.steps) {
               if (step.sent() != nullptr)
                 f.expect(step.sent()->topic.has_value(), step.sent()->message.topic);
             }
           },
           "topics")},
      {{"topics-nbirth-topic", "message-flow-edge-node-birth-publish-nbirth-topic"},
       sent({nbirth}, of_its_own_node)},
      {{"topics-nbirth-mqtt"}, sent({nbirth}, qos_0_not_retained)},
      {{"payloads-nbirth-qos", "message-flow-edge-node-birth-publish-nbirth-qos"}, sent({nbirth}, qos_0)},
      {{"payloads-nbirth-retain", "message-flow-edge-node-birth-publish-nbirth-retained"},
       sent({nbirth}, not_retained)},
      {{"topics-nbirth-seq-num", "message-flow-edge-node-birth-publish-nbirth-payload-seq"},
       sent({nbirth}, seq_is_zero)},
      {{"payloads-nbirth-seq", "payloads-sequence-num-zero-nbirth"}, sent({nbirth}, has_seq)},
      {{"topics-nbirth-timestamp", "payloads-nbirth-timestamp"}, sent({nbirth}, has_timestamp)},
      {{"topics-nbirth-metrics"}, sent({nbirth}, each_metric(full_definition))},
      {{"operational-behavior-data-publish-nbirth-values"}, sent({nbirth}, each_metric(value_or_null))},
      {{"topics-nbirth-bdseq-included", "payloads-nbirth-bdseq"},
       sent({nbirth},
            [](const WireSession&, const Reading& r) { return std::string(bdseq_of(r) ? "" : "no bdSeq"); })},
      {{"topics-nbirth-bdseq-matching", "payloads-nbirth-bdseq-repeat",
        "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq", "payloads-ndeath-bdseq"},
       sent({nbirth}, bdseq_of_the_will)},
      {{"topics-nbirth-bdseq-increment", "message-flow-edge-node-birth-publish-will-message-payload-bdSeq"},
       bdseq_counts_connects},
      {{"topics-nbirth-rebirth-metric", "payloads-nbirth-rebirth-req",
        "operational-behavior-data-commands-rebirth-name",
        "operational-behavior-data-commands-rebirth-name-aliases",
        "operational-behavior-data-commands-rebirth-datatype",
        "operational-behavior-data-commands-rebirth-value"},
       sent({nbirth}, rebirth_metric)},
      {{"topics-nbirth-metric-reqs", "topics-dbirth-metric-reqs", "topics-ndata-payload",
        "topics-ddata-payload", "operational-behavior-data-publish-nbirth",
        "operational-behavior-data-publish-dbirth", "payloads-name-requirement",
        "payloads-alias-data-cmd-requirement"},
       sessions(data_was_declared, "data metrics")},
      {{"topics-ndata-topic"}, sent({ndata}, of_its_own_node)},
      {{"topics-ndata-mqtt"}, sent({ndata}, qos_0_not_retained)},
      {{"payloads-ndata-qos"}, sent({ndata}, qos_0)},
      {{"payloads-ndata-retain"}, sent({ndata}, not_retained)},
      {{"topics-ndata-timestamp", "payloads-ndata-timestamp"}, sent({ndata}, has_timestamp)},
      {{"payloads-ndata-seq"}, sent({ndata}, has_seq)},
      {{"topics-dbirth-topic", "message-flow-device-birth-publish-dbirth-topic",
        "message-flow-device-birth-publish-dbirth-match-edge-node-topic"},
       sent({dbirth}, of_its_own_node)},
      {{"topics-dbirth-mqtt"}, sent({dbirth}, qos_0_not_retained)},
      {{"payloads-dbirth-qos", "message-flow-device-birth-publish-dbirth-qos"}, sent({dbirth}, qos_0)},
      {{"payloads-dbirth-retain", "message-flow-device-birth-publish-dbirth-retained"},
       sent({dbirth}, not_retained)},
      {{"topics-dbirth-timestamp", "payloads-dbirth-timestamp"}, sent({dbirth}, has_timestamp)},
      {{"payloads-dbirth-seq"}, sent({dbirth}, has_seq)},
      {{"topics-dbirth-metrics"}, sent({dbirth}, each_metric(full_definition))},
      {{"operational-behavior-data-publish-dbirth-values"}, sent({dbirth}, each_metric(value_or_null))},
      {{"topics-ddata-topic"}, sent({ddata}, of_its_own_node)},
      {{"topics-ddata-mqtt"}, sent({ddata}, qos_0_not_retained)},
      {{"payloads-ddata-qos"}, sent({ddata}, qos_0)},
      {{"payloads-ddata-retain"}, sent({ddata}, not_retained)},
      {{"topics-ddata-timestamp", "payloads-ddata-timestamp"}, sent({ddata}, has_timestamp)},
      {{"payloads-ddata-seq"}, sent({ddata}, has_seq)},
      {{"topics-ddeath-topic"}, sent({ddeath}, of_its_own_node)},
      {{"topics-ddeath-mqtt"}, sent({ddeath}, qos_0_not_retained)},
      {{"payloads-ddeath-timestamp"}, sent({ddeath}, has_timestamp)},
      {{"payloads-ddeath-seq", "payloads-ddeath-seq-number", "topics-ddeath-seq-num",
        "payloads-ddeath-seq-inc"},
       sent({ddeath}, has_seq)},
      {{"topics-ndeath-topic"}, sent({ndeath}, of_its_own_node)},
      {{"topics-ndeath-payload"}, will(of_the_will(death_is_bdseq_alone))},
      {{"topics-ndeath-seq", "payloads-ndeath-seq"}, will(of_the_will(death_has_no_seq))},
      {{"operational-behavior-edge-node-intentional-disconnect-ndeath"},
       sent({ndeath}, own_ndeath(death_is_bdseq_alone))},
      // Chapter 5
      {{"message-flow-edge-node-birth-publish-connect", "message-flow-edge-node-birth-publish-will-message",
        "message-flow-edge-node-birth-publish-will-message-topic", "payloads-ndeath-will-message"},
       will(of_the_will([](const Reading& r) { return std::string(r.is(ndeath) ? "" : "is no NDEATH"); }))},
      {{"message-flow-edge-node-birth-publish-will-message-payload"},
       will(of_the_will([](const Reading& r) { return std::string(r.payload ? "" : "is no payload"); }))},
      {{"message-flow-edge-node-birth-publish-will-message-qos", "payloads-ndeath-will-message-qos"},
       will(of_the_will(
           [](const Reading& r) { return std::string(r.message.qos == 1 ? "" : "not at QoS 1"); }))},
      {{"message-flow-edge-node-birth-publish-will-message-will-retained",
        "payloads-ndeath-will-message-retain"},
       will(
           of_the_will([](const Reading& r) { return std::string(r.message.retain ? "is retained" : ""); }))},
      {{"message-flow-edge-node-ncmd-subscribe"},
       sessions(commands_are_subscribed_before_the_birth, "births after the subscription")},
      {{"message-flow-device-dcmd-subscribe"},
       sessions(device_commands_are_subscribed, "DCMD subscriptions")},
      {{"message-flow-edge-node-birth-publish-nbirth-payload"}, sent({nbirth}, is_protobuf)},
      {{"message-flow-device-birth-publish-dbirth-payload"}, sent({dbirth}, is_protobuf)},
      {{"message-flow-edge-node-birth-publish-phid-wait", "message-flow-edge-node-birth-publish-phid-wait-id",
        "message-flow-edge-node-birth-publish-phid-wait-online",
        "message-flow-edge-node-birth-publish-phid-wait-timestamp"},
       sessions(host_is_online_before_the_birth, "births while the host was online")},
      {{"message-flow-edge-node-birth-publish-phid-offline",
        "operational-behavior-edge-node-termination-host-offline"},
       sessions(leaves_when_the_host_goes, "sessions that the host left")},
      {{"operational-behavior-edge-node-termination-host-offline-reconnect"},
       [](const CaptureStory& story) {
         Findings findings;
         for (std::size_t i = 0; i + 1 < story.nodes.size(); ++i) {
           Findings left;
           leaves_when_the_host_goes(story.nodes[i], left);
           if (left.verdict("").kind == Verdict::Kind::pass) findings.expect(true, "");
         }
         return findings.verdict("reconnects after the host went offline");
       }},
      {{"operational-behavior-edge-node-termination-host-offline-timestamp"},
       sessions(ignores_an_older_offline, "older offline STATEs")},
      {{"message-flow-device-birth-publish-nbirth-wait", "payloads-dbirth-order", "payloads-ndata-order",
        "payloads-ddata-order"},
       sessions(births_before_data, "messages after births")},
      {{"operational-behavior-data-commands-rebirth-action-1",
        "operational-behavior-data-commands-rebirth-action-2",
        "operational-behavior-data-commands-rebirth-action-3"},
       sessions(obeys_rebirth, "observations after rebirth commands")},
      {{"operational-behavior-data-publish-nbirth-order"}, sent({nbirth, ndata}, in_order_of_time)},
      {{"operational-behavior-data-publish-dbirth-order"}, sent({dbirth, ddata}, in_order_of_time)},
      {{"operational-behavior-edge-node-intentional-disconnect-packet",
        "payloads-ndeath-will-message-publisher",
        "payloads-ndeath-will-message-publisher-disconnect-mqtt311"},
       sessions(says_goodbye_with_ndeath, "MQTT 3.1.1 goodbyes")},
      {{"payloads-ndeath-will-message-publisher-disconnect-mqtt50"},
       sessions(says_goodbye_with_will_in_mqtt_5, "MQTT 5 goodbyes")},
      // Chapter 6
      {{"payloads-timestamp-in-UTC"}, sent(kNumbered, has_timestamp)},
      {{"payloads-sequence-num-always-included"}, sent(kNumbered, has_seq)},
      {{"payloads-sequence-num-incrementing", "payloads-dbirth-seq-inc", "payloads-ndata-seq-inc",
        "payloads-ddata-seq-inc", "topics-dbirth-seq", "topics-ndata-seq-num", "topics-ddata-seq-num",
        "message-flow-device-birth-publish-dbirth-payload-seq"},
       sessions(numbers_without_a_hole, "consecutive sequence numbers")},
      {{"payloads-alias-uniqueness"}, sessions(aliases_are_unique, "aliases")},
      {{"payloads-alias-birth-requirement"},
       sent(kBirths, each_metric([](const wire::Metric& m) {
              return std::string(m.has_name() && !m.name().empty() ? "" : "has no name");
            }))},
      {{"payloads-name-birth-data-requirement", "payloads-metric-timestamp-in-UTC"},
       sent({nbirth, dbirth, ndata, ddata}, each_metric([](const wire::Metric& m) {
              return std::string(m.has_timestamp() ? "" : "has no timestamp");
            }))},
      {{"payloads-metric-datatype-req", "payloads-metric-datatype-value",
        "payloads-metric-datatype-value-type"},
       sent(kBirths, each_metric(known_type))},
      {{"payloads-metric-datatype-not-req"}, sent(kData, each_metric([](const wire::Metric& m) {
                                                    return std::string(m.has_datatype() ? "has a data type"
                                                                                        : "");
                                                  }))},
      {{"payloads-dataset-column-size", "payloads-dataset-column-num-headers", "payloads-dataset-types-def",
        "payloads-dataset-types-num", "payloads-dataset-types-type", "payloads-dataset-types-value",
        "payloads-dataset-parameter-type-req", "payloads-template-dataset-value"},
       data_sets},
      {{"payloads-propertyset-keys-array-size", "payloads-propertyset-values-array-size",
        "payloads-metric-propertyvalue-type-type", "payloads-metric-propertyvalue-type-value",
        "payloads-metric-propertyvalue-type-req"},
       properties},
  };
}

}  // namespace xalink::test
