// What a host application makes of the messages it gets. What it says itself, rebirth requests and
// acknowledgements, is in host_application_commands.cpp.

#include "sparkplug/host_application.hpp"

#include <algorithm>
#include <utility>

#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

// A message this far behind the expected sequence number is a repetition; anything else means loss.
constexpr std::uint8_t kRepeatedWithin = 16;
constexpr std::size_t kMostHeld = 64;

constexpr std::size_t kLongestTopic = 1024;
constexpr std::size_t kLongestReason = 300;
constexpr std::size_t kMostKeptOfOne = 64U << 10U;  // of a message set aside
constexpr std::size_t kLongestId = 64;              // of epochs and boots; a UUID has 36
// Half a million years either way: sums of times stay far from overflowing.
constexpr std::int64_t kFarthestOffset = 1'000'000'000'000'000;

// For tables and terminals: no control characters, no broken letters.
std::string printable(std::string text) {
  if (text.size() > kLongestReason) text.resize(kLongestReason);
  for (std::size_t at = 0; at < text.size();) {
    const auto length = utf8_sequence(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) text[at] = '?';
    at += std::max<std::size_t>(1, length);
  }
  return text;
}

bool is_delivery_metric(std::string_view name) {
  return name.starts_with("Delivery/");
}

std::optional<std::uint8_t> bdseq_of(const Payload& payload) {
  for (const auto& metric : payload.metrics) {
    if (metric.name != metric::kBdSeq) continue;
    // Int64 by the standard; its own example and older nodes send UInt64.
    if (const auto* number = std::get_if<std::uint64_t>(&metric.value)) {
      if (*number <= 255) return static_cast<std::uint8_t>(*number);
    }
    if (const auto* number = std::get_if<std::int64_t>(&metric.value)) {
      if (*number >= 0 && *number <= 255) return static_cast<std::uint8_t>(*number);
    }
  }
  return std::nullopt;
}

const Metric* find(const Payload& payload, std::string_view name) {
  for (const auto& metric : payload.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

template <class T>
std::optional<T> value_of(const Payload& payload, std::string_view name) {
  const auto* metric = find(payload, name);
  const auto* value = metric == nullptr ? nullptr : std::get_if<T>(&metric->value);
  return value == nullptr ? std::nullopt : std::optional<T>(*value);
}

// Births carry their types, so integers in them can be read at once.
Result<void> interpret_births(Payload& payload) {
  for (auto& metric : payload.metrics) {
    auto value = interpret(std::move(metric.value), metric.type);
    if (!value) return failure(metric.name, value.error().what);
    metric.value = std::move(*value);
  }
  return {};
}

}  // namespace

HostApplication::HostApplication(HostApplicationOptions options)
    : options_(std::move(options)), rebirth_tokens_(options_.rebirths_per_second) {}

std::vector<Fact> HostApplication::take_facts() {
  return std::exchange(facts_, {});
}
std::vector<OutgoingMessage> HostApplication::take_messages() {
  return std::exchange(messages_, {});
}

// --- our own session --------------------------------------------------------------------------------

HostApplication::ConnectPlan HostApplication::plan_connect(Now now) {
  const std::string topic = to_string(Topic{MessageType::state, {}, options_.host_id, {}});
  state_ = HostState{true, wire_time(now.wall)};
  ConnectPlan plan;
  plan.client_id = "xalink-host-" + options_.host_id;
  plan.will = OutgoingMessage{topic, encode_state(HostState{false, state_.timestamp}), 1, true};
  plan.birth = OutgoingMessage{topic, encode_state(state_), 1, true};
  plan.filters.push_back(topic);
  if (options_.groups.empty()) plan.filters.emplace_back("spBv1.0/#");
  for (const auto& group : options_.groups) plan.filters.push_back("spBv1.0/" + group + "/#");
  return plan;
}

OutgoingMessage HostApplication::goodbye(Now now) {
  connected_ = false;  // our own offline STATE coming back must not be answered
  const std::string topic = to_string(Topic{MessageType::state, {}, options_.host_id, {}});
  return OutgoingMessage{topic, encode_state(HostState{false, wire_time(now.wall)}), 1, true};
}

void HostApplication::connected(Now now) {
  connected_ = true;
  tokens_at_ = now.steady;
}

void HostApplication::lost(Now now) {
  connected_ = false;
  for (auto& [id, node] : nodes_) {
    if (!node.online) continue;
    unborn(id, node);
    node.online = false;
    facts_.emplace_back(fact::NodeDied{id, now.wall, "the gateway lost its connection to the broker"});
  }
  rebirths_wanted_.clear();
}

void HostApplication::take_state(const Topic& topic, const IncomingMessage& message, Now now) {
  if (topic.node != options_.host_id || !connected_) return;
  const auto state = decode_state(message.payload);
  if (!state) set_aside(message, state.error().to_string(), now);
  // tck-id-message-flow-hid-sparkplug-state-message-delivered: somebody (a late will of our former
  // connection, or a second gateway) says we are offline; say again that we are not. Nonsense, retained,
  // would keep every board that connects waiting just the same.
  if (!state || !state->online) {
    messages_.push_back(OutgoingMessage{message.topic, encode_state(state_), 1, true});
  }
}

// --- messages ---------------------------------------------------------------------------------------

void HostApplication::set_aside(const IncomingMessage& message, std::string reason, Now now) {
  ++counters_.set_aside;
  facts_.emplace_back(fact::SetAside{message.topic.substr(0, kLongestTopic),
                                     message.payload.substr(0, kMostKeptOfOne), printable(std::move(reason)),
                                     now.wall, std::max(message.cut_from, message.payload.size())});
}

void HostApplication::arrived(IncomingMessage message, Now now) {
  ++counters_.messages;
  if (message.topic.size() > kLongestTopic) {
    set_aside(message, "the topic is longer than " + std::to_string(kLongestTopic) + " bytes", now);
    return;
  }
  const auto topic = parse_topic(message.topic);
  if (!topic) {
    set_aside(message, topic.error().what, now);
    return;
  }
  if (topic->type == MessageType::state) {
    take_state(*topic, message, now);
    return;
  }
  // Commands are what hosts send; our own come back through the wildcard.
  if (topic->type == MessageType::ncmd || topic->type == MessageType::dcmd) return;
  const auto& groups = options_.groups;
  if (!groups.empty() && std::find(groups.begin(), groups.end(), topic->group) == groups.end()) return;
  if (message.retained) {
    // tck-id-payloads-*-retain: it is of some earlier day, and to believe it would bring the dead back.
    set_aside(message, std::string(to_string(topic->type)) + " was retained, which Sparkplug forbids", now);
    return;
  }
  if (message.cut_from > 0) {
    set_aside(message,
              "payload of " + std::to_string(message.cut_from) + " bytes is larger than " +
                  std::to_string(options_.limits.bytes),
              now);
    return;
  }
  auto payload = decode(message.payload, options_.limits);
  if (!payload) {
    set_aside(message, payload.error().to_string(), now);
    return;
  }
  const NodeId id{topic->group, topic->node};
  switch (topic->type) {
    case MessageType::nbirth: take_nbirth(id, message, std::move(*payload), now); break;
    case MessageType::ndeath: take_ndeath(id, message, *payload, now); break;
    default: take_in_sequence(id, *topic, std::move(message), std::move(*payload), now);
  }
}

void HostApplication::unborn(const NodeId& id, Node& node) {
  node.born = false;
  node.held.clear();
  node.held_bytes = 0;
  node.reorder_until.reset();
  reordering_.erase(id);
  node.resends = {};  // the next birth says anew what the node believes
  resending_.erase(id);
}

HostApplication::Node* HostApplication::remember(const NodeId& id) {
  const auto known = nodes_.find(id);
  if (known != nodes_.end()) return &known->second;
  return nodes_.size() < options_.max_nodes ? &nodes_[id] : nullptr;
}

bool HostApplication::knows(const NodeId& id) const {
  const auto found = nodes_.find(id);
  return found != nodes_.end() && found->second.known;
}

void HostApplication::take_nbirth(const NodeId& id, const IncomingMessage& message, Payload payload,
                                  Now now) {
  const auto bdseq = bdseq_of(payload);
  if (!bdseq) {
    set_aside(message, "NBIRTH has no bdSeq between 0 and 255", now);
    return;
  }
  if (!payload.seq || *payload.seq > 255) {
    set_aside(message, "NBIRTH has no seq between 0 and 255", now);
    return;
  }
  for (const auto& metric : payload.metrics) {
    if (metric.name.empty()) {
      set_aside(message, "NBIRTH has a metric without a name", now);
      return;
    }
  }
  if (auto read = interpret_births(payload); !read) {
    set_aside(message, read.error().to_string(), now);
    return;
  }
  auto* remembered = remember(id);
  if (remembered == nullptr) {
    set_aside(message, "too many nodes are known already", now);
    return;
  }
  auto& node = *remembered;
  if (auto fine = check_birth(node, {}, payload); !fine) {
    set_aside(message, fine.error().to_string(), now);
    return;
  }
  fact::NodeBorn born;
  born.rebirth = node.online && node.bdseq == *bdseq;
  const auto last_request = node.last_rebirth_request;
  auto names = std::move(node.names);
  unborn(id, node);
  node = Node{};
  node.names = std::move(names);
  node.last_rebirth_request = last_request;
  rebirths_wanted_.erase(id);
  node.born = true;
  node.known = true;
  node.online = true;
  node.bdseq = *bdseq;
  node.expected_seq = static_cast<std::uint8_t>(*payload.seq + 1);
  for (const auto& metric : payload.metrics) declare(node, {}, metric);
  if (auto epoch = value_of<std::string>(payload, metric::kEpoch)) {
    node.delivers = true;
    node.epoch = std::move(*epoch);
    for (const Lane lane : kLanes) {
      node.claimed[index(lane)] = value_of<std::uint64_t>(payload, metric::delivery_lane(lane));
      born.depth[index(lane)] = value_of<std::uint64_t>(payload, metric::depth(lane)).value_or(0);
    }
    born.oldest = value_of<std::uint64_t>(payload, metric::kOldest);
    if (const auto text = value_of<std::string>(payload, metric::kContinues)) {
      // Unreadable: the board's rows come again under the new epoch, rather than not at all.
      if (auto continues = decode_predecessors(*text)) born.continues = std::move(*continues);
    }
  }
  read_clock(node, payload.metrics);
  answer_clock_question(id, payload.metrics, now);
  born.node = id;
  born.at = now.wall;
  born.bdseq = *bdseq;
  born.epoch = node.epoch;
  born.clock = node.clock;
  born.claimed = node.claimed;
  facts_.emplace_back(std::move(born));
  auto values = values_of(id, {}, payload, now);
  values.birth = true;
  values.plain = !node.delivers;
  facts_.emplace_back(std::move(values));
}

void HostApplication::take_ndeath(const NodeId& id, const IncomingMessage& message, const Payload& payload,
                                  Now now) {
  const auto bdseq = bdseq_of(payload);
  if (!bdseq) {
    set_aside(message, "NDEATH has no bdSeq between 0 and 255", now);
    return;
  }
  const auto found = nodes_.find(id);
  // A will of an earlier session may come after the birth of the next one.
  if (found == nodes_.end() || !found->second.online || found->second.bdseq != *bdseq) {
    ++counters_.stale;
    return;
  }
  unborn(id, found->second);
  found->second.online = false;
  facts_.emplace_back(fact::NodeDied{id, now.wall, "death certificate"});
}

void HostApplication::take_in_sequence(const NodeId& id, const Topic& topic, IncomingMessage message,
                                       Payload payload, Now now) {
  if (!payload.seq || *payload.seq > 255) {
    set_aside(message, std::string(to_string(topic.type)) + " has no seq between 0 and 255", now);
    return;
  }
  auto* remembered = remember(id);
  if (remembered == nullptr) {
    set_aside(message, "too many nodes are known already", now);
    return;
  }
  auto& node = *remembered;
  if (!node.born) {
    set_aside(message, "no birth of this node is in force; a rebirth is requested", now);
    request_rebirth(id, node, now);
    return;
  }
  const auto seq = static_cast<std::uint8_t>(*payload.seq);
  if (seq == node.expected_seq) {
    take_next(id, node, topic, message, std::move(payload), now);
    release_held(id, node, now);
    return;
  }
  const auto behind = static_cast<std::uint8_t>(node.expected_seq - seq);
  if (behind <= kRepeatedWithin || node.held.contains(seq)) {
    ++counters_.stale;
    return;
  }
  if (!node.reorder_until) {
    ++counters_.sequence_gaps;
    node.reorder_until = now.steady + options_.reorder_timeout;
    reordering_.insert(id);
  }
  node.held_bytes += message.payload.size();
  node.held.emplace(seq, std::move(message));
  if (node.held.size() >= kMostHeld || node.held_bytes > options_.max_held_bytes) {
    node.reorder_until = now.steady;
  }
  tick(now);
}

void HostApplication::take_next(const NodeId& id, Node& node, const Topic& topic,
                                const IncomingMessage& message, Payload payload, Now now) {
  ++node.expected_seq;
  switch (topic.type) {
    case MessageType::dbirth: {
      if (auto read = interpret_births(payload); !read) {
        set_aside(message, read.error().to_string(), now);
        request_rebirth(id, node, now);
        return;
      }
      if (auto fine = check_birth(node, topic.device, payload); !fine) {
        set_aside(message, fine.error().to_string(), now);
        return;
      }
      take_dbirth(id, node, topic, std::move(payload), now);
      return;
    }
    case MessageType::ddeath:
      node.devices.erase(topic.device);
      facts_.emplace_back(fact::DeviceDied{id, topic.device, now.wall});
      return;
    default: take_data(id, node, topic, message, std::move(payload), now);
  }
}

void HostApplication::release_held(const NodeId& id, Node& node, Now now) {
  while (node.born) {
    const auto next = node.held.find(node.expected_seq);
    if (next == node.held.end()) break;
    const IncomingMessage message = std::move(next->second);
    node.held.erase(next);
    node.held_bytes -= message.payload.size();
    const auto topic = parse_topic(message.topic);
    auto payload = decode(message.payload, options_.limits);
    if (topic && payload) take_next(id, node, *topic, message, std::move(*payload), now);
  }
  if (!node.held.empty()) return;
  node.reorder_until.reset();
  reordering_.erase(id);
}

void HostApplication::declare(Node& node, const std::string& device, const Metric& metric) {
  if (metric.alias) node.aliases[*metric.alias] = MetricType{device, metric.name, metric.type};
  node.types[{device, metric.name}] = metric.type;
}

void HostApplication::take_dbirth(const NodeId& id, Node& node, const Topic& topic, Payload payload,
                                  Now now) {
  for (const auto& metric : payload.metrics) declare(node, topic.device, metric);
  node.devices.insert(topic.device);
  facts_.emplace_back(fact::DeviceBorn{id, topic.device, now.wall});
  auto values = values_of(id, topic.device, payload, now);
  values.birth = true;
  values.plain = !node.delivers;
  if (!values.entries.empty()) facts_.emplace_back(std::move(values));
}

Result<void> HostApplication::resolve(const Node& node, const std::string& device, Payload& payload) const {
  for (auto& metric : payload.metrics) {
    if (metric.alias) {
      const auto known = node.aliases.find(*metric.alias);
      if (known == node.aliases.end() || known->second.device != device) {
        return failure("", "alias " + std::to_string(*metric.alias) +
                               " was not declared by a birth of this " +
                               (device.empty() ? "node" : "device"));
      }
      metric.name = known->second.name;
      metric.type = known->second.type;
    } else {
      const auto known = node.types.find({device, metric.name});
      if (known == node.types.end()) {
        return failure("", "metric \"" + metric.name + "\" was not declared by a birth");
      }
      metric.type = known->second;
    }
    auto value = interpret(std::move(metric.value), metric.type);
    if (!value) return failure(metric.name, value.error().what);
    metric.value = std::move(*value);
  }
  return {};
}

void HostApplication::take_data(const NodeId& id, Node& node, const Topic& topic,
                                const IncomingMessage& message, Payload payload, Now now) {
  if (!topic.device.empty() && !node.devices.contains(topic.device)) {
    set_aside(message, "device \"" + topic.device + "\" has no birth; a rebirth is requested", now);
    request_rebirth(id, node, now);
    return;
  }
  if (auto resolved = resolve(node, topic.device, payload); !resolved) {
    set_aside(message, resolved.error().to_string() + "; a rebirth is requested", now);
    request_rebirth(id, node, now);
    return;
  }
  if (topic.device.empty()) {
    read_clock(node, payload.metrics);
    answer_clock_question(id, payload.metrics, now);
  }
  auto values = values_of(id, topic.device, payload, now);
  values.plain = !node.delivers;
  if (node.delivers && !topic.device.empty()) {
    auto batch = decode_delivery(topic.device, node.epoch, payload.metrics, node.clock);
    if (!batch) {
      // Its rows stay unacknowledged, so the node sends them again; nothing is lost by not reading them.
      set_aside(message, batch.error().to_string(), now);
      return;
    }
    if (auto fine = *batch ? check_names(node, **batch) : Result<void>{}; !fine) {
      set_aside(message, fine.error().to_string(), now);
      return;
    }
    if (*batch) {
      counters_.records += (*batch)->items.size();
      facts_.emplace_back(fact::Arrived{id, now.wall, std::move(**batch), now.quality});
    }
  }
  if (!values.plain) std::erase_if(values.entries, [](const auto& entry) { return entry.historical; });
  if (!values.entries.empty()) facts_.emplace_back(std::move(values));
}

void HostApplication::read_clock(Node& node, const std::vector<Metric>& metrics) {
  for (const auto& metric : metrics) {
    if (metric.name == metric::kBootId) {
      const auto* text = std::get_if<std::string>(&metric.value);
      if (text != nullptr && text->size() <= kLongestId) node.clock.boot_id = *text;
    } else if (metric.name == metric::kClockQuality) {
      const auto* quality = std::get_if<std::uint64_t>(&metric.value);
      if (quality != nullptr && *quality <= static_cast<std::uint64_t>(ClockQuality::synchronised)) {
        node.clock.quality = static_cast<ClockQuality>(*quality);
      }
    } else if (metric.name == metric::kBootOffset) {
      const auto* ms = std::get_if<std::int64_t>(&metric.value);
      if (ms != nullptr && *ms >= -kFarthestOffset && *ms <= kFarthestOffset) {
        node.clock.boot_offset = Milliseconds(*ms);
      }
    }
  }
}

fact::Values HostApplication::values_of(const NodeId& id, const std::string& device, const Payload& payload,
                                        Now now) const {
  fact::Values values;
  values.node = id;
  values.device = device;
  values.at = now.wall;
  const std::uint64_t timestamp = payload.timestamp.value_or(wire_time(now.wall));
  for (const auto& metric : payload.metrics) {
    if (is_delivery_metric(metric.name)) continue;
    fact::Values::Entry entry;
    const bool scalar = std::visit(
        [&](const auto& value) {
          if constexpr (std::is_constructible_v<Value, decltype(value)>) {
            entry.value = value;
            return true;
          }
          return false;
        },
        metric.value);
    if (!scalar || metric.type == DataType::data_set) continue;
    entry.name = metric.name;
    entry.type = metric.type;
    entry.timestamp = metric.timestamp.value_or(timestamp);
    entry.historical = metric.historical;
    for (const auto& property : metric.properties) {
      const auto* unit = property.key == "engUnit" ? std::get_if<std::string>(&property.value) : nullptr;
      if (unit != nullptr) entry.unit = *unit;
    }
    values.entries.push_back(std::move(entry));
  }
  return values;
}

}  // namespace xalink
