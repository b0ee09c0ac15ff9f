#include "tests/integration/edge_session_rules.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/integration/edge_message_rules.hpp"

namespace xalink::test::edge {

using enum MessageType;

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

void obeys_rebirth(const WireSession& session, Findings& findings) {
  constexpr std::chrono::milliseconds kOnItsWay(500);
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

}  // namespace xalink::test::edge
