// What a host application says: requests for rebirth, and acknowledgements after the commit.

#include <algorithm>
#include <utility>

#include "sparkplug/host_application.hpp"

namespace xalink {

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

void HostApplication::committed(const std::vector<LaneMark>& marks, Now now) {
  std::map<NodeId, Payload> commands;
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
    auto& payload = commands[mark.node];
    const auto add = [&](std::string name, DataType type, MetricValue value) {
      Metric metric;
      metric.name = std::move(name);
      metric.type = type;
      metric.timestamp = wire_time(now.wall);
      metric.value = std::move(value);
      payload.metrics.push_back(std::move(metric));
    };
    if (payload.metrics.empty()) {
      payload.timestamp = wire_time(now.wall);
      add(std::string(metric::kAcknowledgeEpoch), DataType::string, mark.epoch);
    }
    add(metric::acknowledge_lane(mark.lane), DataType::uint64, std::uint64_t{mark.mark});
    // After a restore from a backup the node believes more is safe than we hold. Repeated when a
    // hole shows, because the command may be lost like any other.
    auto& claimed = found->second.claimed[index(mark.lane)];
    auto& asked = found->second.resend_asked[index(mark.lane)];
    if (claimed && *claimed > mark.mark) {
      if (asked && !mark.hole) continue;
      asked = true;
      add(metric::resend_from(mark.lane), DataType::uint64, std::uint64_t{mark.mark + 1});
    } else {
      claimed.reset();
    }
  }
  for (const auto& [id, payload] : commands) {
    messages_.push_back(OutgoingMessage{to_string(Topic{MessageType::ncmd, id.group, id.node, {}}),
                                        encode(payload), 0, false});
  }
}

// --- time -------------------------------------------------------------------------------------------

void HostApplication::tick(Now now) {
  const auto waiting = reordering_;  // a rebirth request takes its node out
  for (const auto& id : waiting) {
    auto& node = nodes_.at(id);
    if (now.steady >= *node.reorder_until) request_rebirth(id, node, now);
  }
  send_rebirths(now);
}

std::optional<SteadyTime> HostApplication::wake_at() const {
  std::optional<SteadyTime> earliest;
  const auto consider = [&](SteadyTime when) {
    if (!earliest || when < *earliest) earliest = when;
  };
  for (const auto& id : reordering_) consider(*nodes_.at(id).reorder_until);
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
