// What a host application says: requests for rebirth, and acknowledgements after the commit.

#include <algorithm>
#include <iterator>
#include <utility>

#include "sparkplug/host_application.hpp"

namespace xalink {
namespace {

// What follows a hole may be on its way for a round trip; to ask for each of those messages is noise.
constexpr Duration kAskAgainAtAHole = std::chrono::seconds(2);

}  // namespace

// --- rebirths ---------------------------------------------------------------------------------------

void HostApplication::request_rebirth(const NodeId& id, Node& node, Now now) {
  unborn(id, node);
  rebirths_wanted_.insert(id);
  send_rebirths(now);
}

// A whole fleet may need to be born again at once; its links and the broker get it one by one.
void HostApplication::send_rebirths(Now now) {
  const double rate = options_.rebirths_per_second;
  const double seconds = std::chrono::duration<double>(now.steady - tokens_at_).count();
  rebirth_tokens_ = std::min(std::max(1.0, rate), rebirth_tokens_ + std::max(0.0, seconds) * rate);
  tokens_at_ = now.steady;
  for (auto wanted = rebirths_wanted_.begin(); wanted != rebirths_wanted_.end() && rebirth_tokens_ >= 1.0;) {
    auto& node = nodes_[*wanted];
    if (node.last_rebirth_request &&
        now.steady - *node.last_rebirth_request < options_.min_rebirth_interval) {
      ++wanted;
      continue;
    }
    rebirth_tokens_ -= 1.0;
    node.last_rebirth_request = now.steady;
    ++counters_.rebirths_requested;
    Payload payload;
    payload.timestamp = wire_time(now.wall);
    Metric metric;
    metric.name = metric::kRebirth;
    metric.type = DataType::boolean;
    metric.timestamp = payload.timestamp;
    metric.value = true;
    payload.metrics.push_back(std::move(metric));
    messages_.push_back(OutgoingMessage{to_string(Topic{MessageType::ncmd, wanted->group, wanted->node, {}}),
                                        encode(payload), 0, false});
    // Asked again only if the node shows, by sending more, that it did not hear.
    wanted = rebirths_wanted_.erase(wanted);
  }
}

// --- acknowledgements -------------------------------------------------------------------------------

namespace {

/// Commands to nodes, one message for each.
class Commands {
 public:
  explicit Commands(WallTime at) : timestamp_(wire_time(at)) {}

  void acknowledge(const NodeId& node, const std::string& epoch, Lane lane, RowId mark) {
    add(node, epoch, metric::acknowledge_lane(lane), mark);
  }
  void resend(const NodeId& node, const std::string& epoch, Lane lane, RowId first) {
    add(node, epoch, metric::resend_from(lane), first);
  }
  [[nodiscard]] std::vector<OutgoingMessage> take() && {
    std::vector<OutgoingMessage> messages;
    for (const auto& [id, payload] : payloads_) {
      messages.push_back(OutgoingMessage{to_string(Topic{MessageType::ncmd, id.group, id.node, {}}),
                                         encode(payload), 0, false});
    }
    return messages;
  }

 private:
  void add(const NodeId& node, const std::string& epoch, std::string name, RowId row) {
    auto& payload = payloads_[node];
    if (payload.metrics.empty()) {
      payload.timestamp = timestamp_;
      add(payload, std::string(metric::kAcknowledgeEpoch), DataType::string, epoch);
    }
    add(payload, std::move(name), DataType::uint64, std::uint64_t{row});
  }
  // Without a time of its own (payloads-name-cmd-requirement: it MAY have one): it would be the message's,
  // and these are more messages than any others that come down.
  static void add(Payload& payload, std::string name, DataType type, MetricValue value) {
    Metric metric;
    metric.name = std::move(name);
    metric.type = type;
    metric.value = std::move(value);
    payload.metrics.push_back(std::move(metric));
  }

  std::uint64_t timestamp_;
  std::map<NodeId, Payload> payloads_;
};

}  // namespace

void HostApplication::committed(const std::vector<LaneMark>& marks, Now now) {
  Commands commands(now.wall);
  for (const auto& mark : marks) {
    const auto found = nodes_.find(mark.node);
    if (found == nodes_.end() || !found->second.born || found->second.epoch != mark.epoch) continue;
    auto& hole_since = found->second.hole_since[index(mark.lane)];
    if (!mark.hole) {
      hole_since.reset();
    } else if (!hole_since) {
      hole_since = now.steady;
    } else if (now.steady - *hole_since >= options_.hole_timeout) {
      request_rebirth(mark.node, found->second, now);
      continue;
    }
    commands.acknowledge(mark.node, mark.epoch, mark.lane, mark.mark);
    if (wants_resend(mark.node, found->second, mark, now)) {
      commands.resend(mark.node, mark.epoch, mark.lane, mark.mark + 1);
    }
  }
  auto messages = std::move(commands).take();
  std::move(messages.begin(), messages.end(), std::back_inserter(messages_));
}

// After a restore from a backup the node believes that more is safe than we hold.
bool HostApplication::wants_resend(const NodeId& id, Node& node, const LaneMark& mark, Now now) {
  auto& claimed = node.claimed[index(mark.lane)];
  auto& resend = node.resends[index(mark.lane)];
  if (!claimed || *claimed <= mark.mark) {
    claimed.reset();
    resend.reset();
    const bool ended = std::none_of(node.resends.begin(), node.resends.end(),
                                    [](const auto& other) { return other.has_value(); });
    if (ended) resending_.erase(id);
    return false;
  }
  if (resend && mark.mark > resend->mark) {
    *resend = Node::Resend{mark.mark, now.steady};
    return false;
  }
  // A hole shows at once that the node goes on elsewhere; every message behind it says so again.
  if (resend && (!mark.hole || now.steady - resend->asked < kAskAgainAtAHole)) return false;
  resend = Node::Resend{mark.mark, now.steady};
  resending_.insert(id);
  return true;
}

void HostApplication::ask_again(Now now) {
  Commands commands(now.wall);
  for (const auto& id : resending_) {
    auto& node = nodes_.at(id);
    for (const Lane lane : kLanes) {
      auto& resend = node.resends[index(lane)];
      if (!resend || now.steady - resend->asked < options_.ask_again_after) continue;
      resend->asked = now.steady;
      commands.resend(id, node.epoch, lane, resend->mark + 1);
    }
  }
  auto messages = std::move(commands).take();
  std::move(messages.begin(), messages.end(), std::back_inserter(messages_));
}

// --- the time ---------------------------------------------------------------------------------------

void HostApplication::answer_clock_question(const NodeId& id, const std::vector<Metric>& metrics, Now now) {
  if (now.quality != ClockQuality::synchronised) return;
  for (const auto& metric : metrics) {
    const auto* question = std::get_if<std::uint64_t>(&metric.value);
    if (metric.name != metric::kClockQuestion || question == nullptr) continue;
    Payload payload;
    payload.timestamp = wire_time(now.wall);
    Metric answer;
    answer.name = metric::kClockAnswer;
    answer.type = DataType::uint64;
    answer.timestamp = payload.timestamp;
    answer.value = *question;
    payload.metrics.push_back(std::move(answer));
    messages_.push_back(OutgoingMessage{to_string(Topic{MessageType::ncmd, id.group, id.node, {}}),
                                        encode(payload), 0, false});
    return;
  }
}

// --- time -------------------------------------------------------------------------------------------

void HostApplication::tick(Now now) {
  const auto waiting = reordering_;  // a rebirth request takes its node out
  for (const auto& id : waiting) {
    auto& node = nodes_.at(id);
    if (now.steady >= *node.reorder_until) request_rebirth(id, node, now);
  }
  if (connected_) ask_again(now);
  send_rebirths(now);
}

std::optional<SteadyTime> HostApplication::wake_at() const {
  std::optional<SteadyTime> earliest;
  const auto consider = [&](SteadyTime when) {
    if (!earliest || when < *earliest) earliest = when;
  };
  for (const auto& id : reordering_) consider(*nodes_.at(id).reorder_until);
  for (const auto& id : resending_) {
    for (const auto& resend : nodes_.at(id).resends) {
      if (resend && connected_) consider(resend->asked + options_.ask_again_after);
    }
  }
  for (const auto& id : rebirths_wanted_) {
    const auto& node = nodes_.at(id);
    auto when = tokens_at_ + std::chrono::milliseconds(200);
    if (node.last_rebirth_request)
      when = std::max(when, *node.last_rebirth_request + options_.min_rebirth_interval);
    consider(when);
  }
  return earliest;
}

}  // namespace xalink
