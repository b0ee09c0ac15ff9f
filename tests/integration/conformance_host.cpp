// The host application's side: chapters 2, 4, 5 and 6.

#include <map>
#include <set>

#include "tests/integration/conformance.hpp"

namespace xalink::test {
namespace {

using enum MessageType;

constexpr auto kHosts = &CaptureStory::hosts;
constexpr std::uint32_t kBoolean = 11;

SessionRule of_the_will(std::function<std::string(const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession& session, Findings& findings) {
    const auto wrong = rule(*session.will);
    findings.expect(wrong.empty(), "will " + wrong);
  };
}

/// The STATE online messages of a session.
SessionRule each_birth(std::function<std::string(const WireSession&, const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession& session, Findings& findings) {
    for (const auto& step : session.steps) {
      const auto* state = step.sent(MessageType::state);
      if (state == nullptr || (state->state && !state->state->online)) continue;
      const auto wrong = rule(session, *state);
      findings.expect(wrong.empty(), "STATE birth " + wrong);
    }
  };
}
SessionRule each_death(std::function<std::string(const WireSession&, const Step&, const Reading&)> rule) {
  return [rule = std::move(rule)](const WireSession& session, Findings& findings) {
    for (const auto& step : session.steps) {
      const auto* state = step.sent(MessageType::state);
      if (state == nullptr || !state->state || state->state->online) continue;
      const auto wrong = rule(session, step, *state);
      findings.expect(wrong.empty(), "STATE death " + wrong);
    }
  };
}

std::string qos_1(const Reading& reading) {
  return reading.message.qos == 1 ? "" : "at QoS " + std::to_string(reading.message.qos);
}
std::string retained(const Reading& reading) {
  return reading.message.retain ? "" : "is not retained";
}
std::string says_offline(const Reading& reading) {
  return reading.state && !reading.state->online ? "" : "does not say offline";
}
std::string same_topic_as_will(const WireSession& session, const Reading& reading) {
  return reading.message.topic == session.will->message.topic ? "" : "on " + reading.message.topic;
}

bool covers(const std::string& filter, const std::string& what) {
  return filter == "#" || filter == "spBv1.0/#" || filter == what;
}

/// Own STATE and the nodes' messages are subscribed before the STATE birth.
void subscribes_before_the_birth(const WireSession& session, Findings& findings) {
  bool own_state = false;
  bool nodes = false;
  for (const auto& step : session.steps) {
    if (const auto* subscribe = std::get_if<Step::Subscribed>(&step.what)) {
      const auto& filter = subscribe->filter.filter;
      own_state = own_state || covers(filter, session.will->message.topic);
      nodes = nodes || filter == "spBv1.0/#" ||
              (filter.rfind("spBv1.0/", 0) == 0 && filter.rfind("spBv1.0/STATE", 0) != 0);
    }
    if (step.sent(MessageType::state) != nullptr) {
      findings.expect(own_state && nodes, "STATE birth before the subscriptions");
      return;
    }
  }
}

void birth_is_the_first_message(const WireSession& session, Findings& findings) {
  for (const auto& step : session.steps) {
    if (step.sent() == nullptr) continue;
    const auto& first = *step.sent();
    findings.expect(first.state && first.state->online, first.message.topic + " came first");
    return;
  }
}

/// When somebody says that this host is offline, it says again that it is not, with the same timestamp.
void contradicts_a_false_offline(const WireSession& session, Findings& findings) {
  bool born = false;
  for (std::size_t i = 0; i < session.steps.size(); ++i) {
    const auto* own = session.steps[i].sent(MessageType::state);
    if (own != nullptr && own->state) born = own->state->online;
    const auto* heard = session.steps[i].received(MessageType::state);
    if (!born || heard == nullptr || !heard->state || heard->state->online) continue;
    if (heard->message.topic != session.will->message.topic) continue;
    bool again = false;
    for (std::size_t j = i + 1; j < session.steps.size() && !again; ++j) {
      const auto* next = session.steps[j].sent(MessageType::state);
      if (next == nullptr || !next->state) continue;
      again = next->state->online && session.will->state &&
              next->state->timestamp == session.will->state->timestamp;
      break;
    }
    findings.expect(again, "let a false offline STATE stand");
  }
}

void dies_before_it_disconnects(const WireSession& session, Findings& findings) {
  const Reading* last = nullptr;
  for (const auto& step : session.steps) {
    if (step.sent() != nullptr) last = step.sent();
    if (std::holds_alternative<Step::SaidGoodbye>(step.what)) {
      findings.expect(last != nullptr && last->state && !last->state->online,
                      "DISCONNECT without STATE offline before");
    }
  }
}

// --- commands ---------------------------------------------------------------------------------------

std::function<Verdict(const CaptureStory&)> each_command(std::function<std::string(const Reading&)> rule) {
  return each_sent(kHosts, {ncmd}, [rule = std::move(rule)](const WireSession&, const Reading& reading) {
    return rule(reading);
  });
}

/// Names and types of commands are those of the node's last NBIRTH that this host received.
void commands_name_known_metrics(const WireSession& session, Findings& findings) {
  std::map<std::string, std::map<std::string, std::uint32_t>> births;  // node → metric → type
  for (const auto& step : session.steps) {
    if (const auto* birth = step.received(nbirth); birth != nullptr && birth->payload) {
      auto& metrics = births[birth->topic->group + "/" + birth->topic->node];
      metrics.clear();
      for (const auto& metric : birth->payload->metrics()) metrics[metric.name()] = metric.datatype();
    }
    const auto* command = step.sent(ncmd);
    if (command == nullptr || !command->payload) continue;
    const auto known = births.find(command->topic->group + "/" + command->topic->node);
    for (const auto& metric : command->payload->metrics()) {
      if (known == births.end()) continue;  // a rebirth of a node whose birth nobody saw
      const auto declared = known->second.find(metric.name());
      findings.expect(declared != known->second.end(), "\"" + metric.name() + "\" is not in the NBIRTH");
      if (declared == known->second.end()) continue;
      const bool fits = declared->second == kBoolean ? metric.has_boolean_value()
                        : declared->second == static_cast<std::uint32_t>(DataType::string)
                            ? metric.has_string_value()
                            : metric.has_long_value() || metric.has_int_value();
      findings.expect(fits, "\"" + metric.name() + "\" has a value of another type");
    }
  }
}

void rebirth_commands_are_true(const WireSession& session, Findings& findings) {
  for (const auto& step : session.steps) {
    const auto* command = step.sent(ncmd);
    const auto* metric = command == nullptr ? nullptr : command->metric("Node Control/Rebirth");
    if (metric == nullptr) continue;
    findings.expect(metric->has_boolean_value() && metric->boolean_value(),
                    "a rebirth command that is not true");
  }
}

/// Where a sequence number is missing and does not come: a rebirth command for that node. Where it comes
/// late: none.
struct Order {
  std::size_t late_filled = 0;
  std::size_t missing = 0;
  std::string wrong;
};
Order reordering(const WireSession& session) {
  Order order;
  struct Node {
    std::optional<std::uint64_t> last;
    std::set<std::uint64_t> ahead;
    bool asked = false;
  };
  std::map<std::string, Node> nodes;
  for (const auto& step : session.steps) {
    if (const auto* command = step.sent(ncmd); command != nullptr) {
      if (command->metric("Node Control/Rebirth") == nullptr) continue;
      auto& node = nodes[command->topic->group + "/" + command->topic->node];
      if (node.last && node.ahead.empty()) order.wrong = "a rebirth command although nothing was missing";
      if (!node.ahead.empty() && !std::exchange(node.asked, true)) ++order.missing;
      continue;
    }
    const auto* received = std::get_if<Step::Received>(&step.what);
    if (received == nullptr || !received->reading.topic || !received->reading.payload) continue;
    const auto& reading = received->reading;
    if (!reading.payload->has_seq()) continue;
    auto& node = nodes[reading.topic->group + "/" + reading.topic->node];
    const auto seq = reading.payload->seq();
    if (reading.is(nbirth)) {
      if (!node.ahead.empty() && !node.asked)
        order.wrong = "no rebirth command although a message was missing";
      node = {seq, {}, false};
    } else if (node.last && seq == (*node.last + 1) % 256) {
      node.last = seq;
      const bool was_ahead = !node.ahead.empty();
      while (node.ahead.erase((*node.last + 1) % 256) > 0) node.last = (*node.last + 1) % 256;
      if (was_ahead && node.ahead.empty() && !node.asked) ++order.late_filled;
    } else if (node.last) {
      node.ahead.insert(seq);
    }
  }
  return order;
}
void asks_for_rebirth_when_a_message_is_missing(const WireSession& session, Findings& findings) {
  const auto order = reordering(session);
  for (std::size_t i = 0; i < order.missing; ++i) findings.expect(true, "");
  if (!order.wrong.empty()) findings.expect(false, order.wrong);
}
void goes_on_when_it_comes_late(const WireSession& session, Findings& findings) {
  const auto order = reordering(session);
  for (std::size_t i = 0; i < order.late_filled; ++i) findings.expect(true, "");
  if (!order.wrong.empty()) findings.expect(false, order.wrong);
}

}  // namespace

std::vector<NormativeCheck> host_application_checks() {
  const auto sessions = [](SessionRule rule, const char* what) {
    return each_session(kHosts, what, std::move(rule));
  };
  const auto will = [](std::function<std::string(const Reading&)> rule) {
    return each_session(kHosts, "wills", of_the_will(std::move(rule)));
  };
  const auto births = [](std::function<std::string(const WireSession&, const Reading&)> rule) {
    return each_session(kHosts, "STATE births", each_birth(std::move(rule)));
  };
  const auto deaths = [](std::function<std::string(const WireSession&, const Step&, const Reading&)> rule) {
    return each_session(kHosts, "STATE deaths", each_death(std::move(rule)));
  };
  return {
      // Chapters 1, 2, 3
      {{"intro-sparkplug-host-state", "components-ph-state", "conformance-primary-host"},
       births(
           [](const WireSession&, const Reading& r) { return std::string(r.state ? "" : "is no STATE"); })},
      {{"principles-birth-certificates-order", "host-topic-phid-birth-message"},
       sessions(birth_is_the_first_message, "sessions")},
      // Chapter 4
      {{"host-topic-phid-birth-topic", "operational-behavior-host-application-connect-birth-topic"},
       births(same_topic_as_will)},
      {{"host-topic-phid-birth-qos", "operational-behavior-host-application-connect-birth-qos"},
       births([](const WireSession&, const Reading& r) { return qos_1(r); })},
      {{"host-topic-phid-birth-retain", "operational-behavior-host-application-connect-birth-retained"},
       births([](const WireSession&, const Reading& r) { return retained(r); })},
      {{"host-topic-phid-birth-payload", "message-flow-phid-sparkplug-state-publish-payload",
        "payloads-state-birth-payload", "operational-behavior-host-application-connect-birth-payload"},
       births([](const WireSession&, const Reading& r) {
         return std::string(r.state && r.state->online ? "" : "does not say online with a timestamp");
       })},
      {{"host-topic-phid-birth-payload-timestamp",
        "message-flow-phid-sparkplug-state-publish-payload-timestamp"},
       births([](const WireSession& s, const Reading& r) {
         return std::string(r.state && s.will->state && r.state->timestamp == s.will->state->timestamp
                                ? ""
                                : "has another timestamp than the will");
       })},
      {{"host-topic-phid-birth-sub-required", "host-topic-phid-birth-required", "payloads-state-subscribe",
        "payloads-state-birth", "message-flow-phid-sparkplug-subscription",
        "message-flow-phid-sparkplug-state-publish", "operational-behavior-host-application-connect-birth"},
       sessions(subscribes_before_the_birth, "STATE births after the subscriptions")},
      {{"host-topic-phid-death-required", "operational-behavior-host-application-connect-will",
        "payloads-state-will-message", "host-topic-phid-death-topic",
        "operational-behavior-host-application-connect-will-topic"},
       will([](const Reading& r) { return std::string(r.is(MessageType::state) ? "" : "is no STATE"); })},
      {{"host-topic-phid-death-payload", "operational-behavior-host-application-connect-will-payload",
        "payloads-state-will-message-payload"},
       will(says_offline)},
      {{"host-topic-phid-death-payload-timestamp-connect"},
       sessions(
           [](const WireSession& s, Findings& f) {
             // Within a minute of the CONNECT by the same machine's clock.
             const auto told = s.will->state ? s.will->state->timestamp : 0;
             const auto at = static_cast<std::uint64_t>(s.at.time_since_epoch().count());
             f.expect(told <= at && at - told < 60'000, "will's timestamp is not that of the CONNECT");
           },
           "wills")},
      {{"host-topic-phid-death-qos", "operational-behavior-host-application-connect-will-qos",
        "payloads-state-will-message-qos"},
       will(qos_1)},
      {{"host-topic-phid-death-retain", "operational-behavior-host-application-connect-will-retained",
        "payloads-state-will-message-retain"},
       will(retained)},
      {{"topics-ncmd-topic", "operational-behavior-data-commands-ncmd-verb"},
       each_command(
           [](const Reading& r) { return std::string(r.topic->device.empty() ? "" : "has a device"); })},
      {{"topics-ncmd-mqtt"}, each_command([](const Reading& r) {
         return std::string(r.message.qos == 0 && !r.message.retain ? "" : "not at QoS 0, or retained");
       })},
      {{"payloads-ncmd-qos"},
       each_command([](const Reading& r) { return std::string(r.message.qos == 0 ? "" : "not at QoS 0"); })},
      {{"payloads-ncmd-retain"},
       each_command([](const Reading& r) { return std::string(r.message.retain ? "retained" : ""); })},
      {{"topics-ncmd-timestamp", "payloads-ncmd-timestamp"}, each_command([](const Reading& r) {
         return std::string(r.payload && r.payload->has_timestamp() ? "" : "no timestamp");
       })},
      {{"payloads-ncmd-seq"}, each_command([](const Reading& r) {
         return std::string(r.payload && !r.payload->has_seq() ? "" : "has a seq");
       })},
      {{"topics-ncmd-payload"}, each_command([](const Reading& r) {
         return std::string(r.payload && r.payload->metrics_size() > 0 ? "" : "has no metric");
       })},
      // Chapter 5
      {{"message-flow-phid-sparkplug-clean-session-311"},
       sessions(
           [](const WireSession& s, Findings& f) {
             if (s.connect.version == 4) f.expect(s.connect.clean, "clean session is not set");
           },
           "MQTT 3.1.1 CONNECTs")},
      {{"message-flow-phid-sparkplug-clean-session-50"},
       sessions(
           [](const WireSession& s, Findings& f) {
             if (s.connect.version == 5) {
               f.expect(s.connect.clean && s.connect.session_expiry.value_or(0) == 0,
                        "no clean start, or a session expiry");
             }
           },
           "MQTT 5 CONNECTs")},
      {{"message-flow-hid-sparkplug-state-message-delivered"},
       sessions(contradicts_a_false_offline, "false offline STATEs")},
      {{"operational-behavior-host-application-termination",
        "operational-behavior-host-application-disconnect-intentional"},
       sessions(dies_before_it_disconnects, "goodbyes")},
      {{"operational-behavior-host-application-death-topic"},
       deaths([](const WireSession& s, const Step&, const Reading& r) { return same_topic_as_will(s, r); })},
      {{"operational-behavior-host-application-death-payload"},
       deaths([](const WireSession&, const Step&, const Reading& r) { return says_offline(r); })},
      {{"operational-behavior-host-application-death-qos"},
       deaths([](const WireSession&, const Step&, const Reading& r) { return qos_1(r); })},
      {{"operational-behavior-host-application-death-retained"},
       deaths([](const WireSession&, const Step&, const Reading& r) { return retained(r); })},
      {{"host-topic-phid-death-payload-timestamp-disconnect-clean"},
       deaths([](const WireSession&, const Step& step, const Reading& r) {
         const auto at = static_cast<std::uint64_t>(step.at.time_since_epoch().count());
         return std::string(r.state->timestamp <= at && at - r.state->timestamp < 60'000
                                ? ""
                                : "has not the time of the goodbye");
       })},
      {{"operational-behavior-host-reordering-param", "operational-behavior-host-reordering-start",
        "operational-behavior-host-reordering-rebirth"},
       sessions(asks_for_rebirth_when_a_message_is_missing, "missing messages")},
      {{"operational-behavior-host-reordering-success"},
       sessions(goes_on_when_it_comes_late, "late messages")},
      {{"operational-behavior-data-commands-ncmd-rebirth-verb",
        "operational-behavior-data-commands-ncmd-rebirth-name",
        "operational-behavior-data-commands-ncmd-rebirth-value"},
       sessions(rebirth_commands_are_true, "rebirth commands")},
      {{"operational-behavior-data-commands-ncmd-metric-name",
        "operational-behavior-data-commands-ncmd-metric-value"},
       sessions(commands_name_known_metrics, "command metrics")},
  };
}

}  // namespace xalink::test
