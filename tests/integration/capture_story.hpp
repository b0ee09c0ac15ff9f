#pragma once
// A capture as Sparkplug sees it: sessions of edge nodes and of host applications, step by step.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sparkplug/payload.hpp"
#include "sparkplug/topic.hpp"
#include "sparkplug_b.pb.h"
#include "tests/fakes/recording_proxy.hpp"

namespace xalink::test {

/// A message with what can be read of it. The raw protobuf, not our codec: conformance is about what is on
/// the wire.
struct Reading {
  packet::Message message;
  std::optional<Topic> topic;
  std::shared_ptr<wire::Payload> payload;  ///< null when it is none
  std::optional<HostState> state;          ///< of a STATE topic

  [[nodiscard]] bool is(MessageType type) const { return topic && topic->type == type; }
  [[nodiscard]] const wire::Metric* metric(const std::string& name) const;
};

struct Step {
  struct Subscribed {
    packet::Subscribe::Filter filter;
  };
  struct Sent {
    Reading reading;
  };
  struct Received {
    Reading reading;
  };
  struct SaidGoodbye {
    int reason = 0;
  };
  struct Ended {
    bool with_will = false;
  };

  WallTime at{};
  std::variant<Subscribed, Sent, Received, SaidGoodbye, Ended> what;

  [[nodiscard]] const Reading* sent() const {
    const auto* step = std::get_if<Sent>(&what);
    return step == nullptr ? nullptr : &step->reading;
  }
  [[nodiscard]] const Reading* sent(MessageType type) const {
    const auto* reading = sent();
    return reading != nullptr && reading->is(type) ? reading : nullptr;
  }
  [[nodiscard]] const Reading* received(MessageType type) const {
    const auto* step = std::get_if<Received>(&what);
    return step != nullptr && step->reading.is(type) ? &step->reading : nullptr;
  }
};

/// From CONNECT to the end of the connection.
struct WireSession {
  WallTime at{};
  packet::Connect connect;
  std::optional<Reading> will;
  std::vector<Step> steps;
};

struct CaptureStory {
  std::vector<WireSession> nodes;  ///< sessions whose will is an NDEATH
  std::vector<WireSession> hosts;  ///< sessions whose will is a STATE
};

/// `node`: only sessions of this edge node id; empty: all.
[[nodiscard]] CaptureStory tell(const std::vector<Captured>& captured, const std::string& node = {});

[[nodiscard]] Reading read(const packet::Message& message);
/// bdSeq of a will or a birth; empty when there is none of type Int64.
[[nodiscard]] std::optional<std::uint64_t> bdseq_of(const Reading& reading);

}  // namespace xalink::test
