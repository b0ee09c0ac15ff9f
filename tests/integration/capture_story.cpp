#include "tests/integration/capture_story.hpp"

#include <map>

namespace xalink::test {

const wire::Metric* Reading::metric(const std::string& name) const {
  if (!payload) return nullptr;
  for (const auto& metric : payload->metrics()) {
    if (metric.name() == name) return &metric;
  }
  return nullptr;
}

Reading read(const packet::Message& message) {
  Reading reading;
  reading.message = message;
  if (const auto topic = parse_topic(message.topic)) reading.topic = *topic;
  if (reading.is(MessageType::state)) {
    if (const auto state = decode_state(message.payload)) reading.state = *state;
    return reading;
  }
  auto payload = std::make_shared<wire::Payload>();
  if (payload->ParseFromString(message.payload)) reading.payload = std::move(payload);
  return reading;
}

std::optional<std::uint64_t> bdseq_of(const Reading& reading) {
  const auto* metric = reading.metric("bdSeq");
  if (metric == nullptr || metric->datatype() != static_cast<std::uint32_t>(DataType::int64)) return {};
  return metric->has_long_value() ? std::optional<std::uint64_t>(metric->long_value()) : std::nullopt;
}

CaptureStory tell(const std::vector<Captured>& captured, const std::string& node) {
  std::map<std::size_t, WireSession> sessions;
  std::vector<std::size_t> order;
  for (const auto& entry : captured) {
    if (const auto* connect = entry.as<packet::Connect>()) {
      WireSession session;
      session.at = entry.at;
      session.connect = *connect;
      if (connect->will) session.will = read(*connect->will);
      sessions.emplace(entry.connection, std::move(session));
      order.push_back(entry.connection);
      continue;
    }
    const auto found = sessions.find(entry.connection);
    if (found == sessions.end()) continue;
    auto& steps = found->second.steps;
    if (const auto* subscribe = entry.as<packet::Subscribe>()) {
      for (const auto& filter : subscribe->filters) steps.push_back({entry.at, Step::Subscribed{filter}});
    } else if (const auto* publish = entry.as<packet::Publish>()) {
      if (entry.direction == Direction::to_broker) {
        steps.push_back({entry.at, Step::Sent{read(publish->message)}});
      } else {
        steps.push_back({entry.at, Step::Received{read(publish->message)}});
      }
    } else if (const auto* goodbye = entry.as<packet::Disconnect>()) {
      if (entry.direction == Direction::to_broker) {
        steps.push_back({entry.at, Step::SaidGoodbye{goodbye->reason}});
      }
    } else if (entry.closed() != nullptr) {
      steps.push_back({entry.at, Step::Ended{entry.closed()->will.has_value()}});
    }
  }
  CaptureStory story;
  for (const auto number : order) {
    auto& session = sessions.at(number);
    if (!session.will || !session.will->topic) continue;
    if (session.will->is(MessageType::state))
      story.hosts.push_back(std::move(session));
    else if (node.empty() || session.will->topic->node == node)
      story.nodes.push_back(std::move(session));
  }
  return story;
}

}  // namespace xalink::test
