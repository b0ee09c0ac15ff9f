#include "sparkplug/metric_names.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

std::vector<Schema> all_schemas() {
  return {link_schema("eth0"),      ping_schema("gateway"), dns_schema("portal.test"),
          reach_schema("one-stop"), cellular_schema(),      modem_reset_schema(),
          wifi_schema("wlan0"),     access_schema(),        board_schema(),
          power_schema(),           storage_schema(),       dossier_schema(),
          tcp_schema("anchor"),     outage_schema(),        boot_schema()};
}

TEST(MetricNames, AreUniqueWithinADevice) {
  std::set<std::string> names;
  for (const Schema& schema : all_schemas()) {
    for (std::size_t column = 0; column < schema.columns.size(); ++column) {
      EXPECT_TRUE(names.insert(schema.device + ":" + schema.metric_name(column)).second);
    }
  }
}

TEST(MetricNames, AreEachDeclaredWithMeaningAndSource) {
  for (const RecordDeclaration& record : record_declarations()) {
    EXPECT_TRUE(is_valid_id(record.device));
    for (const MetricDeclaration& metric : record.metrics) {
      EXPECT_TRUE(is_valid_id(metric.name)) << metric.name;
      EXPECT_NE(metric.type, DataType::unknown) << metric.name;
      EXPECT_FALSE(metric.meaning.empty()) << metric.name;
      EXPECT_FALSE(metric.source.empty()) << metric.name;
      EXPECT_LT(metric.range.lowest, metric.range.highest) << metric.name;
      EXPECT_FALSE(metric.name_vi.empty()) << record.group << "/" << metric.name;
      EXPECT_FALSE(metric.meaning_vi.empty()) << record.group << "/" << metric.name;
    }
    EXPECT_FALSE(record.name_vi.empty()) << record.group;
  }
  for (const NodeDeclaration& declared : node_declarations()) {
    const MetricDeclaration& metric = declared.metric;
    EXPECT_NE(metric.type, DataType::unknown) << metric.name;
    for (const auto text : {metric.meaning, metric.source, metric.name_vi, metric.meaning_vi}) {
      EXPECT_FALSE(text.empty()) << metric.name;
    }
  }
}

TEST(MetricNames, AreShownToPeopleInTheirLanguage) {
  const auto shown = [](std::string_view device, std::string_view metric) {
    return display_name(device, metric, Language::vietnamese);
  };
  EXPECT_EQ(shown("network", "Ping/gateway/RTT mean"), "Đo khứ hồi gateway: Khứ hồi trung bình");
  EXPECT_EQ(shown("board", "Board/Uptime"), "Máy: Thời gian chạy");
  EXPECT_EQ(shown("board", "Board/Interval"), "Máy: Chu kỳ đo");
  EXPECT_EQ(shown("network", "Ping/gateway/Runs"), "Đo khứ hồi gateway: Số lần đo");
  EXPECT_EQ(shown("", "Outbox/Given Up/space"), "Số bản ghi đã bỏ vì space");
  EXPECT_EQ(shown("network", "Delivery/Lane 1"), "Giao nhận làn 1");
  EXPECT_EQ(shown("pump", "Motor/Speed"), "Motor/Speed");
  EXPECT_EQ(display_name("network", "Ping/gateway/Loss", Language::english), "Ping/gateway/Loss");
}

TEST(MetricNames, LeadBackToTheirDeclaration) {
  for (const Schema& schema : all_schemas()) {
    for (std::size_t column = 0; column < schema.columns.size(); ++column) {
      const MetricDeclaration* found = find_declaration(schema.device, schema.metric_name(column));
      ASSERT_NE(found, nullptr) << schema.metric_name(column);
      EXPECT_EQ(found->name, schema.columns[column].name);
      EXPECT_EQ(found->type, schema.columns[column].type);
      EXPECT_EQ(found->unit, schema.columns[column].unit);
    }
  }
}

TEST(MetricNames, OfForeignNodesHaveNoDeclaration) {
  for (const char* name :
       {"", "Uptime", "Board/Boot", "Board/x/Uptime", "Ping/RTT mean", "Other/a/b", "/", "//"}) {
    EXPECT_EQ(find_declaration("board", name), nullptr) << name;
    EXPECT_EQ(find_declaration("network", name), nullptr) << name;
  }
  EXPECT_EQ(find_declaration("network", "Board/Uptime"), nullptr);
}

TEST(MetricNames, PutTheSubjectBetweenGroupAndColumn) {
  const Schema schema = ping_schema("gateway");
  EXPECT_EQ(schema.device, "network");
  EXPECT_EQ(schema.lane, Lane::measurements);
  EXPECT_EQ(schema.metric_name(*column_index(schema, "RTT mean")), "Ping/gateway/RTT mean");
  EXPECT_EQ(board_schema().metric_name(0), "Board/Uptime");
  EXPECT_EQ(dossier_schema().lane, Lane::events);
  EXPECT_FALSE(column_index(schema, "rtt mean"));
}

TEST(MetricNames, MakeAnySubjectOnePartOfAName) {
  EXPECT_EQ(metric_subject("dichvucong.gov.vn"), "dichvucong.gov.vn");
  EXPECT_EQ(metric_subject("Một cửa"), "Một cửa");
  EXPECT_EQ(metric_subject("fe80::1%eth0"), "fe80::1%eth0");
  EXPECT_EQ(metric_subject("https://a/b"), "https:__a_b");
  EXPECT_EQ(metric_subject("a+b#c\n"), "a_b_c_");
  EXPECT_EQ(metric_subject("\xc3("), "_(");
  EXPECT_EQ(metric_subject(""), "_");
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_TRUE(is_valid_id(metric_subject(std::string("x") + static_cast<char>(byte) + "y"))) << byte;
  }
}

}  // namespace
}  // namespace xalink
