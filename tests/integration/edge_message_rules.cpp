#include "tests/integration/edge_message_rules.hpp"

#include <cstdint>
#include <map>

namespace xalink::test::edge {
namespace {

constexpr std::uint32_t kBoolean = 11;
constexpr std::uint32_t kLastDataType = 34;
constexpr std::uint32_t kLastBasicType = 15;

std::string well_formed_data_sets(const wire::Metric& metric) {
  if (!metric.has_dataset_value()) return "";
  const auto& table = metric.dataset_value();
  const int columns = table.columns_size();
  if (table.num_of_columns() != static_cast<std::uint64_t>(columns)) return "counts its columns wrongly";
  if (table.types_size() != columns) return "has not one type for each column";
  for (const auto type : table.types()) {
    if (type < 1 || type > kLastBasicType) return "has a column of an unknown or composed type";
  }
  for (const auto& row : table.rows()) {
    if (row.elements_size() != columns) return "has a row that is not as long as its columns";
  }
  return "";
}

}  // namespace

std::string qos_0_not_retained(const WireSession&, const Reading& reading) {
  if (reading.message.qos != 0) return "QoS " + std::to_string(reading.message.qos);
  return reading.message.retain ? "retained" : "";
}
std::string qos_0(const WireSession&, const Reading& reading) {
  return reading.message.qos == 0 ? "" : "QoS " + std::to_string(reading.message.qos);
}
std::string not_retained(const WireSession&, const Reading& reading) {
  return reading.message.retain ? "retained" : "";
}
std::string has_timestamp(const WireSession&, const Reading& reading) {
  // In milliseconds of UTC: later than 2020 unless the clock was never set, and not in seconds or µs.
  constexpr std::uint64_t kEarliest = 1'577'836'800'000;
  constexpr std::uint64_t kLatest = 10 * kEarliest;
  if (!reading.payload || !reading.payload->has_timestamp()) return "no timestamp";
  const auto timestamp = reading.payload->timestamp();
  return timestamp > kEarliest && timestamp < kLatest ? "" : "timestamp " + std::to_string(timestamp);
}
std::string has_seq(const WireSession&, const Reading& reading) {
  if (!reading.payload || !reading.payload->has_seq()) return "no seq";
  return reading.payload->seq() <= 255 ? "" : "seq " + std::to_string(reading.payload->seq());
}
std::string seq_is_zero(const WireSession& session, const Reading& reading) {
  const auto wrong = has_seq(session, reading);
  if (!wrong.empty()) return wrong;
  return reading.payload->seq() == 0 ? "" : "seq " + std::to_string(reading.payload->seq());
}
std::string is_protobuf(const WireSession&, const Reading& reading) {
  return reading.payload ? "" : "not a payload";
}
std::string of_its_own_node(const WireSession& session, const Reading& reading) {
  const Topic& own = *session.will->topic;
  if (reading.topic->group != own.group || reading.topic->node != own.node) return "of another node";
  return "";
}
std::string bdseq_of_the_will(const WireSession& session, const Reading& reading) {
  const auto born = bdseq_of(reading);
  const auto dies = bdseq_of(*session.will);
  if (!born) return "no bdSeq of type Int64";
  if (!dies) return "no bdSeq of type Int64 in the will";
  return born == dies ? "" : "bdSeq " + std::to_string(*born) + ", will " + std::to_string(*dies);
}

MessageRule each_metric(MetricRule rule) {
  return [rule = std::move(rule)](const WireSession&, const Reading& reading) -> std::string {
    if (!reading.payload) return "not a payload";
    for (const auto& metric : reading.payload->metrics()) {
      const auto wrong = rule(metric);
      if (!wrong.empty()) return "metric \"" + metric.name() + "\" " + wrong;
    }
    return "";
  };
}

std::string value_or_null(const wire::Metric& metric) {
  const bool has_value = metric.value_case() != wire::Metric::VALUE_NOT_SET;
  if (metric.is_null() && has_value) return "is null and has a value";
  return metric.is_null() || has_value ? "" : "has neither a value nor is_null";
}
std::string full_definition(const wire::Metric& metric) {
  if (!metric.has_name() || metric.name().empty()) return "has no name";
  if (!metric.has_datatype()) return "has no data type";
  return value_or_null(metric);
}
std::string known_type(const wire::Metric& metric) {
  if (!metric.has_datatype()) return "has no data type";
  return metric.datatype() >= 1 && metric.datatype() <= kLastDataType ? "" : "has an unknown data type";
}
std::string rebirth_metric(const WireSession&, const Reading& reading) {
  const auto* metric = reading.metric("Node Control/Rebirth");
  if (metric == nullptr) return "no Node Control/Rebirth";
  if (metric->datatype() != kBoolean) return "Node Control/Rebirth is no Boolean";
  if (!metric->has_boolean_value() || metric->boolean_value()) return "Node Control/Rebirth is not false";
  return metric->has_alias() ? "Node Control/Rebirth has an alias" : "";
}
std::string in_order_of_time(const WireSession&, const Reading& reading) {
  if (!reading.payload) return "not a payload";
  std::map<std::string, std::uint64_t> latest;
  for (const auto& metric : reading.payload->metrics()) {
    if (metric.is_historical()) continue;
    auto& last = latest[metric.has_alias() ? "#" + std::to_string(metric.alias()) : metric.name()];
    if (metric.timestamp() < last) return "an older value after a newer one";
    last = metric.timestamp();
  }
  return "";
}
Verdict data_sets(const CaptureStory& story) {
  Findings findings;
  for (const auto& session : story.nodes) {
    for (const auto& step : session.steps) {
      const auto* reading = step.sent();
      if (reading == nullptr || !reading->payload) continue;
      for (const auto& metric : reading->payload->metrics()) {
        if (!metric.has_dataset_value()) continue;
        const auto wrong = well_formed_data_sets(metric);
        findings.expect(wrong.empty(), reading->message.topic + ": DataSet " + wrong);
      }
    }
  }
  return findings.verdict("DataSets");
}

Verdict properties(const CaptureStory& story) {
  Findings findings;
  for (const auto& session : story.nodes) {
    for (const auto& step : session.steps) {
      const auto* reading = step.sent();
      if (reading == nullptr || !reading->payload) continue;
      for (const auto& metric : reading->payload->metrics()) {
        if (!metric.has_properties()) continue;
        const auto& set = metric.properties();
        findings.expect(set.keys_size() == set.values_size(), metric.name() + ": keys without values");
        for (const auto& value : set.values()) {
          findings.expect(value.has_type() && value.type() >= 1 && value.type() <= 21,
                          metric.name() + ": a property without a known type");
        }
      }
    }
  }
  return findings.verdict("properties");
}

std::string death_is_bdseq_alone(const Reading& death) {
  if (!death.payload || death.payload->metrics_size() != 1) return "has not one metric";
  return bdseq_of(death) ? "" : "has no bdSeq of type Int64";
}
std::string death_has_no_seq(const Reading& death) {
  return death.payload && !death.payload->has_seq() ? "" : "has a seq";
}

}  // namespace xalink::test::edge
