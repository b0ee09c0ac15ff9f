// The session half of an edge node: connecting, deaths, the primary host, commands. Births are in
// edge_node_births.cpp, delivery of records in edge_node_delivery.cpp.

#include "sparkplug/edge_node.hpp"

#include <algorithm>
#include <utility>

namespace xalink {
namespace {

using Level = action::Note::Level;

// By then a free-running clock may be 0.7 s away (kDriftPerMillion).
constexpr Duration kAskAgainAfterAnswer = std::chrono::hours(1);

// Of every signed or unsigned type: hosts that others wrote have their own.
std::optional<std::uint64_t> whole_number(const MetricValue& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::string said(const MetricValue& value) {
  return std::visit(
      [](const auto& inner) -> std::string {
        using T = std::decay_t<decltype(inner)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return "null";
        } else if constexpr (std::is_same_v<T, std::string>) {
          return "\"" + inner + "\"";
        } else if constexpr (std::is_constructible_v<Value, T>) {
          return to_text(Value(inner));
        } else {
          return "a value of many parts";
        }
      },
      value);
}

}  // namespace

std::string to_string(const NodeId& id) {
  return id.group + "/" + id.node;
}

std::string_view to_string(EdgeNodeState state) {
  switch (state) {
    case EdgeNodeState::stopped: return "stopped";
    case EdgeNodeState::waiting_to_connect: return "waiting to connect";
    case EdgeNodeState::connecting: return "connecting";
    case EdgeNodeState::waiting_for_host: return "waiting for the gateway";
    case EdgeNodeState::birth_pending: return "about to announce itself";
    case EdgeNodeState::online: return "online";
  }
  return "stopped";
}

EdgeNode::EdgeNode(EdgeNodeOptions options, std::vector<Schema> schemas, std::string epoch,
                   std::array<LaneDepth, kLaneCount> lanes, std::uint64_t seed)
    : options_(std::move(options)),
      epoch_(std::move(epoch)),
      random_(seed),
      window_bytes_(options_.min_window_bytes),
      timeout_(options_.first_timeout) {
  for (auto& schema : schemas) {
    if (schema.device == kBacklogDevice) continue;  // gaps are declared with the backlog device
    auto& known = devices_[schema.device];
    known.push_back(SchemaState{std::move(schema), std::nullopt, {}});
  }
  for (const Lane which : kLanes) {
    auto& lane = at(which);
    lane.depth = lanes[index(which)];
    lane.next = lane.depth.acknowledged + 1;
    // An earlier process may have sent all that is durable.
    lane.sent_high = lane.depth.last;
  }
}

const LaneDepth& EdgeNode::lane(Lane which) const {
  return lanes_[index(which)].depth;
}

std::vector<EdgeNodeAction> EdgeNode::take_actions() {
  return std::exchange(actions_, {});
}

void EdgeNode::note(Level level, std::string text) {
  perform(action::Note{level, std::move(text)});
}

Topic EdgeNode::topic(MessageType type, std::string device) const {
  return Topic{type, options_.id.group, options_.id.node, std::move(device)};
}

std::uint64_t EdgeNode::alias(std::string_view device, std::string_view name) {
  std::string key(device);
  key.push_back('\0');
  key += name;
  return aliases_.try_emplace(std::move(key), aliases_.size() + 1).first->second;
}

AliasOf EdgeNode::alias_of() {
  return [this](std::string_view device, std::string_view name) { return alias(device, name); };
}

void EdgeNode::publish(MessageType type, std::string device, Payload payload, WriteTypes types,
                       Handed handed) {
  if (type != MessageType::ndeath) payload.seq = seq_++;
  OutgoingMessage message;
  message.topic = to_string(topic(type, std::move(device)));
  message.payload = encode(payload, types);
  queued_bytes_ += message.topic.size() + message.payload.size();
  handed_.push_back(handed);
  perform(action::Publish{std::move(message)});
}

Metric EdgeNode::bdseq_metric(std::uint64_t timestamp) const {
  Metric metric;
  metric.name = metric::kBdSeq;
  metric.type = DataType::int64;
  metric.timestamp = timestamp;
  metric.value = std::int64_t{bdseq_};
  return metric;
}

OutgoingMessage EdgeNode::death(std::optional<WallTime> at_time) const {
  Payload payload;
  const auto timestamp = at_time ? std::optional(wire_time(*at_time)) : std::nullopt;
  payload.timestamp = timestamp;
  payload.metrics.push_back(bdseq_metric(timestamp.value_or(0)));
  if (!timestamp) payload.metrics.back().timestamp.reset();
  OutgoingMessage message;
  message.topic = to_string(topic(MessageType::ndeath));
  message.payload = encode(payload);
  message.qos = 1;
  return message;
}

// --- connecting -------------------------------------------------------------------------------------

void EdgeNode::start(Now now) {
  if (state_ != EdgeNodeState::stopped) return;
  state_ = EdgeNodeState::waiting_to_connect;
  retry_at_ = now.steady;
  // Nobody will say a word about row ids.
  if (in_doubt() && options_.acknowledged_by == AcknowledgedBy::none) {
    outbox_decides_ = true;
    perform(action::TrustRowIds{epoch_});
  }
  tick(now);
}

void EdgeNode::stop(Now now) {
  const bool has_session = state_ == EdgeNodeState::online || state_ == EdgeNodeState::birth_pending ||
                           state_ == EdgeNodeState::waiting_for_host;
  if (state_ == EdgeNodeState::online) {
    handed_.emplace_back();
    perform(action::Publish{death(now.wall)});
  }
  if (has_session || state_ == EdgeNodeState::connecting) perform(action::Close{});
  state_ = EdgeNodeState::stopped;
}

void EdgeNode::wait_to_connect(Now now, Duration longest) {
  state_ = EdgeNodeState::waiting_to_connect;
  subscribed_ = false;
  host_.reset();
  handed_.clear();
  for (auto& lane : lanes_) {
    lane.in_flight.clear();
    lane.probe.reset();
    lane.session_high = 0;
  }
  queued_bytes_ = 0;
  through_bytes_ = 0;
  silences_ = 0;
  // Full jitter: a whole province must not come back in the same second.
  std::uniform_int_distribution<Duration::rep> spread(options_.min_backoff.count(),
                                                      std::max(options_.min_backoff, longest).count());
  retry_at_ = now.steady + Duration(spread(random_));
  // The attempt was made while the way was missing: that it failed is no news.
  if (const auto soon = std::exchange(retry_after_attempt_, std::nullopt)) {
    retry_at_ = std::min(retry_at_, std::max(*soon, now.steady + options_.min_backoff));
  }
}

void EdgeNode::way_is_back(Now now) {
  if (state_ != EdgeNodeState::waiting_to_connect && state_ != EdgeNodeState::connecting) return;
  // Still spread: it may be back for a whole province.
  constexpr Duration kLongest = std::chrono::seconds(15);
  std::uniform_int_distribution<Duration::rep> spread(
      options_.min_backoff.count(),
      std::max(options_.min_backoff, std::min(kLongest, options_.max_backoff)).count());
  const auto soon = now.steady + Duration(spread(random_));
  if (state_ == EdgeNodeState::waiting_to_connect) {
    retry_at_ = std::min(retry_at_, soon);
  } else {
    retry_after_attempt_ = soon;
  }
}

void EdgeNode::lost(const std::string& reason, Now now) {
  if (state_ == EdgeNodeState::stopped || state_ == EdgeNodeState::waiting_to_connect) return;
  if (state_ == EdgeNodeState::online && now.steady - online_since_ >= options_.stable_after) failures_ = 0;
  constexpr unsigned kMostDoublings = 16;
  failures_ = std::min(failures_ + 1, kMostDoublings);
  note(Level::warning, "session ended: " + reason);
  wait_to_connect(now, std::min(options_.max_backoff, options_.min_backoff * (1U << failures_)));
}

void EdgeNode::bdseq_stored(std::uint8_t bdseq, Now now) {
  if (state_ != EdgeNodeState::connecting) return;
  bdseq_ = bdseq;
  perform(action::Connect{"xalink-" + options_.id.group + "-" + options_.id.node, death(now.wall)});
}

void EdgeNode::connected(Now) {
  if (state_ != EdgeNodeState::connecting) return;
  retry_after_attempt_.reset();
  // The host's STATE may arrive before the subscription is confirmed, so listen from here on.
  state_ = EdgeNodeState::waiting_for_host;
  host_.reset();
  std::vector<std::string> filters = {to_string(topic(MessageType::ncmd)),
                                      to_string(topic(MessageType::dcmd, "+"))};
  if (!options_.primary_host.empty()) {
    filters.push_back(to_string(Topic{MessageType::state, {}, options_.primary_host, {}}));
  }
  perform(action::Subscribe{std::move(filters)});
}

void EdgeNode::subscribed(Now now) {
  if (state_ != EdgeNodeState::waiting_for_host) return;
  subscribed_ = true;
  if (options_.primary_host.empty()) {
    births(now);
    return;
  }
  if (host_ && host_->online) {
    consider_host(now);
  } else {
    note(Level::info, "connected; waiting for host application \"" + options_.primary_host + "\"");
  }
}

void EdgeNode::consider_host(Now now) {
  if (state_ != EdgeNodeState::waiting_for_host || !subscribed_ || !host_ || !host_->online) return;
  births(now);
}

void EdgeNode::take_state(const IncomingMessage& message, Now now) {
  const auto state = decode_state(message.payload);
  if (!state) {
    ignore_command(state.error().to_string());
    return;
  }
  // tck-id-message-flow-edge-node-birth-publish-phid-*: an older STATE than the last one says nothing.
  if (host_ && state->timestamp < host_->timestamp) return;
  const bool came_back_while_waiting =
      state_ == EdgeNodeState::waiting_for_host && subscribed_ && state->online;
  host_ = *state;
  if (came_back_while_waiting) {
    state_ = EdgeNodeState::birth_pending;
    std::uniform_int_distribution<Duration::rep> spread(0, options_.max_birth_delay.count());
    birth_at_ = now.steady + Duration(spread(random_));
    tick(now);
  } else if (!state->online && (state_ == EdgeNodeState::online || state_ == EdgeNodeState::birth_pending)) {
    host_went_away(now);
  }
}

// The host left: say goodbye and come back through a new connection (specification 3.0, chapter 5,
// "edge node session termination").
void EdgeNode::host_went_away(Now now) {
  note(Level::warning, "host application \"" + options_.primary_host + "\" went offline");
  if (state_ == EdgeNodeState::online) {
    perform(action::Publish{death(now.wall)});
  }
  perform(action::Close{});
  wait_to_connect(now, options_.min_backoff + options_.max_birth_delay);
}

// --- values and shapes ------------------------------------------------------------------------------

EdgeNode::SchemaState* EdgeNode::find(const Schema& schema) {
  const auto device = devices_.find(schema.device);
  if (device == devices_.end()) return nullptr;
  const auto found =
      std::find_if(device->second.begin(), device->second.end(),
                   [&](const SchemaState& known) { return known.schema.group == schema.group; });
  return found == device->second.end() ? nullptr : &*found;
}

void EdgeNode::restore_current(const Schema& schema, const Record& record) {
  if (auto* known = find(schema); known != nullptr && known->schema == schema) known->current = record;
}

void EdgeNode::add_schema(const Schema& schema, Now now) {
  if (schema.device == kBacklogDevice) return;
  if (auto* known = find(schema)) {
    if (known->schema == schema) return;
    *known = SchemaState{schema, std::nullopt, {}};
  } else {
    devices_[schema.device].push_back(SchemaState{schema, std::nullopt, {}});
  }
  if (state_ == EdgeNodeState::online) births(now);
}

// --- commands ---------------------------------------------------------------------------------------

void EdgeNode::arrived(const IncomingMessage& message, Now now) {
  const auto parsed = parse_topic(message.topic);
  if (!parsed) {
    ignore_command(parsed.error().to_string());
    return;
  }
  if (parsed->type == MessageType::state) {
    if (parsed->node == options_.primary_host) take_state(message, now);
    return;
  }
  take_command(*parsed, message, now);
}

void EdgeNode::ignore_command(const std::string& why) {
  ++ignored_commands_;
  note(Level::warning, "ignored a command: " + why);
}

void EdgeNode::take_command(const Topic& to, const IncomingMessage& message, Now now) {
  const bool ours = to.group == options_.id.group && to.node == options_.id.node;
  if (!ours || (to.type != MessageType::ncmd && to.type != MessageType::dcmd)) {
    ignore_command(message.topic + " is not for this node or not a command");
    return;
  }
  if (message.retained) {
    ignore_command("it was retained by the broker, so it may be long out of date");
    return;
  }
  if (state_ != EdgeNodeState::online) return;
  const auto payload = decode(message.payload);
  if (!payload) {
    ignore_command(payload.error().to_string());
    return;
  }
  if (to.type == MessageType::dcmd) {
    take_device_command(to, *payload);
    return;
  }
  std::optional<std::string> epoch;
  bool rebirth = false;
  std::vector<LaneMark> marks;
  std::vector<LaneMark> resends;
  for (const auto& metric : payload->metrics) {
    const auto* number = std::get_if<std::uint64_t>(&metric.value);
    bool known = false;
    if (metric.name == metric::kRebirth) {
      const auto* flag = std::get_if<bool>(&metric.value);
      rebirth = rebirth || (flag != nullptr && *flag);
      known = flag != nullptr;
    } else if (metric.name == metric::kAcknowledgeEpoch) {
      const auto* text = std::get_if<std::string>(&metric.value);
      if (text != nullptr) epoch = *text;
      known = text != nullptr;
    }
    if (metric.name == metric::kClockAnswer && number != nullptr) {
      take_clock_answer(*number, *payload, now);
      known = true;
    }
    for (const Lane which : kLanes) {
      if (number == nullptr) break;
      if (metric.name == metric::acknowledge_lane(which)) {
        marks.push_back({which, *number});
        known = true;
      } else if (metric.name == metric::resend_from(which)) {
        resends.push_back({which, *number});
        known = true;
      }
    }
    if (!known)
      ignore_command("\"" + metric.name +
                     "\" is not a command of this node, or its value has the wrong type");
  }
  if (!marks.empty() || !resends.empty()) {
    if (epoch != epoch_) {
      ignore_command("it acknowledges epoch " + epoch.value_or("(none)") + ", this outbox is " + epoch_);
    } else {
      epoch_unheard_ = epoch_unheard_ && marks.empty();
      for (const auto& command : resends) resend_from(command.lane, command.row);
      take_marks(marks, now);
      // A lane in doubt whose mark is still to come is asked for again.
      const bool answered = !marks.empty() && (!in_doubt() || outbox_decides_);
      if (answered && marks_awaited_until_) {
        marks_awaited_until_.reset();
        unanswered_births_ = 0;
        through_bytes_ = std::max(through_bytes_, birth_position_);
      }
    }
  }
  if (rebirth) {
    births(now);
  } else {
    refresh_node_metrics(now);
    pump(now);
  }
}

void EdgeNode::take_device_command(const Topic& to, const Payload& payload) {
  const auto settings = settings_.find(to.device);
  for (const auto& metric : payload.metrics) {
    // A number below zero stands on the wire as a large one.
    const auto typed = interpret(metric.value, metric.type);
    const MetricValue& value = typed ? *typed : metric.value;
    const auto number = whole_number(value);
    const bool is_one = settings != settings_.end() && settings->second.contains(metric.name);
    if (!is_one || !number) ++ignored_commands_;
    perform(action::SettingAsked{to.device, metric.name, number, said(value)});
  }
}

// Only an answer to the question of this session that still waits for one: then its time lies between the
// two, whatever the link and the broker did to either message.
void EdgeNode::take_clock_answer(std::uint64_t question, const Payload& payload, Now now) {
  const bool waits = question_ && static_cast<std::uint64_t>(question_->count()) == question;
  if (options_.acknowledged_by != AcknowledgedBy::gateway || !waits || *question_ > now.boot) return;
  // Later than any clock that is to be believed, and sums with it would overflow.
  constexpr std::uint64_t kLastTime = 253'402'300'799'999;  // end of the year 9999
  if (!payload.timestamp || *payload.timestamp > kLastTime) {
    ignore_command("it tells the time and has no timestamp that makes sense");
    return;
  }
  const WallTime gateway{Milliseconds(static_cast<std::int64_t>(*payload.timestamp))};
  perform(action::ClockAnswer{*question_, now.boot, gateway});
  question_.reset();
  ask_again_at_ = now.steady + kAskAgainAfterAnswer;
}

// --- time -------------------------------------------------------------------------------------------

void EdgeNode::tick(Now now) {
  switch (state_) {
    case EdgeNodeState::waiting_to_connect:
      if (now.steady < retry_at_) return;
      state_ = EdgeNodeState::connecting;
      perform(action::StoreBdSeq{});
      return;
    case EdgeNodeState::birth_pending:
      if (now.steady >= birth_at_) births(now);
      return;
    case EdgeNodeState::online:
      refresh_node_metrics(now);
      if (marks_awaited_until_ && now.steady >= *marks_awaited_until_) {
        if (rows_wait()) {
          note(Level::info, "no answer to the birth: announcing again before records are sent");
          births(now);
          return;
        }
        note(Level::warning, "no answer to the birth: is the gateway there? Sending on");
        marks_awaited_until_.reset();
      }
      check_timeout(now);
      pump(now);
      return;
    default: return;
  }
}

std::optional<SteadyTime> EdgeNode::wake_at() const {
  switch (state_) {
    case EdgeNodeState::waiting_to_connect: return retry_at_;
    case EdgeNodeState::birth_pending: return birth_at_;
    case EdgeNodeState::online: {
      auto when = node_metrics_at_;
      if (marks_awaited_until_) when = std::min(when, *marks_awaited_until_);
      if (const auto timeout = timeout_at()) when = std::min(when, *timeout);
      for (const auto& lane : lanes_) {
        if (lane.gathered_until) when = std::min(when, *lane.gathered_until);
      }
      if (backlog_waits_until_) when = std::min(when, *backlog_waits_until_);
      return when;
    }
    default: return std::nullopt;
  }
}

}  // namespace xalink
