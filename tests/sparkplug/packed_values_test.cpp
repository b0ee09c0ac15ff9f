#include "sparkplug/packed_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace xalink {
namespace {

using namespace std::string_literals;

const std::vector<DataType> kValueTypes{
    DataType::int8,    DataType::int16,  DataType::int32,  DataType::int64,   DataType::uint8,
    DataType::uint16,  DataType::uint32, DataType::uint64, DataType::float32, DataType::float64,
    DataType::boolean, DataType::string, DataType::text,   DataType::uuid,    DataType::date_time};

Column column(DataType type) {
  return Column{"c", type, {}};
}

std::uint64_t any_width(std::mt19937_64& random) {
  return random() >> (random() % 64);
}

std::size_t below(std::size_t limit, std::mt19937_64& random) {
  return static_cast<std::size_t>(random() % limit);
}

Value random_value(DataType type, std::mt19937_64& random) {
  switch (type) {
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64: return static_cast<std::int64_t>(any_width(random)) * (random() % 2 == 0 ? 1 : -1);
    case DataType::uint8:
    case DataType::uint16:
    case DataType::uint32:
    case DataType::uint64:
    case DataType::date_time: return any_width(random);
    case DataType::float32:
      return static_cast<double>(static_cast<float>(static_cast<double>(random()) / 7e9));
    case DataType::float64: return static_cast<double>(random()) / 7e9;
    case DataType::boolean: return random() % 2 == 0;
    default: {
      std::string text(below(200, random), '\0');
      for (auto& c : text) c = static_cast<char>(random());
      return text;
    }
  }
}

TEST(PackedValues, HaveTheDocumentedLayout) {
  const std::vector<Column> columns{
      column(DataType::int32),   column(DataType::uint64),  column(DataType::float32),
      column(DataType::float64), column(DataType::boolean), column(DataType::string),
      column(DataType::uint8),   column(DataType::uint8),   column(DataType::uint16)};
  const std::vector<Value> values{std::int64_t{-3}, std::uint64_t{300}, 1.0, -2.0, true, "ab"s, Value{},
                                  Value{},          std::uint64_t{7}};
  const std::string expected =
      "\x3f\x01"                          // columns 0 to 5 and 8 are present
      "\x05"                              // -3, zigzag
      "\xac\x02"                          // 300
      "\x00\x00\x80\x3f"                  // 1.0f
      "\x00\x00\x00\x00\x00\x00\x00\xc0"  // -2.0
      "\x01"                              // true
      "\x02"
      "ab"
      "\x07"s;
  EXPECT_EQ(pack(columns, values), expected);
  const auto back = unpack(columns, expected);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(*back, values);
}

TEST(PackedValues, TakeNoByteForARecordWithoutColumns) {
  EXPECT_EQ(pack({}, {}), "");
  ASSERT_TRUE(unpack({}, ""));
  EXPECT_FALSE(unpack({}, "x"));
}

TEST(PackedValues, KeepTheLimitsOfEveryType) {
  const std::vector<std::pair<DataType, Value>> limits{
      {DataType::int64, std::numeric_limits<std::int64_t>::min()},
      {DataType::int64, std::numeric_limits<std::int64_t>::max()},
      {DataType::int64, std::int64_t{-1}},
      {DataType::uint64, std::uint64_t{0}},
      {DataType::uint64, std::numeric_limits<std::uint64_t>::max()},
      {DataType::float64, std::numeric_limits<double>::infinity()},
      {DataType::float64, std::numeric_limits<double>::denorm_min()},
      {DataType::float32, static_cast<double>(std::numeric_limits<float>::max())},
      {DataType::string, ""s},
      {DataType::string, "\0\xff"s},
      {DataType::boolean, false}};
  for (const auto& [type, value] : limits) {
    const std::vector<Column> columns{column(type)};
    const std::vector<Value> values{value};
    const auto back = unpack(columns, pack(columns, values));
    ASSERT_TRUE(back) << to_string(type) << " " << to_text(value) << ": " << back.error().to_string();
    EXPECT_EQ(*back, values) << to_string(type) << " " << to_text(value);
  }
}

TEST(PackedValues, KeepNegativeZeroAndNotANumber) {
  const std::vector<Column> columns{column(DataType::float64), column(DataType::float32)};
  const std::vector<Value> values{-0.0, std::numeric_limits<double>::quiet_NaN()};
  const auto back = unpack(columns, pack(columns, values));
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::signbit(std::get<double>((*back)[0])));
  EXPECT_TRUE(std::isnan(std::get<double>((*back)[1])));
}

TEST(PackedValues, ComeBackFromEveryCombinationOfColumnsAndNulls) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::string bytes;
  for (int round = 0; round < 5'000; ++round) {
    std::vector<Column> columns(below(40, random));
    std::vector<Value> values(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i] = column(kValueTypes[below(kValueTypes.size(), random)]);
      if (random() % 4 != 0) values[i] = random_value(columns[i].type, random);
    }
    pack_into(bytes, columns, values);
    const auto back = unpack(columns, bytes);
    ASSERT_TRUE(back) << "round " << round << ": " << back.error().to_string();
    ASSERT_EQ(*back, values) << "round " << round;
  }
}

TEST(PackedValues, AreRefusedWhenCutOrLengthened) {
  std::vector<Column> columns;
  std::vector<Value> values;
  std::mt19937_64 random(1);
  for (const auto type : kValueTypes) {
    columns.push_back(column(type));
    values.push_back(random_value(type, random));
  }
  const auto bytes = pack(columns, values);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(unpack(columns, std::string_view(bytes).substr(0, size))) << size << " bytes";
  }
  EXPECT_FALSE(unpack(columns, bytes + '\0'));
}

TEST(PackedValues, RefuseWhatNoPackerWrites) {
  const std::vector<Column> whole{column(DataType::uint64)};
  EXPECT_FALSE(unpack(whole, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s)) << "65 bits";
  EXPECT_FALSE(unpack(whole, "\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"s)) << "11 groups";
  EXPECT_FALSE(unpack(whole, "\x03\x01"s)) << "a second column";
  const std::vector<Column> truth{column(DataType::boolean)};
  EXPECT_FALSE(unpack(truth, "\x01\x02"s)) << "neither true nor false";
  const std::vector<Column> text{column(DataType::string)};
  EXPECT_FALSE(unpack(text, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"s)) << "a text of 2^64-1 bytes";
  const std::vector<Column> no_value{column(DataType::data_set)};
  EXPECT_FALSE(unpack(no_value, "\x01x"s)) << "a type that is not a value's";
}

TEST(PackedValues, OutliveHostileBytes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int refused = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::vector<Column> columns(below(12, random));
    for (auto& each : columns) each = column(static_cast<DataType>(random() % 22));
    std::string bytes(below(40, random), '\0');
    for (auto& c : bytes) c = static_cast<char>(random());
    const auto values = unpack(columns, bytes);
    if (!values) {
      ++refused;
      EXPECT_FALSE(values.error().what.empty());
      continue;
    }
    // Whatever is accepted has a packed form that means the same. (NaN equals nothing; varints may
    // have come with needless groups.)
    const auto again = unpack(columns, pack(columns, *values));
    ASSERT_TRUE(again) << again.error().to_string();
    ASSERT_EQ(pack(columns, *again), pack(columns, *values));
  }
  EXPECT_GT(refused, 25'000);
}

TEST(PackedColumns, ComeBack) {
  const std::vector<Column> columns{{"RTT mean", DataType::uint32, "us"},
                                    {"Nhiệt độ", DataType::float32, "Cel"},
                                    {"", DataType::string, ""}};
  const auto back = unpack_columns(pack_columns(columns));
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(*back, columns);
  const auto none = unpack_columns(pack_columns({}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(PackedColumns, AreRefusedWhenCutOrLengthenedOrOfNoValuesType) {
  const std::vector<Column> columns{{"RTT mean", DataType::uint32, "us"}, {"Loss", DataType::float32, "%"}};
  const auto bytes = pack_columns(columns);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(unpack_columns(std::string_view(bytes).substr(0, size))) << size << " bytes";
  }
  EXPECT_FALSE(unpack_columns(bytes + "x"));
  const std::vector<Column> no_value{{"Rows", DataType::data_set, ""}};
  EXPECT_FALSE(unpack_columns(pack_columns(no_value)));
  EXPECT_FALSE(unpack_columns("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"s)) << "2^64-1 columns";
}

TEST(PackedColumns, OutliveHostileBytes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes(below(40, random), '\0');
    for (auto& c : bytes) c = static_cast<char>(random() % (round % 2 == 0 ? 256 : 8));
    const auto columns = unpack_columns(bytes);
    if (!columns) continue;
    const auto again = unpack_columns(pack_columns(*columns));
    ASSERT_TRUE(again);
    ASSERT_EQ(*again, *columns);
  }
}

TEST(Values, AreShownToPeopleTheSameInEveryLocale) {
  EXPECT_EQ(to_text(Value{}), "");
  EXPECT_EQ(to_text(Value{true}), "true");
  EXPECT_EQ(to_text(Value{false}), "false");
  EXPECT_EQ(to_text(Value{std::int64_t{-12}}), "-12");
  EXPECT_EQ(to_text(Value{std::numeric_limits<std::uint64_t>::max()}), "18446744073709551615");
  EXPECT_EQ(to_text(Value{0.5}), "0.5");
  EXPECT_EQ(to_text(Value{"Xã Thượng Lâm"s}), "Xã Thượng Lâm");
}

TEST(DataTypes, AreSpeltAsInTheStandard) {
  EXPECT_EQ(to_string(DataType::uint32), "UInt32");
  EXPECT_EQ(to_string(DataType::float32), "Float");
  EXPECT_EQ(to_string(DataType::template_instance), "Template");
  EXPECT_EQ(to_string(static_cast<DataType>(4711)), "Unknown");
}

}  // namespace
}  // namespace xalink
