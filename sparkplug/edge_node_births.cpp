// Births: what a node says of itself, its devices and its buffer, and keeps saying in NDATA.

#include <algorithm>
#include <cassert>
#include <utility>

#include "sparkplug/backlog_set.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

using Level = action::Note::Level;

constexpr Duration kNodeMetricsInterval = std::chrono::seconds(30);
// Births that only ask for the gateway's marks come ever more seldom: 10 s to 42 min apart.
constexpr unsigned kMostDoublings = 8;
constexpr Milliseconds kBootOffsetStep{1000};  // smaller changes are slewing, not news
// A gateway whose own clock is not synchronised does not answer; that may change.
constexpr Duration kAskAgainUnanswered = std::chrono::minutes(10);

MetricValue question_value(std::optional<BootTime> question) {
  if (!question) return {};
  return static_cast<std::uint64_t>(question->count());
}

// What a birth says is in the catalogue, or it is not said.
const NodeDeclaration& declaration_of(std::string_view device, std::string_view name) {
  const auto* declared = find_node_declaration(device, name);
  assert(declared != nullptr && "every metric has its line in the catalogue");
  return *declared;
}

MetricValue widen(const Value& value) {
  return std::visit([](const auto& inner) { return MetricValue(inner); }, value);
}

}  // namespace

ClockContext EdgeNode::context_at(Now now) const {
  return ClockContext{options_.boot_id, now.quality, now.wall.time_since_epoch() - now.boot};
}

std::vector<EdgeNode::NodeMetric> EdgeNode::clock_metrics() const {
  const auto offset = [](std::optional<Milliseconds> ms) {
    return ms ? MetricValue(std::int64_t{ms->count()}) : MetricValue();
  };
  const auto earliest = told_bounds_ ? std::optional(told_bounds_->earliest) : std::nullopt;
  const auto latest = told_bounds_ ? told_bounds_->latest : std::nullopt;
  return {{std::string(metric::kBootId), context_.boot_id},
          {std::string(metric::kClockQuality), static_cast<std::uint64_t>(context_.quality)},
          {std::string(metric::kBootOffset), offset(context_.boot_offset)},
          {std::string(metric::kEarliestOffset), offset(earliest)},
          {std::string(metric::kLatestOffset), offset(latest)}};
}

std::vector<EdgeNode::NodeMetric> EdgeNode::outbox_metrics() const {
  std::vector<NodeMetric> metrics;
  std::optional<WallTime> oldest;
  for (const Lane which : kLanes) {
    const auto& depth = lane(which);
    metrics.push_back({metric::depth(which), std::uint64_t{depth.last - depth.acknowledged}});
    const auto& first = depth.oldest_unacknowledged;
    if (first && depth.last > depth.acknowledged && (!oldest || *first < *oldest)) oldest = first;
  }
  metrics.push_back({std::string(metric::kOldest),
                     oldest ? MetricValue(wire_time(*oldest)) : MetricValue(std::monostate{})});
  // All reasons there are, from the first birth on: then none of them ever needs a rebirth.
  auto given_up = given_up_;
  for (const auto reason : given_up::kReasons) given_up.try_emplace(std::string(reason), 0);
  for (const auto& [reason, records] : given_up) {
    metrics.push_back({std::string(metric::kGivenUp) + reason, records});
  }
  return metrics;
}

void EdgeNode::set_given_up(std::map<std::string, std::uint64_t> by_reason) {
  if (given_up_ == by_reason) return;
  given_up_ = std::move(by_reason);
  given_up_changed_ = true;
}

void EdgeNode::set_predecessors(std::vector<Predecessor> predecessors) {
  predecessors_ = std::move(predecessors);
}

void EdgeNode::renewed(std::string epoch, const std::array<LaneDepth, kLaneCount>& lanes,
                       std::vector<Predecessor> predecessors, Now now) {
  note(Level::warning, "the outbox is another one now, epoch " + epoch);
  epoch_ = std::move(epoch);
  // A birth may be lost: then the gateway goes on under the epoch that it was told before, and would take
  // rows of this one for rows of that.
  epoch_unheard_ = born_ && options_.acknowledged_by == AcknowledgedBy::gateway;
  predecessors_ = std::move(predecessors);
  outbox_decides_ = false;
  unanswered_births_ = 0;
  for (const Lane which : kLanes) {
    auto& lane = at(which);
    lane.depth = lanes[index(which)];
    lane.mark_fits = false;
    lane.sent_high = lane.depth.last;
    go_back(which);
  }
  if (state_ == EdgeNodeState::online) births(now);
}

void EdgeNode::births(Now now) {
  const bool again = state_ == EdgeNodeState::online;
  state_ = EdgeNodeState::online;
  if (!again) online_since_ = now.steady;
  born_ = true;
  born_at_ = now.boot;
  context_ = context_at(now);
  told_bounds_ = now.bounds;
  seq_ = 0;
  publish_nbirth(now);
  birth_position_ = queued_bytes_;
  for (auto& [device, schemas] : devices_) {
    publish_dbirth(device, schemas, now);
    for (auto& known : schemas) {
      const bool this_boot = known.current && known.current->stamp.boot_id == options_.boot_id;
      known.told = this_boot ? known.current->stamp.boot_time : BootTime{};
    }
  }
  publish_backlog_dbirth(now);
  note(Level::info, again ? "announced again (rebirth)" : "online as " + to_string(options_.id));
  for (const Lane which : kLanes) {
    go_back(which);
    at(which).gathered_until.reset();
    told_depth_[index(which)] = lane(which).last - lane(which).acknowledged;
  }
  given_up_changed_ = false;
  node_metrics_at_ = now.steady + kNodeMetricsInterval;
  // The gateway answers a birth with its marks; what it already has need not travel again.
  marks_awaited_until_.reset();
  if (options_.acknowledged_by == AcknowledgedBy::gateway) {
    const auto doublings = rows_wait() ? std::min(unanswered_births_++, kMostDoublings) : 0U;
    marks_awaited_until_ =
        now.steady + options_.first_timeout * (1U << doublings) + time_for(bytes_under_way());
  }
  pump(now);
}

void EdgeNode::publish_nbirth(Now now) {
  Payload payload;
  const auto timestamp = wire_time(now.wall);
  payload.timestamp = timestamp;
  payload.metrics.push_back(bdseq_metric(timestamp));
  const auto add = [&](std::string name, MetricValue value) {
    const auto& declared = declaration_of({}, name);
    Metric metric;
    if (declared.aliased) metric.alias = alias({}, name);
    metric.name = std::move(name);
    metric.type = declared.metric.type;
    metric.timestamp = timestamp;
    metric.value = std::move(value);
    if (!declared.metric.unit.empty()) {
      metric.properties.push_back(Property{"engUnit", DataType::string, std::string(declared.metric.unit)});
    }
    payload.metrics.push_back(std::move(metric));
  };
  add(std::string(metric::kRebirth), false);
  add(std::string(metric::kEpoch), epoch_);
  if (!predecessors_.empty()) {
    add(std::string(metric::kContinues), encode(predecessors_));
  }
  add(std::string(metric::kAcknowledgeEpoch), epoch_);
  for (const Lane which : kLanes) {
    const std::uint64_t mark = lane(which).acknowledged;
    add(metric::acknowledge_lane(which), mark);
    add(metric::resend_from(which), std::monostate{});
    // Not where sending again has got to: a gateway restored once more in the middle of it must see all
    // that it lost.
    add(metric::delivery_lane(which), std::max(mark, at(which).believed));
  }
  question_.reset();
  if (now.quality != ClockQuality::synchronised && options_.acknowledged_by == AcknowledgedBy::gateway) {
    question_ = now.boot;
    ask_again_at_ = now.steady + kAskAgainUnanswered;
  }
  add(std::string(metric::kClockAnswer), std::monostate{});
  add(std::string(metric::kClockQuestion), question_value(question_));
  add(std::string(metric::kAgentVersion), options_.software_version);
  const auto heartbeat = std::chrono::duration_cast<std::chrono::seconds>(options_.heartbeat);
  add(std::string(metric::kHeartbeat), static_cast<std::uint64_t>(heartbeat.count()));
  if (!options_.export_key.empty()) add(std::string(metric::kExportKey), options_.export_key);
  for (auto& entry : clock_metrics()) add(std::move(entry.name), std::move(entry.value));
  for (auto& entry : outbox_metrics()) add(std::move(entry.name), std::move(entry.value));
  publish(MessageType::nbirth, {}, std::move(payload), WriteTypes::in_births, {});
}

void EdgeNode::publish_dbirth(const std::string& device, const std::vector<SchemaState>& schemas, Now now) {
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  std::array<bool, kLaneCount> lanes_used{};
  for (const auto& known : schemas) {
    const auto& schema = known.schema;
    lanes_used[index(schema.lane)] = true;
    // Summaries are never current values: they need a place among the device's only where they are sent as
    // such.
    if (is_summary(schema) && options_.backlog != BacklogForm::metrics) continue;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      Metric metric;
      metric.name = schema.metric_name(i);
      metric.alias = alias(device, metric.name);
      metric.type = schema.columns[i].type;
      metric.timestamp = payload.timestamp;
      if (known.current) {
        metric.timestamp = wire_time(known.current->stamp.wall);
        metric.value = widen(known.current->values[i]);
        const bool unset = known.current->stamp.quality == ClockQuality::unset;
        if (unset) metric.properties.push_back(time_unknown_property());
      }
      if (!schema.columns[i].unit.empty()) {
        metric.properties.push_back(Property{"engUnit", DataType::string, schema.columns[i].unit});
      }
      payload.metrics.push_back(std::move(metric));
    }
  }
  for (const auto& [name, value] : settings_[device]) {
    payload.metrics.push_back(setting_metric(device, name, value, now));
  }
  for (const Lane which : kLanes) {
    if (!lanes_used[index(which)]) continue;
    Metric metric;
    metric.name = metric::delivery_lane(which);
    metric.alias = alias(device, metric.name);
    metric.type = DataType::uint64;
    metric.timestamp = payload.timestamp;
    metric.value = std::uint64_t{lane(which).acknowledged};
    payload.metrics.push_back(std::move(metric));
  }
  publish(MessageType::dbirth, device, std::move(payload), WriteTypes::in_births, {});
}

// Never aliased, so that whoever commands it can name it.
Metric EdgeNode::setting_metric(const std::string& device, const std::string& name, std::uint64_t value,
                                Now now) const {
  const auto* declared = find_declaration(device, name);
  assert(declared != nullptr && "every metric has its line in the catalogue");
  Metric metric;
  metric.name = name;
  metric.type = declared->type;
  metric.timestamp = wire_time(now.wall);
  metric.value = value;
  metric.properties.push_back(Property{"engUnit", DataType::string, std::string(declared->unit)});
  return metric;
}

void EdgeNode::set_setting(const std::string& device, const std::string& name, std::uint64_t value, Now now) {
  settings_[device][name] = value;
  if (state_ != EdgeNodeState::online || !devices_.contains(device)) return;
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  payload.metrics.push_back(setting_metric(device, name, value, now));
  payload.metrics.back().properties.clear();
  publish(MessageType::ddata, device, std::move(payload), WriteTypes::never, {});
}

void EdgeNode::publish_backlog_dbirth(Now now) {
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  const auto declare = [&](std::string name, MetricValue value) {
    Metric metric;
    metric.alias = alias(kBacklogDevice, name);
    metric.type = declaration_of(kBacklogDevice, name).metric.type;
    metric.name = std::move(name);
    metric.timestamp = payload.timestamp;
    metric.value = std::move(value);
    payload.metrics.push_back(std::move(metric));
  };
  // No rows yet rather than null: the libraries that Node.js hosts are made with fail on a null DataSet.
  const DataSet none{{Column{std::string(kOffsetColumn), DataType::uint32, {}}}, {}};
  for (const auto& [device, schemas] : devices_) {
    for (const auto& known : schemas) declare(device + "/" + known.schema.group, none);
  }
  declare(std::string(metric::kGap), none);
  declare(std::string(metric::kOrder), std::monostate{});
  for (const Lane which : kLanes) {
    declare(metric::delivery_lane(which), std::uint64_t{lane(which).acknowledged});
  }
  publish(MessageType::dbirth, std::string(kBacklogDevice), std::move(payload), WriteTypes::in_births, {});
}

void EdgeNode::publish_ndata(const std::vector<NodeMetric>& metrics, Now now) {
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  for (const auto& entry : metrics) {
    Metric metric;
    metric.alias = alias({}, entry.name);
    metric.type = declaration_of({}, entry.name).metric.type;
    metric.timestamp = payload.timestamp;
    metric.value = entry.value;
    payload.metrics.push_back(std::move(metric));
  }
  publish(MessageType::ndata, {}, std::move(payload), WriteTypes::never, {});
}

// A link where NTP is blocked still has the gateway's time.
void EdgeNode::ask_for_time(Now now) {
  if (now.quality == ClockQuality::synchronised || options_.acknowledged_by != AcknowledgedBy::gateway)
    return;
  if (now.steady < ask_again_at_) return;
  question_ = now.boot;
  ask_again_at_ = now.steady + kAskAgainUnanswered;
  publish_ndata({{std::string(metric::kClockQuestion), question_value(question_)}}, now);
}

// Tells the clock at once when it changed, because live records are read against it, and the state of
// the outbox now and then.
void EdgeNode::refresh_node_metrics(Now now) {
  const auto context = context_at(now);
  if (context.quality != context_.quality ||
      std::chrono::abs(context.boot_offset - context_.boot_offset) > kBootOffsetStep) {
    context_ = context;
    told_bounds_ = now.bounds;
    publish_ndata(clock_metrics(), now);
  }
  ask_for_time(now);
  std::array<std::uint64_t, kLaneCount> depth{};
  for (const Lane which : kLanes) depth[index(which)] = lane(which).last - lane(which).acknowledged;
  // That nothing waits any more is told at once: people watch for it.
  const bool emptied = depth == decltype(depth){} && depth != told_depth_;
  if (now.steady < node_metrics_at_ && !emptied) return;
  node_metrics_at_ = now.steady + kNodeMetricsInterval;
  // Rows that only wait for company come and go; they are no news.
  auto& measurements = depth[index(Lane::measurements)];
  const auto told = told_depth_[index(Lane::measurements)];
  if (options_.gather > Duration{} && !emptied && std::max(measurements, told) < kLiveRows)
    measurements = told;
  if (depth == told_depth_ && !given_up_changed_) return;
  given_up_changed_ = false;
  told_depth_ = depth;
  auto metrics = outbox_metrics();
  // A reason that this program does not know may be of a newer outbox; the next birth tells it.
  std::erase_if(metrics, [this](const NodeMetric& entry) {
    return !aliases_.contains(std::string(1, '\0') + entry.name);
  });
  publish_ndata(metrics, now);
}

}  // namespace xalink
