// Births and the catalogue say the same, in both directions.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/topic.hpp"
#include "tests/sparkplug/edge_node_bench.hpp"

namespace xalink::test {
namespace {

/// Everything that the births of a node with these schemas declare: device (empty: the node) → metrics.
std::map<std::string, std::vector<Metric>> births_of(std::vector<Schema> schemas) {
  auto options = Bench::defaults();
  options.export_key = "key";
  Bench bench({}, options);
  bench.node = EdgeNode(options, std::move(schemas), "epoch-1", {}, 42);
  bench.node.set_predecessors({Predecessor{"epoch-0", {1, 1}}});
  bench.come_online();
  std::map<std::string, std::vector<Metric>> births;
  for (const auto& message : bench.sent) {
    const auto topic = parse_topic(message.topic);
    if (topic->type != MessageType::nbirth && topic->type != MessageType::dbirth) continue;
    births[topic->device] = decode(message.payload)->metrics;
  }
  return births;
}

std::vector<Schema> every_schema() {
  std::vector<Schema> schemas;
  for (const auto& record : record_declarations()) {
    Schema schema{std::string(record.device), std::string(record.group), record.lane, {}};
    if (record.has_subject) schema.group += "/subject";
    for (const auto& metric : record.metrics) {
      schema.columns.push_back(Column{std::string(metric.name), metric.type, std::string(metric.unit)});
    }
    schemas.push_back(std::move(schema));
  }
  return schemas;
}

TEST(Births, SayOnlyWhatTheCatalogueDeclares) {
  for (const auto& [device, metrics] : births_of(every_schema())) {
    for (const auto& metric : metrics) {
      const auto* declared = find_declaration(device, metric.name);
      ASSERT_NE(declared, nullptr) << device << ": " << metric.name;
      EXPECT_EQ(metric.type, declared->type) << device << ": " << metric.name;
      std::string unit;
      for (const auto& property : metric.properties) {
        if (property.key == "engUnit") unit = to_text(property.value);
      }
      EXPECT_EQ(unit, declared->unit) << device << ": " << metric.name;
      if (const auto* of_node = find_node_declaration(device, metric.name)) {
        EXPECT_EQ(metric.alias.has_value(), of_node->aliased) << device << ": " << metric.name;
      }
    }
  }
}

TEST(Births, SayAllThatTheCatalogueDeclares) {
  std::set<const MetricDeclaration*> said;
  for (const auto& [device, metrics] : births_of(every_schema())) {
    for (const auto& metric : metrics) said.insert(find_declaration(device, metric.name));
  }
  for (const auto& record : record_declarations()) {
    for (const auto& metric : record.metrics) {
      EXPECT_TRUE(said.contains(&metric)) << record.group << "/" << metric.name;
    }
  }
  for (const auto& declared : node_declarations()) {
    EXPECT_TRUE(said.contains(&declared.metric)) << declared.device << ": " << declared.metric.name;
  }
}

}  // namespace
}  // namespace xalink::test
