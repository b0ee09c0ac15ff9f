#pragma once
// An edge node with a broker that always says yes, an outbox that has every row, and time that a test
// moves.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink::test {

inline Schema ping() {
  return Schema{"network", "Ping/gateway", Lane::measurements, {{"RTT mean", DataType::uint32, "us"}}};
}
inline Schema dossier() {
  return Schema{"dossiers", "Dossier", Lane::events, {{"Code", DataType::string, {}}}};
}

// A node with a broker that always says yes. Rows come from `rows`, as an outbox would give them.
class Bench {
 public:
  explicit Bench(std::array<LaneDepth, kLaneCount> lanes = {}, EdgeNodeOptions options = defaults())
      : node(options, {ping(), dossier()}, "epoch-1", lanes, 42) {}

  static EdgeNodeOptions defaults() {
    EdgeNodeOptions options;
    options.id = NodeId{"VN-03", "site-1"};
    options.primary_host = "xalink";
    options.boot_id = "boot-1";
    options.software_version = "0.1";
    options.max_birth_delay = std::chrono::seconds(10);
    return options;
  }

  [[nodiscard]] Now now() const {
    const auto elapsed = std::chrono::duration_cast<Milliseconds>(time.time_since_epoch());
    return Now{time, WallTime(Milliseconds(1'790'000'000'000) + elapsed + set_by), elapsed, quality, bounds};
  }

  // Runs actions until there are none; publishes are collected.
  void settle() {
    for (auto actions = node.take_actions(); !actions.empty(); actions = node.take_actions()) {
      for (auto& action : actions) {
        if (std::holds_alternative<action::StoreBdSeq>(action)) {
          node.bdseq_stored(next_bdseq++, now());
        } else if (auto* connect = std::get_if<action::Connect>(&action)) {
          will = connect->will;
          node.connected(now());
        } else if (auto* subscribe = std::get_if<action::Subscribe>(&action)) {
          filters = subscribe->filters;
          node.subscribed(now());
        } else if (auto* publish = std::get_if<action::Publish>(&action)) {
          sent.push_back(publish->message);
          if (hand_over) node.published(now());
        } else if (auto* read = std::get_if<action::Read>(&action)) {
          node.batch_read(read->generation, rows(read->lane, read->first, read->max_items), now());
        } else if (auto* acknowledge = std::get_if<action::Acknowledge>(&action)) {
          forgotten.push_back(*acknowledge);
        } else if (auto* answer = std::get_if<action::ClockAnswer>(&action)) {
          answers.push_back(*answer);
        } else if (auto* trust = std::get_if<action::TrustRowIds>(&action)) {
          trusted.push_back(trust->epoch);
          if (outbox_agrees) node.row_ids_trusted(trust->epoch, now());
        } else if (auto* begin = std::get_if<action::BeginEpoch>(&action)) {
          ended.push_back(begin->of);
        } else if (std::holds_alternative<action::Close>(action)) {
          ++closes;
        }
      }
    }
  }

  [[nodiscard]] Batch rows(Lane lane, RowId first, std::size_t most) const {
    Batch batch;
    batch.epoch = node.epoch();
    batch.lane = lane;
    batch.schemas = {lane == Lane::events ? dossier() : ping()};
    if (lane == Lane::measurements && thinned) batch.schemas = {summary_schema(ping())};
    const auto last = std::min<RowId>(node.lane(lane).last, first + most - 1);
    for (RowId row = first; row <= last; ++row) {
      Record record = make_record(lane, row);
      if (lane == Lane::measurements && thinned) record.values.resize(batch.schemas[0].columns.size());
      record.stamp.wall -= std::chrono::minutes(10);  // taken before the session
      batch.items.push_back(Batch::Item{0, row, row, record});
    }
    return batch;
  }
  [[nodiscard]] Record make_record(Lane lane, RowId row) const {
    Record record;
    record.stamp = Stamp{now().wall, now().boot, "boot-1", quality};
    if (lane == Lane::events) {
      record.values = {"H22-" + std::to_string(row)};
    } else {
      record.values = {std::uint64_t{row}};
    }
    return record;
  }

  void host_says(bool online, std::uint64_t timestamp) {
    node.arrived(IncomingMessage{"spBv1.0/STATE/xalink", encode_state({online, timestamp}), true}, now());
    settle();
  }
  void command(std::vector<Metric> metrics, bool retained = false, std::uint64_t timestamp = 1) {
    Payload payload;
    payload.timestamp = timestamp;
    payload.metrics = std::move(metrics);
    node.arrived(IncomingMessage{"spBv1.0/VN-03/NCMD/site-1", encode(payload), retained}, now());
    settle();
  }
  static Metric metric(std::string name, DataType type, MetricValue value) {
    Metric made;
    made.name = std::move(name);
    made.type = type;
    made.value = std::move(value);
    return made;
  }
  void acknowledge(Lane lane, RowId mark, const std::string& epoch = "epoch-1") {
    command({metric("Node Control/Acknowledge Epoch", DataType::string, epoch),
             metric(metric::acknowledge_lane(lane), DataType::uint64, std::uint64_t{mark})});
  }

  // Online, with the gateway's answer to the birth.
  void come_online() {
    node.start(now());
    settle();
    host_says(true, 1000);
    advance(std::chrono::seconds(11));
    ASSERT_EQ(node.state(), EdgeNodeState::online);
    acknowledge(Lane::measurements, node.lane(Lane::measurements).acknowledged);
  }
  void advance(Duration step) {
    const auto end = time + step;
    while (node.wake_at() && *node.wake_at() <= end) {
      time = std::max(time, *node.wake_at());
      node.tick(now());
      settle();
    }
    time = end;
  }
  [[nodiscard]] std::vector<std::string> topics() const {
    std::vector<std::string> all;
    for (const auto& message : sent) all.push_back(message.topic);
    return all;
  }
  [[nodiscard]] Payload payload(std::size_t index) const { return decode(sent.at(index).payload).value(); }
  [[nodiscard]] std::vector<std::string> data_topics() const {
    std::vector<std::string> all;
    for (const auto& message : sent) {
      if (message.topic.find("DDATA") != std::string::npos) all.push_back(message.topic);
    }
    return all;
  }

  bool thinned = false;  ///< the outbox holds summaries of pings
  SteadyTime time{};
  EdgeNode node;
  std::uint8_t next_bdseq = 0;
  bool hand_over = true;
  OutgoingMessage will;
  std::vector<std::string> filters;
  std::vector<OutgoingMessage> sent;
  std::vector<action::Acknowledge> forgotten;
  std::vector<action::ClockAnswer> answers;
  std::vector<std::string> trusted;  ///< epochs
  std::vector<std::string> ended;
  bool outbox_agrees = true;  ///< it notes at once that row ids are sure
  int closes = 0;
  ClockQuality quality = ClockQuality::synchronised;
  Milliseconds set_by{};  ///< how far the clock was set since the start
  std::optional<OffsetBounds> bounds;
};

inline const Metric* find(const Payload& payload, std::string_view name) {
  for (const auto& metric : payload.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

inline LaneDepth depth(RowId acknowledged, RowId last) {
  return LaneDepth{acknowledged, last, 1, WallTime{}};
}

}  // namespace xalink::test
