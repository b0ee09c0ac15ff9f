#pragma once
// What a board says, message by message, as the codec writes it.

#include <cstdint>
#include <string>
#include <utility>

#include "sparkplug/delivery.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/topic.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {

class BoardVoice {
 public:
  explicit BoardVoice(NodeId id, std::string epoch = kEpochA)
      : id_(std::move(id)), epoch_(std::move(epoch)) {}

  /// NBIRTH of a new session.
  IncomingMessage nbirth(std::uint8_t bdseq) {
    bdseq_ = bdseq;
    seq_ = 0;
    Payload payload;
    add(payload, metric::kBdSeq, DataType::int64, std::int64_t{bdseq});
    add(payload, metric::kEpoch, DataType::string, epoch_);
    add(payload, metric::kBootId, DataType::string, std::string("boot-one"));
    add(payload, metric::kClockQuality, DataType::uint8, std::uint64_t{2});
    add(payload, metric::kBootOffset, DataType::int64, std::int64_t{kNoon});
    return message(MessageType::nbirth, {}, std::move(payload), WriteTypes::in_births);
  }
  /// DBIRTH of the device that carries backlog.
  IncomingMessage dbirth() {
    Payload payload;
    for (const auto& [name, type] :
         {std::pair<std::string, DataType>{"network/Ping/gateway", DataType::data_set},
          {metric::delivery_lane(Lane::events), DataType::uint64},
          {metric::delivery_lane(Lane::measurements), DataType::uint64},
          {std::string(metric::kOrder), DataType::bytes}}) {
      add(payload, name, type, MetricValue{});
      payload.metrics.back().alias = alias(name);
    }
    return message(MessageType::dbirth, std::string(kBacklogDevice), std::move(payload),
                   WriteTypes::in_births);
  }
  /// DDATA with records first..last of lane 1.
  IncomingMessage records(RowId first, RowId last) {
    const auto batch = rows(epoch_, first, last);
    const ClockContext births{"boot-one", ClockQuality::synchronised, Milliseconds(kNoon)};
    auto encoded = encode_backlog(batch, 0, 1U << 20U, births,
                                  [](std::string_view, std::string_view name) { return alias(name); });
    EXPECT_EQ(encoded.items, batch.items.size());
    Payload payload;
    payload.metrics = std::move(encoded.metrics);
    return message(MessageType::ddata, std::string(kBacklogDevice), std::move(payload), WriteTypes::never);
  }
  IncomingMessage ndeath(std::uint8_t bdseq) const {
    Payload payload;
    add(payload, metric::kBdSeq, DataType::int64, std::int64_t{bdseq});
    return IncomingMessage{to_string(Topic{MessageType::ndeath, id_.group, id_.node, {}}), encode(payload),
                           false};
  }

 private:
  static std::uint64_t alias(std::string_view name) {
    if (name == metric::kOrder) return 1;
    if (name == metric::delivery_lane(Lane::events)) return 2;
    if (name == metric::delivery_lane(Lane::measurements)) return 3;
    return 4;
  }
  static void add(Payload& payload, std::string_view name, DataType type, MetricValue value) {
    Metric metric;
    metric.name = name;
    metric.type = type;
    metric.value = std::move(value);
    payload.metrics.push_back(std::move(metric));
  }
  IncomingMessage message(MessageType type, std::string device, Payload payload, WriteTypes types) {
    payload.seq = seq_++;
    payload.timestamp = kNoon;
    return IncomingMessage{to_string(Topic{type, id_.group, id_.node, std::move(device)}),
                           encode(payload, types), false};
  }

  NodeId id_;
  std::string epoch_;
  std::uint8_t bdseq_ = 0;
  std::uint8_t seq_ = 0;
};

}  // namespace xalink::test
