#include "sparkplug/delivery.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace xalink {
namespace {

// Stands for both ends' alias tables: the sender asks, the receiver looks up.
class Aliases {
 public:
  AliasOf of() {
    return [this](std::string_view device, std::string_view name) {
      const auto key = std::pair(std::string(device), std::string(name));
      return known_.try_emplace(key, known_.size() + 1).first->second;
    };
  }
  void name(std::vector<Metric>& metrics) const {
    for (auto& metric : metrics) {
      for (const auto& [key, alias] : known_) {
        if (metric.alias == alias) metric.name = key.second;
      }
    }
  }

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> known_;
};

const ClockContext kBirths{"boot-a", ClockQuality::synchronised, Milliseconds(1'700'000'000'000)};

Stamp stamp(std::int64_t since_boot, const std::string& boot = "boot-a", std::int64_t drift = 0) {
  return Stamp{WallTime(Milliseconds(1'700'000'000'000 + since_boot + drift)), BootTime(since_boot), boot,
               ClockQuality::synchronised};
}

Schema ping(const std::string& target) {
  return Schema{"network",
                "Ping/" + target,
                Lane::measurements,
                {{"RTT mean", DataType::uint32, "us"},
                 {"Loss", DataType::float32, "%"},
                 {"Reason", DataType::string, {}}}};
}

Batch sample_batch() {
  Batch batch;
  batch.epoch = "epoch";
  batch.lane = Lane::measurements;
  batch.schemas = {ping("gateway"), ping("anchor"),
                   Schema{"board", "Board", Lane::measurements, {{"Uptime", DataType::uint32, "s"}}}};
  const auto add = [&](std::size_t schema, Stamp when, std::vector<Value> values) {
    const RowId row = 100 + batch.items.size();
    batch.items.push_back(Batch::Item{schema, row, row, Record{std::move(when), std::move(values)}});
  };
  add(0, stamp(1000), {std::uint64_t{900}, 0.0, std::monostate{}});
  add(1, stamp(1005), {std::uint64_t{30'000}, 0.0, std::monostate{}});
  add(2, stamp(1010), {std::uint64_t{77}});
  add(0, stamp(61'000), {std::monostate{}, 100.0, std::string("timeout")});
  add(1, stamp(61'005, "boot-z"), {std::uint64_t{31'000}, 20.0, std::monostate{}});
  add(0, stamp(121'000, "boot-a", 5'000), {std::uint64_t{950}, 0.0, std::monostate{}});
  return batch;
}

// What arrives has no null columns and no units: an absent value is an absent column.
Batch without_nulls(Batch batch) {
  for (auto& item : batch.items) {
    Schema schema = batch.schemas[item.schema];
    std::vector<Column> columns;
    std::vector<Value> values;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      if (is_null(item.record.values[i])) continue;
      columns.push_back(Column{schema.columns[i].name, schema.columns[i].type, {}});
      values.push_back(item.record.values[i]);
    }
    schema.columns = columns;
    batch.schemas.push_back(schema);
    item.schema = batch.schemas.size() - 1;
    item.record.values = values;
  }
  return batch;
}

void expect_same_records(const Batch& got, const Batch& wanted) {
  EXPECT_EQ(got.epoch, wanted.epoch);
  EXPECT_EQ(got.lane, wanted.lane);
  ASSERT_EQ(got.items.size(), wanted.items.size());
  for (std::size_t i = 0; i < got.items.size(); ++i) {
    EXPECT_EQ(got.items[i].first, wanted.items[i].first);
    EXPECT_EQ(got.items[i].last, wanted.items[i].last);
    EXPECT_EQ(got.schemas[got.items[i].schema], wanted.schemas[wanted.items[i].schema]) << i;
    EXPECT_EQ(got.items[i].record.values, wanted.items[i].record.values) << i;
    EXPECT_EQ(got.items[i].record.stamp.wall, wanted.items[i].record.stamp.wall) << i;
    EXPECT_EQ(got.items[i].record.stamp.boot_id, wanted.items[i].record.stamp.boot_id) << i;
    EXPECT_EQ(got.items[i].record.stamp.quality, wanted.items[i].record.stamp.quality) << i;
    const auto boot_error = got.items[i].record.stamp.boot_time - wanted.items[i].record.stamp.boot_time;
    EXPECT_LE(std::chrono::abs(boot_error), Milliseconds(1000)) << i;
  }
}

// Through the codec, as it goes over the wire: types come from the births.
std::vector<Metric> over_the_wire(std::vector<Metric> metrics, const Aliases& aliases) {
  std::vector<DataType> types;
  for (const auto& metric : metrics) types.push_back(metric.type);
  Payload payload;
  payload.metrics = std::move(metrics);
  auto decoded = decode(encode(payload, WriteTypes::never));
  EXPECT_TRUE(decoded);
  for (std::size_t i = 0; i < types.size(); ++i) {
    auto& metric = decoded->metrics[i];
    metric.type = types[i];
    auto value = interpret(std::move(metric.value), metric.type);
    EXPECT_TRUE(value);
    metric.value = std::move(*value);
  }
  aliases.name(decoded->metrics);
  return std::move(decoded->metrics);
}

TEST(Delivery, BacklogOfSeveralDevicesAndBootsArrivesAsItWas) {
  Aliases aliases;
  const auto batch = sample_batch();
  auto encoded = encode_backlog(batch, 0, 16'384, kBirths, aliases.of());
  EXPECT_EQ(encoded.items, batch.items.size());
  auto metrics = over_the_wire(std::move(encoded.metrics), aliases);
  const auto decoded = decode_delivery(kBacklogDevice, "epoch", metrics, kBirths);
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  ASSERT_TRUE(*decoded);
  expect_same_records(**decoded, without_nulls(batch));
}

TEST(Delivery, CutsABatchAtTheMessageSizeWithoutLosingARow) {
  Aliases aliases;
  const auto batch = sample_batch();
  const auto wanted = without_nulls(batch);
  std::size_t at = 0;
  while (at < batch.items.size()) {
    auto encoded = encode_backlog(batch, at, 1, kBirths, aliases.of());
    EXPECT_EQ(encoded.items, 1U);  // at least one, however small the limit
    auto metrics = over_the_wire(std::move(encoded.metrics), aliases);
    const auto decoded = decode_delivery(kBacklogDevice, "epoch", metrics, kBirths);
    ASSERT_TRUE(decoded && *decoded);
    EXPECT_EQ((*decoded)->items.front().record.values, wanted.items[at].record.values);
    EXPECT_EQ((*decoded)->last(), wanted.items[at].last);
    at += encoded.items;
  }
}

TEST(Delivery, AGapStandsForAllItsRows) {
  Aliases aliases;
  Batch batch;
  batch.epoch = "epoch";
  batch.lane = Lane::measurements;
  batch.schemas = {gap_schema(Lane::measurements), ping("gateway")};
  batch.items.push_back(make_gap(0, 5, 90, 86, "thinned", stamp(10)));
  batch.items.push_back(Batch::Item{1, 91, 91, Record{stamp(20), {std::uint64_t{1}, 0.0, std::monostate{}}}});
  auto encoded = encode_backlog(batch, 0, 16'384, kBirths, aliases.of());
  auto metrics = over_the_wire(std::move(encoded.metrics), aliases);
  const auto decoded = decode_delivery(kBacklogDevice, "epoch", metrics, kBirths);
  ASSERT_TRUE(decoded && *decoded);
  EXPECT_EQ((*decoded)->first(), 5U);
  EXPECT_EQ((*decoded)->last(), 91U);
  EXPECT_EQ((*decoded)->items[0].last, 90U);
}

TEST(Delivery, AFreshRecordArrivesAsItWas) {
  Aliases aliases;
  const Record record{stamp(5000), {std::uint64_t{42}, 0.0, std::monostate{}}};
  auto metrics = over_the_wire(encode_live(ping("gateway"), record, 7, false, aliases.of()), aliases);
  const auto decoded = decode_delivery("network", "epoch", metrics, kBirths);
  ASSERT_TRUE(decoded && *decoded);
  Batch wanted;
  wanted.epoch = "epoch";
  wanted.lane = Lane::measurements;
  wanted.schemas = {ping("gateway")};
  wanted.items = {Batch::Item{0, 7, 7, record}};
  expect_same_records(**decoded, without_nulls(wanted));
}

TEST(Delivery, FreshRecordsOfOneMessageAreToldApartByGroup) {
  Aliases aliases;
  const Record first{stamp(5000), {std::uint64_t{42}, 0.0, std::monostate{}}};
  const Record second{stamp(5100), {std::uint64_t{43}, 0.0, std::monostate{}}};
  auto both = encode_live(ping("anchor"), first, std::nullopt, false, aliases.of());
  for (auto& metric : encode_live(ping("gateway"), second, 8, false, aliases.of())) both.push_back(metric);
  auto metrics = over_the_wire(std::move(both), aliases);
  const auto decoded = decode_delivery("network", "epoch", metrics, kBirths);
  ASSERT_TRUE(decoded && *decoded);
  ASSERT_EQ((*decoded)->items.size(), 2U);
  EXPECT_EQ((*decoded)->first(), 7U);
  EXPECT_EQ((*decoded)->schemas[(*decoded)->items[1].schema].group, "Ping/gateway");
}

TEST(Delivery, APresentValueIsNoDelivery) {
  Aliases aliases;
  auto metrics =
      over_the_wire(encode_live(ping("gateway"), Record{stamp(1), {std::uint64_t{1}, 0.0, std::monostate{}}},
                                std::nullopt, false, aliases.of()),
                    aliases);
  const auto decoded = decode_delivery("network", "epoch", metrics, kBirths);
  ASSERT_TRUE(decoded);
  EXPECT_FALSE(*decoded);
}

TEST(Delivery, LyingMessagesAreRefused) {
  Aliases aliases;
  const auto batch = sample_batch();
  const auto mutate = [&](auto change) {
    auto metrics = over_the_wire(encode_backlog(batch, 0, 16'384, kBirths, aliases.of()).metrics, aliases);
    change(metrics);
    return decode_delivery(kBacklogDevice, "epoch", metrics, kBirths).has_value();
  };
  EXPECT_TRUE(mutate([](auto&) {}));
  EXPECT_FALSE(mutate([](auto& metrics) { metrics.back().value = std::uint64_t{2}; }));  // row ids below 1
  EXPECT_FALSE(mutate([](auto& metrics) { metrics.push_back(metrics.back()); }));        // two claims
  EXPECT_FALSE(mutate([](auto& metrics) { metrics.erase(metrics.end() - 2); }));         // no order
  EXPECT_FALSE(mutate([](auto& metrics) { metrics.erase(metrics.begin()); }));  // a DataSet is missing
  EXPECT_FALSE(mutate([](auto& metrics) { metrics[0].timestamp.reset(); }));
  EXPECT_FALSE(mutate([](auto& metrics) { std::get<DataSet>(metrics[0].value).columns[0].name = "Time"; }));
  EXPECT_FALSE(mutate([](auto& metrics) { metrics[0].name = "nodevice"; }));
  // What a newer version may add must not be acknowledged unread.
  EXPECT_FALSE(mutate([](auto& metrics) {
    metrics[0].properties.push_back(Property{"New", DataType::boolean, true});
  }));
}

TEST(Delivery, RandomBatchesArriveAsTheyWere) {
  constexpr unsigned kSeed = 20'260;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    Aliases aliases;
    Batch batch;
    batch.epoch = "epoch";
    batch.lane = Lane::measurements;
    batch.schemas = {ping("a"), ping("b"), ping("c")};
    std::int64_t time = 1000;
    const std::size_t rows = 1 + random() % 200;
    for (std::size_t i = 0; i < rows; ++i) {
      time += random() % 5000;
      std::vector<Value> values = {std::uint64_t{random()}, static_cast<double>(random() % 100),
                                   std::string("r")};
      if (random() % 4 == 0) values[0] = std::monostate{};
      if (random() % 2 == 0) values[2] = std::monostate{};
      const std::int64_t drift = random() % 50 == 0 ? static_cast<std::int64_t>(random() % 100'000) : 0;
      batch.items.push_back(
          Batch::Item{random() % 3, 1 + i, 1 + i,
                      Record{stamp(time, random() % 20 == 0 ? "boot-b" : "boot-a", drift), values}});
    }
    const auto wanted = without_nulls(batch);
    std::size_t at = 0;
    while (at < batch.items.size()) {
      auto encoded = encode_backlog(batch, at, 500 + random() % 4000, kBirths, aliases.of());
      auto metrics = over_the_wire(std::move(encoded.metrics), aliases);
      const auto decoded = decode_delivery(kBacklogDevice, "epoch", metrics, kBirths);
      ASSERT_TRUE(decoded && *decoded);
      Batch part = wanted;
      part.items.assign(wanted.items.begin() + static_cast<std::ptrdiff_t>(at),
                        wanted.items.begin() + static_cast<std::ptrdiff_t>(at + encoded.items));
      expect_same_records(**decoded, part);
      at += encoded.items;
    }
  }
}

}  // namespace
}  // namespace xalink
