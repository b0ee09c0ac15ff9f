#include "sparkplug/payload.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

namespace xalink {
namespace {

std::string bytes(std::initializer_list<int> list) {
  std::string text;
  for (const int byte : list) text.push_back(static_cast<char>(byte));
  return text;
}

Metric metric(std::string name, DataType type, MetricValue value) {
  Metric made;
  made.name = std::move(name);
  made.type = type;
  made.value = std::move(value);
  return made;
}

// The vectors below were written out by hand from the field numbers of the specification: a tag is
// (field number << 3) | wire type, with wire type 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.

TEST(Payload, WritesADeathCertificateByteForByte) {
  Payload payload;
  payload.metrics.push_back(metric("bdSeq", DataType::int64, std::int64_t{3}));
  EXPECT_EQ(encode(payload), bytes({0x12, 0x0B,                           // metrics, 11 bytes
                                    0x0A, 0x05, 'b', 'd', 'S', 'e', 'q',  // name
                                    0x20, 0x04,                           // datatype Int64
                                    0x58, 0x03}));                        // long_value 3
}

TEST(Payload, WritesAnAliasedDataMessageByteForByte) {
  Payload payload;
  payload.timestamp = 300;
  payload.seq = 7;
  auto rtt = metric({}, DataType::uint32, std::uint64_t{1000});
  rtt.alias = 5;
  rtt.timestamp = 300;
  rtt.historical = true;
  payload.metrics.push_back(rtt);
  auto loss = metric({}, DataType::float32, 0.5);
  loss.alias = 6;
  payload.metrics.push_back(loss);
  auto none = metric({}, DataType::string, std::monostate{});
  none.alias = 7;
  payload.metrics.push_back(none);
  EXPECT_EQ(encode(payload, WriteTypes::never),
            bytes({0x08, 0xAC, 0x02,  // timestamp 300
                   0x12, 0x0A, 0x10, 0x05, 0x18, 0xAC, 0x02, 0x28, 0x01, 0x50, 0xE8,
                   0x07,                                                  // alias, time,
                                                                          // is_historical, int_value 1000
                   0x12, 0x07, 0x10, 0x06, 0x65, 0x00, 0x00, 0x00, 0x3F,  // alias 6, float_value 0.5
                   0x12, 0x04, 0x10, 0x07, 0x38, 0x01,                    // alias 7, is_null
                   0x18, 0x07}));                                         // seq 7
}

TEST(Payload, WritesSmallNegativeIntegersAsTwosComplementOf32Bits) {
  Payload payload;
  payload.metrics.push_back(metric("a", DataType::int8, std::int64_t{-1}));
  EXPECT_EQ(encode(payload),
            bytes({0x12, 0x0B, 0x0A, 0x01, 'a', 0x20, 0x01, 0x50, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
}

TEST(Payload, WritesADataSetByteForByte) {
  DataSet data;
  data.columns = {{"n", DataType::uint8, {}}, {"t", DataType::string, {}}};
  data.rows = {{std::uint64_t{1}, std::string("x")}, {std::monostate{}, true}};
  data.rows[1][1] = std::string("y");
  Payload payload;
  payload.metrics.push_back(metric("d", DataType::data_set, data));
  EXPECT_EQ(encode(payload), bytes({0x12, 0x28,                         // metric
                                    0x0A, 0x01, 'd',  0x20, 0x10,       // name, datatype DataSet
                                    0x8A, 0x01, 0x20,                   // field 17, 32 bytes
                                    0x08, 0x02,                         // num_of_columns
                                    0x12, 0x01, 'n',  0x12, 0x01, 't',  // columns
                                    0x18, 0x05, 0x18, 0x0C,             // types, unpacked
                                    0x22, 0x09, 0x0A, 0x02, 0x08, 0x01, 0x0A, 0x03, 0x32, 0x01, 'x',  // row 1
                                    0x22, 0x07, 0x0A, 0x00, 0x0A, 0x03, 0x32, 0x01, 'y'}));  // row 2: null, y
}

TEST(Payload, ReadsBackEveryScalarType) {
  struct Case {
    DataType type;
    Value value;
  };
  const Case cases[] = {
      {DataType::int8, std::int64_t{-128}},
      {DataType::int16, std::int64_t{-32768}},
      {DataType::int32, std::int64_t{std::numeric_limits<std::int32_t>::min()}},
      {DataType::int64, std::int64_t{std::numeric_limits<std::int64_t>::min()}},
      {DataType::uint8, std::uint64_t{255}},
      {DataType::uint16, std::uint64_t{65535}},
      {DataType::uint32, std::uint64_t{std::numeric_limits<std::uint32_t>::max()}},
      {DataType::uint64, std::uint64_t{std::numeric_limits<std::uint64_t>::max()}},
      {DataType::float32, 0.25},
      {DataType::float64, 0.1},
      {DataType::boolean, true},
      {DataType::string, std::string("Đồng Văn")},
      {DataType::date_time, std::uint64_t{1'790'000'000'000}},
      {DataType::text, std::string()},
      {DataType::uuid, std::string("0b0e2a3c-0000-4000-8000-000000000000")},
  };
  for (const auto& [type, value] : cases) {
    Payload payload;
    payload.metrics.push_back(
        metric("m", type, std::visit([](const auto& inner) { return MetricValue(inner); }, value)));
    payload.metrics[0].properties.push_back(Property{"p", type, value});
    auto decoded = decode(encode(payload));
    ASSERT_TRUE(decoded) << to_string(type);
    auto interpreted = interpret(decoded->metrics[0].value, type);
    ASSERT_TRUE(interpreted) << to_string(type);
    EXPECT_EQ(*interpreted, payload.metrics[0].value) << to_string(type);
    ASSERT_EQ(decoded->metrics[0].properties.size(), 1U);
    EXPECT_EQ(decoded->metrics[0].properties[0].value, value) << to_string(type);
  }
}

TEST(Payload, RefusesAValueThatDoesNotFitItsType) {
  EXPECT_FALSE(interpret(std::string("x"), DataType::int32));
  EXPECT_FALSE(interpret(1.5, DataType::uint64));
  EXPECT_FALSE(interpret(DataSet{}, DataType::string));
  EXPECT_FALSE(interpret(Bytes{"x"}, DataType::boolean));
  EXPECT_TRUE(interpret(std::monostate{}, DataType::int32));
}

TEST(Payload, RefusesHostileBytesWithAReason) {
  EXPECT_FALSE(decode("\xFF\xFF\xFF\xFF"));
  EXPECT_FALSE(decode(std::string(2'000'000, 'x')));
  EXPECT_FALSE(decode(bytes({0x12, 0x03, 0x0A, 0x01, 'a'})));  // neither value nor is_null
  // A DataSet that says 2 columns and has 1.
  EXPECT_FALSE(decode(bytes(
      {0x12, 0x0F, 0x0A, 0x01, 'd', 0x20, 0x10, 0x8A, 0x01, 0x07, 0x08, 0x02, 0x12, 0x01, 'n', 0x18, 0x05})));
  // A row with fewer elements than columns.
  EXPECT_FALSE(decode(bytes({0x12, 0x11, 0x0A, 0x01, 'd', 0x20, 0x10, 0x8A, 0x01, 0x09, 0x08, 0x01, 0x12,
                             0x01, 'n', 0x18, 0x05, 0x22, 0x00})));
  PayloadLimits tight;
  tight.metrics = 1;
  Payload two;
  two.metrics = {metric("a", DataType::boolean, true), metric("b", DataType::boolean, true)};
  EXPECT_FALSE(decode(encode(two), tight));
}

TEST(Payload, SkipsWhatItDoesNotKnow) {
  // Field 100 of the payload, then seq 1.
  const auto decoded = decode(bytes({0xA2, 0x06, 0x02, 'h', 'i', 0x18, 0x01}));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->seq, 1U);
  // A Template is known to be there, not read.
  const auto with_template = decode(bytes({0x12, 0x06, 0x0A, 0x01, 't', 0x92, 0x01, 0x00}));
  ASSERT_TRUE(with_template);
  EXPECT_TRUE(std::holds_alternative<Opaque>(with_template->metrics[0].value));
}

TEST(HostState, IsTheStandardsJson) {
  EXPECT_EQ(encode_state({true, 1234}), R"({"online":true,"timestamp":1234})");
  const auto state = decode_state(R"({ "timestamp": 99, "online": false, "extra": [1] })");
  ASSERT_TRUE(state);
  EXPECT_EQ(*state, (HostState{false, 99}));
}

TEST(HostState, RefusesWhatIsNotState) {
  for (const char* text : {"", "OFFLINE", "[]", "{}", R"({"online":true})", R"({"online":1,"timestamp":1})",
                           R"({"online":true,"timestamp":"1"})", R"({"online":true,"timestamp":-1})"}) {
    EXPECT_FALSE(decode_state(text)) << text;
  }
  EXPECT_FALSE(decode_state(std::string(100'000, '[')));
}

}  // namespace
}  // namespace xalink
