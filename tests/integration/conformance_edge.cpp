// The edge node's side: chapters 2, 4, 5 and 6.

#include <map>
#include <set>

#include "tests/integration/conformance.hpp"

namespace xalink::test {
namespace {

using enum MessageType;
using std::chrono_literals::operator""ms;

constexpr auto kNodes = &CaptureStory::nodes;
const std::vector<MessageType> kBirths{nbirth, dbirth};
const std::vector<MessageType> kData{ndata, ddata};
const std::vector<MessageType> kNumbered{nbirth, dbirth, ndata, ddata, ddeath};
constexpr std::uint32_t kBoolean = 11;
constexpr std::uint32_t kLastDataType = 34;
constexpr std::uint32_t kLastBasicType = 15;

std::string qos_0_not_retained(const WireSession&, const Reading& reading) {
  if (reading.message.qos != 0) return "QoS " + std::to_string(reading.message.qos);
  return reading.message.retain ? "retained" : "";
}
std::string qos_0(const WireSession&, const Reading& reading) {
  return reading.message.qos == 0 ? "" : "QoS " + std::to_string(reading.message.qos);
}
std::string not_retained(const WireSession&, const Reading& reading) {
  return reading.message.retain ? "retained" : "";
}
std::string has_timestamp(const WireSession&, const Reading& reading) {
  // In milliseconds of UTC: later than 2020 unless the clock was never set, and not in seconds or µs.
  constexpr std::uint64_t kEarliest = 1'577'836'800'000;
  constexpr std::uint64_t kLatest = 10 * kEarliest;
  if (!reading.payload || !reading.payload->has_timestamp()) return "no timestamp";
  const auto timestamp = reading.payload->timestamp();
  return timestamp > kEarliest && timestamp < kLatest ? "" : "timestamp " + std::to_string(timestamp);
}
std::string has_seq(const WireSession&, const Reading& reading) {
  if (!reading.payload || !reading.payload->has_seq()) return "no seq";
  return reading.payload->seq() <= 255 ? "" : "seq " + std::to_string(reading.payload->seq());
}
std::string seq_is_zero(const WireSession& session, const Reading& reading) {
  const auto wrong = has_seq(session, reading);
  if (!wrong.empty()) return wrong;
  return reading.payload->seq() == 0 ? "" : "seq " + std::to_string(reading.payload->seq());
}
std::string is_protobuf(const WireSession&, const Reading& reading) {
  return reading.payload ? "" : "not a payload";
}
std::string of_its_own_node(const WireSession& session, const Reading& reading) {
  const Topic& own = *session.will->topic;
  if (reading.topic->group != own.group || reading.topic->node != own.node) return "of another node";
  return "";
}
std::string bdseq_of_the_will(const WireSession& session, const Reading& reading) {
  const auto born = bdseq_of(reading);
  const auto dies = bdseq_of(*session.will);
  if (!born) return "no bdSeq of type Int64";
  if (!dies) return "no bdSeq of type Int64 in the will";
  return born == dies ? "" : "bdSeq " + std::to_string(*born) + ", will " + std::to_string(*dies);
}

/// On each metric; nothing or what is wrong with it.
using MetricRule = std::function<std::string(const wire::Metric&)>;
MessageRule each_metric(MetricRule rule) {
  return [rule = std::move(rule)](const WireSession&, const Reading& reading) -> std::string {
    if (!reading.payload) return "not a payload";
    for (const auto& metric : reading.payload->metrics()) {
      const auto wrong = rule(metric);
      if (!wrong.empty()) return "metric \"" + metric.name() + "\" " + wrong;
    }
    return "";
  };
}

std::string value_or_null(const wire::Metric& metric) {
  const bool has_value = metric.value_case() != wire::Metric::VALUE_NOT_SET;
  if (metric.is_null() && has_value) return "is null and has a value";
  return metric.is_null() || has_value ? "" : "has neither a value nor is_null";
}
std::string full_definition(const wire::Metric& metric) {
  if (!metric.has_name() || metric.name().empty()) return "has no name";
  if (!metric.has_datatype()) return "has no data type";
  return value_or_null(metric);
}
std::string known_type(const wire::Metric& metric) {
  if (!metric.has_datatype()) return "has no data type";
  return metric.datatype() >= 1 && metric.datatype() <= kLastDataType ? "" : "has an unknown data type";
}
std::string rebirth_metric(const WireSession&, const Reading& reading) {
  const auto* metric = reading.metric("Node Control/Rebirth");
  if (metric == nullptr) return "no Node Control/Rebirth";
  if (metric->datatype() != kBoolean) return "Node Control/Rebirth is no Boolean";
  if (!metric->has_boolean_value() || metric->boolean_value()) return "Node Control/Rebirth is not false";
  return metric->has_alias() ? "Node Control/Rebirth has an alias" : "";
}
/// Metrics that are not historical keep the order of time, each by itself.
std::string in_order_of_time(const WireSession&, const Reading& reading) {
  if (!reading.payload) return "not a payload";
  std::map<std::string, std::uint64_t> latest;
  for (const auto& metric : reading.payload->metrics()) {
    if (metric.is_historical()) continue;
    auto& last = latest[metric.has_alias() ? "#" + std::to_string(metric.alias()) : metric.name()];
    if (metric.timestamp() < last) return "an older value after a newer one";
    last = metric.timestamp();
  }
  return "";
}
std::string well_formed_data_sets(const wire::Metric& metric) {
  if (!metric.has_dataset_value()) return "";
  const auto& table = metric.dataset_value();
  const int columns = table.columns_size();
  if (table.num_of_columns() != static_cast<std::uint64_t>(columns)) return "counts its columns wrongly";
  if (table.types_size() != columns) return "has not one type for each column";
  for (const auto type : table.types()) {
    if (type < 1 || type > kLastBasicType) return "has a column of an unknown or composed type";
  }
  for (const auto& row : table.rows()) {
    if (row.elements_size() != columns) return "has a row that is not as long as its columns";
  }
  return "";
}

Verdict data_sets(const CaptureStory& story) {
  Findings findings;
  for (const auto& session : story.nodes) {
    for (const auto& step : session.steps) {
      const auto* reading = step.sent();
      if (reading == nullptr || !reading->payload) continue;
      for (const auto& metric : reading->payload->metrics()) {
        if (!metric.has_dataset_value()) continue;
        const auto wrong = well_formed_data_sets(metric);
        findings.expect(wrong.empty(), reading->message.topic + ": DataSet " + wrong);
      }
    }
  }
  return findings.verdict("DataSets");
}

Verdict properties(const CaptureStory& story) {
  Findings findings;
  for (const auto& session : story.nodes) {
    for (const auto& step : session.steps) {
      const auto* reading = step.sent();
      if (reading == nullptr || !reading->payload) continue;
      for (const auto& metric : reading->payload->metrics()) {
        if (!metric.has_properties()) continue;
        const auto& set = metric.properties();
        findings.expect(set.keys_size() == set.values_size(), metric.name() + ": keys without values");
        for (const auto& value : set.values()) {
          findings.expect(value.has_type() && value.type() >= 1 && value.type() <= 21,
                          metric.name() + ": a property without a known type");
        }
      }
    }
  }
  return findings.verdict("properties");
}

void numbers_without_a_hole(const WireSession& session, Findings& findings) {
  std::optional<std::uint64_t> last;
  for (const auto& step : session.steps) {
    const auto* reading = step.sent();
    if (reading == nullptr || !reading->topic || !reading->payload || reading->is(ndeath)) continue;
    const auto seq = reading->payload->seq();
    if (!reading->is(nbirth)) {
      findings.expect(last && seq == (*last + 1) % 256, reading->message.topic + ": seq " +
                                                            std::to_string(seq) + " after " +
                                                            (last ? std::to_string(*last) : "nothing"));
    }
    last = seq;
  }
}

void aliases_are_unique(const WireSession& session, Findings& findings) {
  std::map<std::uint64_t, std::string> names;
  for (const auto& step : session.steps) {
    const auto* reading = step.sent();
    if (reading == nullptr || !reading->payload || !(reading->is(nbirth) || reading->is(dbirth))) continue;
    if (reading->is(nbirth)) names.clear();
    for (const auto& metric : reading->payload->metrics()) {
      if (!metric.has_alias()) continue;
      const auto name = reading->topic->device + "/" + metric.name();
      const auto [found, added] = names.emplace(metric.alias(), name);
      findings.expect(added || found->second == name,
                      "alias " + std::to_string(metric.alias()) + " is " + found->second + " and " + name);
    }
  }
}

/// Data metrics are those of the births: by alias if they have one there, else by name.
void data_was_declared(const WireSession& session, Findings& findings) {
  std::map<std::string, std::set<std::string>> names;      // by device
  std::map<std::string, std::set<std::uint64_t>> aliases;  // by device
  std::map<std::string, std::set<std::string>> aliased;
  for (const auto& step : session.steps) {
    const auto* reading = step.sent();
    if (reading == nullptr || !reading->topic || !reading->payload) continue;
    const auto& device = reading->topic->device;
    if (reading->is(nbirth) || reading->is(dbirth)) {
      if (reading->is(nbirth)) {
        names.clear();
        aliases.clear();
        aliased.clear();
      }
      for (const auto& metric : reading->payload->metrics()) {
        names[device].insert(metric.name());
        if (metric.has_alias()) {
          aliases[device].insert(metric.alias());
          aliased[device].insert(metric.name());
        }
      }
    } else if (reading->is(ndata) || reading->is(ddata)) {
      for (const auto& metric : reading->payload->metrics()) {
        if (metric.has_alias()) {
          findings.expect(aliases[device].count(metric.alias()) == 1 && !metric.has_name(),
                          reading->message.topic + ": alias " + std::to_string(metric.alias()) +
                              " is not of its birth, or has a name besides");
        } else {
          findings.expect(
              names[device].count(metric.name()) == 1 && aliased[device].count(metric.name()) == 0,
              reading->message.topic + ": \"" + metric.name() + "\" is not of its birth, or " +
                  "has an alias there");
        }
      }
    }
  }
}

/// NBIRTH, then all DBIRTHs, then data; again after each NBIRTH.
void births_before_data(const WireSession& session, Findings& findings) {
  bool born = false;
  bool data = false;
  std::set<std::string> devices;
  for (const auto& step : session.steps) {
    const auto* reading = step.sent();
    if (reading == nullptr || !reading->topic) continue;
    if (reading->is(nbirth)) {
      born = true;
      data = false;
      devices.clear();
    } else if (reading->is(dbirth)) {
      findings.expect(born && !data, reading->message.topic + " not right after NBIRTH");
      devices.insert(reading->topic->device);
    } else if (reading->is(ndata) || reading->is(ddata)) {
      data = true;
      findings.expect(born && (reading->is(ndata) || devices.count(reading->topic->device) == 1),
                      reading->message.topic + " before its birth");
    }
  }
}

void birth_is_the_first_message(const WireSession& session, Findings& findings) {
  for (const auto& step : session.steps) {
    if (step.sent() == nullptr) continue;
    findings.expect(step.sent(nbirth) != nullptr, step.sent()->message.topic + " came first");
    return;
  }
}

void commands_are_subscribed_before_the_birth(const WireSession& session, Findings& findings) {
  const Topic& own = *session.will->topic;
  const std::string filter = "spBv1.0/" + own.group + "/NCMD/" + own.node;
  bool subscribed = false;
  for (const auto& step : session.steps) {
    if (const auto* subscribe = std::get_if<Step::Subscribed>(&step.what)) {
      if (subscribe->filter.filter == filter || subscribe->filter.filter == filter + "/#") {
        subscribed = subscribe->filter.qos == 1;
      }
    }
    if (step.sent(nbirth) != nullptr) findings.expect(subscribed, "NBIRTH without " + filter + " at QoS 1");
  }
}

void device_commands_are_subscribed(const WireSession& session, Findings& findings) {
  const Topic& own = *session.will->topic;
  const std::string prefix = "spBv1.0/" + own.group + "/DCMD/" + own.node + "/";
  for (const auto& step : session.steps) {
    const auto* subscribe = std::get_if<Step::Subscribed>(&step.what);
    if (subscribe == nullptr || subscribe->filter.filter.rfind(prefix, 0) != 0) continue;
    findings.expect(subscribe->filter.qos == 1, subscribe->filter.filter + " not at QoS 1");
  }
}

/// A birth only after STATE online of the host that was subscribed, with a timestamp not older than the
/// newest one heard.
void host_is_online_before_the_birth(const WireSession& session, Findings& findings) {
  std::string host_topic;
  std::uint64_t newest = 0;
  bool online = false;
  for (const auto& step : session.steps) {
    if (const auto* subscribe = std::get_if<Step::Subscribed>(&step.what)) {
      if (subscribe->filter.filter.rfind("spBv1.0/STATE/", 0) == 0) host_topic = subscribe->filter.filter;
    }
    if (const auto* state = step.received(MessageType::state); state != nullptr && state->state) {
      if (state->message.topic == host_topic && state->state->timestamp >= newest) {
        newest = state->state->timestamp;
        online = state->state->online;
      }
    }
    if (step.sent(nbirth) != nullptr && !host_topic.empty()) {
      findings.expect(online, "NBIRTH while " + host_topic + " was not online");
    }
  }
}

/// After STATE offline that is not older: NDEATH, then the end, and nothing else but what was on its way.
void leaves_when_the_host_goes(const WireSession& session, Findings& findings) {
  std::uint64_t newest = 0;
  bool born = false;
  for (std::size_t i = 0; i < session.steps.size(); ++i) {
    born = born || session.steps[i].sent(nbirth) != nullptr;
    const auto* state = session.steps[i].received(MessageType::state);
    if (state == nullptr || !state->state || state->state->timestamp < newest) continue;
    newest = state->state->timestamp;
    if (state->state->online || !born) continue;
    bool died = false;
    bool ended = false;
    bool more = false;
    for (std::size_t j = i + 1; j < session.steps.size(); ++j) {
      more = more || (died && session.steps[j].sent() != nullptr);
      died = died || session.steps[j].sent(ndeath) != nullptr;
      ended = ended || std::holds_alternative<Step::Ended>(session.steps[j].what);
    }
    findings.expect(died && ended && !more, "stayed although the host went offline");
    return;
  }
}

void ignores_an_older_offline(const WireSession& session, Findings& findings) {
  std::uint64_t newest = 0;
  for (std::size_t i = 0; i < session.steps.size(); ++i) {
    const auto* state = session.steps[i].received(MessageType::state);
    if (state == nullptr || !state->state) continue;
    if (!state->state->online && state->state->timestamp < newest) {
      // The host answers at once; what the node does next it does as if nothing had been said.
      const auto* next = i + 1 < session.steps.size() ? &session.steps[i + 1] : nullptr;
      findings.expect(next == nullptr ||
                          (next->sent(ndeath) == nullptr && !std::holds_alternative<Step::Ended>(next->what)),
                      "left for an offline STATE older than the online one");
    }
    newest = std::max(newest, state->state->timestamp);
  }
}

/// After each rebirth command: the births again, with the same bdSeq. Data that was on its way when the
/// command passed by is allowed for.
void obeys_rebirth(const WireSession& session, Findings& findings) {
  constexpr auto kOnItsWay = 500ms;
  for (std::size_t i = 0; i < session.steps.size(); ++i) {
    const auto* command = session.steps[i].received(ncmd);
    const auto* rebirth = command == nullptr ? nullptr : command->metric("Node Control/Rebirth");
    if (rebirth == nullptr || !rebirth->boolean_value()) continue;
    bool again = false;
    for (std::size_t j = i + 1; j < session.steps.size() && !again; ++j) {
      const auto& step = session.steps[j];
      if (const auto* birth = step.sent(nbirth)) {
        again = true;
        const auto wrong = bdseq_of_the_will(session, *birth);
        findings.expect(wrong.empty(), "after a rebirth command: " + wrong);
      } else if (step.sent(ndata) != nullptr || step.sent(ddata) != nullptr) {
        findings.expect(step.at - session.steps[i].at < kOnItsWay, "data between rebirth command and NBIRTH");
      }
      if (std::holds_alternative<Step::Ended>(step.what)) break;
    }
    findings.expect(again, "no NBIRTH after a rebirth command");
  }
}

void says_goodbye_with_ndeath(const WireSession& session, Findings& findings) {
  const Reading* last = nullptr;
  for (const auto& step : session.steps) {
    if (step.sent() != nullptr) last = step.sent();
    const auto* goodbye = std::get_if<Step::SaidGoodbye>(&step.what);
    if (goodbye == nullptr || last == nullptr) continue;
    if (session.connect.version == 4) findings.expect(last->is(ndeath), "DISCONNECT without NDEATH before");
  }
}
void says_goodbye_with_will_in_mqtt_5(const WireSession& session, Findings& findings) {
  if (session.connect.version != 5) return;
  for (const auto& step : session.steps) {
    const auto* goodbye = std::get_if<Step::SaidGoodbye>(&step.what);
    if (goodbye != nullptr) {
      findings.expect(goodbye->reason == 4, "DISCONNECT with reason " + std::to_string(goodbye->reason));
    }
  }
}

Verdict bdseq_counts_connects(const CaptureStory& story) {
  Findings findings;
  std::map<std::string, std::uint64_t> next;
  for (const auto& session : story.nodes) {
    const auto bdseq = bdseq_of(*session.will);
    auto& expected = next[session.will->message.topic];
    findings.expect(bdseq && *bdseq == expected % 256, session.will->message.topic + ": bdSeq " +
                                                           (bdseq ? std::to_string(*bdseq) : "missing") +
                                                           " at CONNECT number " + std::to_string(expected));
    ++expected;
  }
  return findings.verdict("CONNECTs");
}

MessageRule own_ndeath(std::function<std::string(const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession&, const Reading& reading) { return rule(reading); };
}
std::string death_is_bdseq_alone(const Reading& death) {
  if (!death.payload || death.payload->metrics_size() != 1) return "has not one metric";
  return bdseq_of(death) ? "" : "has no bdSeq of type Int64";
}
std::string death_has_no_seq(const Reading& death) {
  return death.payload && !death.payload->has_seq() ? "" : "has a seq";
}
SessionRule of_the_will(std::function<std::string(const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession& session, Findings& findings) {
    const auto wrong = rule(*session.will);
    findings.expect(wrong.empty(), "will " + wrong);
  };
}

}  // namespace

std::vector<NormativeCheck> edge_node_checks() {
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
