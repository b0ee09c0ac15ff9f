#include "sparkplug/backlog_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace xalink {
namespace {

const ClockContext kBirths{"boot-a", ClockQuality::synchronised, Milliseconds(1'700'000'000'000)};

Stamp stamp(std::int64_t since_boot) {
  return Stamp{WallTime(Milliseconds(1'700'000'000'000 + since_boot)), BootTime(since_boot), "boot-a",
               ClockQuality::synchronised};
}

const Schema kShape{"network",
                    "Ping/gateway",
                    Lane::measurements,
                    {{"RTT", DataType::uint32, {}},
                     {"Loss", DataType::float32, {}},
                     {"Delta", DataType::int16, {}},
                     {"Reason", DataType::string, {}},
                     {"Up", DataType::boolean, {}},
                     {"Load", DataType::float64, {}}}};

Record usual(std::int64_t number) {
  return Record{
      stamp(number * 60'000),
      {static_cast<std::uint64_t>(900 + number), 0.5, std::int64_t{-3}, std::string("timeout"), true, -0.0}};
}

std::vector<Record> many_usual(std::int64_t count) {
  std::vector<Record> records;
  for (std::int64_t i = 0; i < count; ++i) records.push_back(usual(i));
  return records;
}

Metric metric_of(const std::vector<Record>& records) {
  BacklogSet set(kShape, records.front(), kBirths);
  for (const auto& record : records) {
    EXPECT_TRUE(set.takes(kShape, record));
    set.add(record);
  }
  return set.finish();
}

// Through the codec; name and type come from the births.
Metric over_the_wire(Metric metric) {
  Payload payload;
  payload.metrics.push_back(std::move(metric));
  auto decoded = decode(encode(payload, WriteTypes::never));
  EXPECT_TRUE(decoded) << decoded.error().to_string();
  auto& arrived = decoded->metrics.front();
  arrived.name = "network/Ping/gateway";
  arrived.type = DataType::data_set;
  return arrived;
}

std::vector<std::string> columns_of(const Metric& metric) {
  std::vector<std::string> names;
  for (const auto& column : std::get<DataSet>(metric.value).columns) names.push_back(column.name);
  return names;
}

void expect_same(const DecodedSet& got, const std::vector<Record>& wanted) {
  EXPECT_EQ(got.schema, kShape);
  EXPECT_EQ(got.records, wanted);
}

TEST(BacklogSet, WhatIsTheSameInAllRowsIsToldOnce) {
  const auto records = many_usual(50);
  const auto metric = metric_of(records);
  EXPECT_EQ(columns_of(metric), (std::vector<std::string>{"Offset", "RTT"}));
  auto arrived = over_the_wire(metric);
  const auto decoded = decode_backlog_set(arrived, Lane::measurements, kBirths);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  expect_same(*decoded, records);
  EXPECT_TRUE(std::signbit(std::get<double>(decoded->records[7].values[5])));
}

TEST(BacklogSet, OneRecordKeepsItsColumns) {
  const auto records = many_usual(1);
  EXPECT_EQ(columns_of(metric_of(records)).size(), 1 + kShape.columns.size());
}

TEST(BacklogSet, OneOtherValueBringsAColumnBackIntoTheRows) {
  auto records = many_usual(50);
  records[49].values[1] = 20.0;
  records[30].values[5] = 0.0;  // all others are -0.0
  const auto metric = metric_of(records);
  EXPECT_EQ(columns_of(metric), (std::vector<std::string>{"Offset", "RTT", "Loss", "Load"}));
  auto arrived = over_the_wire(metric);
  const auto decoded = decode_backlog_set(arrived, Lane::measurements, kBirths);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  expect_same(*decoded, records);
  EXPECT_FALSE(std::signbit(std::get<double>(decoded->records[30].values[5])));
}

TEST(BacklogSet, LongTextsStayInTheirRows) {
  auto records = many_usual(20);
  for (auto& record : records) record.values[3] = std::string(65, 'x');
  const auto names = columns_of(metric_of(records));
  EXPECT_NE(std::find(names.begin(), names.end(), "Reason"), names.end());
}

TEST(BacklogSet, LyingConstantsAreRefused) {
  const auto whole = over_the_wire(metric_of(many_usual(50)));
  const auto mutate = [&](auto change) {
    auto metric = whole;
    change(metric);
    return decode_backlog_set(metric, Lane::measurements, kBirths).has_value();
  };
  const auto first = [](Metric& metric) -> Property& {
    return *std::find_if(metric.properties.begin(), metric.properties.end(),
                         [](const Property& entry) { return entry.key.starts_with("Constant/"); });
  };
  EXPECT_TRUE(mutate([](auto&) {}));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/9/Loss"; }));  // leaves a hole
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/2/Loss"; }));  // twice in a place
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/Loss"; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/1/"; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/-1/Loss"; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).key = "Constant/99999999999999999999/Loss"; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).value = std::monostate{}; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).type = DataType::unknown; }));
  EXPECT_FALSE(mutate([&](auto& metric) { first(metric).value = std::string(65, 'x'); }));
  EXPECT_FALSE(mutate([](auto& metric) {  // a small message that would fill the memory
    std::get<DataSet>(metric.value).rows.resize(50'000, {std::uint64_t{0}, std::uint64_t{1}});
  }));
}

TEST(BacklogSet, SaysToEveryHostWhenItsTimeIsNotKnown) {
  auto records = many_usual(20);
  const auto quality_of = [](const Metric& metric) {
    const auto found = std::find_if(metric.properties.begin(), metric.properties.end(),
                                    [](const Property& entry) { return entry.key == "Quality"; });
    return found == metric.properties.end() ? Property{} : *found;
  };
  EXPECT_EQ(quality_of(metric_of(records)), Property{});
  for (auto& record : records) record.stamp.quality = ClockQuality::unset;
  auto arrived = over_the_wire(metric_of(records));
  EXPECT_EQ(quality_of(arrived), (Property{"Quality", DataType::int32, std::int64_t{500}}));
  const auto decoded = decode_backlog_set(arrived, Lane::measurements, kBirths);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  expect_same(*decoded, records);
}

const AliasOf kAliasOf = [](std::string_view, std::string_view name) {
  return name == "network/Ping/gateway" ? std::uint64_t{1} : std::uint64_t{2};
};

Batch batch_of(std::vector<Record> records) {
  Batch batch;
  batch.lane = Lane::measurements;
  batch.schemas = {kShape};
  for (auto& record : records) {
    const RowId row = 1 + batch.items.size();
    batch.items.push_back(Batch::Item{0, row, row, std::move(record)});
  }
  return batch;
}

std::size_t bytes_of(std::vector<Metric> metrics) {
  Payload payload;
  payload.timestamp = 1'700'000'000'000;
  payload.seq = 255;
  payload.metrics = std::move(metrics);
  return encode(payload, WriteTypes::never).size();
}

TEST(BacklogSet, MessagesAreFilledToTheirSize) {
  constexpr std::size_t kLimit = 4096;
  const auto batch = batch_of(many_usual(1000));
  const auto encoded = encode_backlog(batch, 0, kLimit, kBirths, kAliasOf);
  EXPECT_LT(encoded.items, 1000U);
  const auto bytes = bytes_of(encoded.metrics);
  EXPECT_LE(bytes, kLimit);
  EXPECT_GE(bytes, kLimit * 9 / 10);
}

// Values from small sets, so that columns are now constant and now not.
TEST(BacklogSet, RandomBatchesArriveAsTheyWereAndKeepToTheMessageSize) {
  constexpr unsigned kSeed = 20'261;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    std::vector<Record> records;
    const std::size_t variety = 1 + random() % 40;
    const std::size_t rows = 1 + random() % 300;
    for (std::size_t i = 0; i < rows; ++i) {
      Record record = usual(static_cast<std::int64_t>(i));
      for (std::size_t column = 1; column < record.values.size(); ++column) {
        if (random() % variety != 0) continue;
        auto& value = record.values[column];
        if (std::holds_alternative<double>(value)) value = static_cast<double>(random() % 2);
        if (std::holds_alternative<std::int64_t>(value)) value = static_cast<std::int64_t>(random() % 3);
        if (std::holds_alternative<std::string>(value)) value = std::string(random() % 100, 'r');
        if (std::holds_alternative<bool>(value)) value = random() % 2 == 0;
      }
      records.push_back(std::move(record));
    }
    const auto batch = batch_of(records);
    const std::size_t limit = 400 + random() % 8000;
    for (std::size_t at = 0; at < batch.items.size();) {
      auto encoded = encode_backlog(batch, at, limit, kBirths, kAliasOf);
      ASSERT_EQ(encoded.metrics.size(), 2U);
      if (encoded.items > 1) {
        EXPECT_LE(bytes_of(encoded.metrics), limit);
      }
      auto arrived = over_the_wire(std::move(encoded.metrics.front()));
      const auto decoded = decode_backlog_set(arrived, Lane::measurements, kBirths);
      ASSERT_TRUE(decoded) << decoded.error().to_string();
      std::vector<Record> wanted;
      for (std::size_t i = 0; i < encoded.items; ++i) wanted.push_back(batch.items[at + i].record);
      expect_same(*decoded, wanted);
      at += encoded.items;
    }
  }
}

}  // namespace
}  // namespace xalink
