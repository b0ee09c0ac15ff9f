#include "tests/faults/links/listener.hpp"

#include <variant>

#include "sparkplug/delivery.hpp"
#include "sparkplug/topic.hpp"

namespace xalink::test {
namespace {

std::chrono::milliseconds now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(AsioClock().wall().time_since_epoch());
}

}  // namespace

Listener::Listener(const Mosquitto& broker) : client_(broker, "listener", {"spBv1.0/#"}) {}

void Listener::listen() {
  for (const auto& message : client_.heard_so_far()) take(message);
}

void Listener::take(const IncomingMessage& message) {
  const auto topic = parse_topic(message.topic);
  if (!topic) return;
  if (topic->type == MessageType::state) {
    const auto state = decode_state(message.payload);
    gateway_online_ = state && state->online;
    return;
  }
  if (topic->type == MessageType::ncmd || topic->type == MessageType::dcmd) return;
  const auto payload = decode(message.payload);
  if (!payload) return;
  const std::size_t size = message.topic.size() + message.payload.size();
  switch (topic->type) {
    case MessageType::nbirth:
    case MessageType::dbirth:
      bytes_.births += size;
      take_birth(topic->device, *payload);
      return;
    case MessageType::ddata: take_data(topic->device, *payload, size); return;
    default: bytes_.present += size;
  }
}

void Listener::take_birth(const std::string& device, const Payload& payload) {
  for (const auto& metric : payload.metrics) {
    if (device.empty() && metric.name == metric::kBdSeq) {
      const auto* bdseq = std::get_if<std::uint64_t>(&metric.value);
      if (bdseq != nullptr && *bdseq != bdseq_) {
        bdseq_ = *bdseq;
        ++sessions_;
      }
    }
    for (const Lane lane : kLanes) {
      if (metric.alias && metric.name == metric::delivery_lane(lane)) lane_of_[*metric.alias] = lane;
    }
  }
}

void Listener::take_data(const std::string& device, const Payload& payload, std::size_t size) {
  for (const auto& metric : payload.metrics) {
    const auto lane = metric.alias ? lane_of_.find(*metric.alias) : lane_of_.end();
    if (lane == lane_of_.end()) continue;
    const auto* last = std::get_if<std::uint64_t>(&metric.value);
    auto& highest = highest_[index(lane->second)];
    if (last != nullptr && *last > highest) {
      highest = *last;
      bytes_.records += size;
    } else {
      bytes_.repeated += size;
    }
    return;
  }
  bytes_.present += size;
  if (device != kBacklogDevice && !payload.metrics.empty() && payload.metrics.front().timestamp) {
    latencies_.push_back(now_ms() - std::chrono::milliseconds(*payload.metrics.front().timestamp));
  }
}

}  // namespace xalink::test
