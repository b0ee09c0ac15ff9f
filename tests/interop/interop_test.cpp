// Each codec reads what the other wrote. Both sides tell what they see in the lines that
// description.mjs defines, and the lines must be the same.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <bit>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/payload.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

enum class Slots : bool { hidden, shown };

constexpr std::uint64_t kAt = 1'753'000'000'123;

/// Runs a script of this folder under node and returns what it printed; its stderr goes to ours.
std::string run_script(const std::string& script_and_arguments) {
  const std::string command = "cd '" XALINK_INTEROP_FOLDER "' && '" XALINK_NODE "' " + script_and_arguments;
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return {};
  }
  std::string text;
  char part[4096];
  while (const std::size_t size = std::fread(part, 1, sizeof part, output)) text.append(part, size);
  const int status = pclose(output);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command << "\nended with " << status;
  return text;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    text += kDigits[code >> 4U];
    text += kDigits[code & 15U];
  }
  return text;
}

template <class Unsigned>
std::string bits(Unsigned value) {
  std::string bytes;
  for (std::size_t i = sizeof value; i-- > 0;) bytes += static_cast<char>(value >> (8 * i));
  return hex(bytes);
}

struct ValueText {
  DataType type;

  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool flag) const { return flag ? "flag:1" : "flag:0"; }
  std::string operator()(std::int64_t whole) const { return "integer:" + std::to_string(whole); }
  std::string operator()(std::uint64_t whole) const { return "integer:" + std::to_string(whole); }
  std::string operator()(double real) const {
    return type == DataType::float32 ? "float:" + bits(std::bit_cast<std::uint32_t>(static_cast<float>(real)))
                                     : "double:" + bits(std::bit_cast<std::uint64_t>(real));
  }
  std::string operator()(const std::string& text) const { return "text:" + hex(text); }
  std::string operator()(const Bytes& raw) const { return "bytes:" + hex(raw.bytes); }
  std::string operator()(const DataSet&) const { return "dataset"; }
  std::string operator()(const Opaque&) const { return "opaque"; }
};

/// Where the standard wants a value of the type (section 6.4.16), in the oracle's words.
std::string slot_of(DataType type) {
  switch (type) {
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::uint8:
    case DataType::uint16:
    case DataType::uint32: return "intValue";
    case DataType::int64:
    case DataType::uint64:
    case DataType::date_time: return "longValue";
    case DataType::float32: return "floatValue";
    case DataType::float64: return "doubleValue";
    case DataType::boolean: return "booleanValue";
    case DataType::string:
    case DataType::text:
    case DataType::uuid: return "stringValue";
    case DataType::data_set: return "datasetValue";
    default: return "bytesValue";
  }
}

std::string number(DataType type) {
  return std::to_string(static_cast<unsigned>(type));
}

std::string optional_text(std::string_view name, const std::optional<std::uint64_t>& value) {
  return value ? " " + std::string(name) + "=" + std::to_string(*value) : "";
}

/// The lines of description.mjs. Integers are taken as their metric's type says.
std::string describe(const Payload& payload, Slots slots) {
  std::string text = "payload" + optional_text("timestamp", payload.timestamp) +
                     optional_text("seq", payload.seq) +
                     (payload.uuid.empty() ? "" : " uuid=" + payload.uuid) + "\n";
  for (const Metric& metric : payload.metrics) {
    const auto value = interpret(metric.value, metric.type);
    if (!value) {
      ADD_FAILURE() << metric.name << ": " << value.error().to_string();
      continue;
    }
    const bool is_absent = std::holds_alternative<std::monostate>(*value);
    text += "metric [" + metric.name + "]" + optional_text("alias", metric.alias) +
            optional_text("timestamp", metric.timestamp) + " type=" + number(metric.type) +
            (metric.historical ? " historical" : "") + (metric.transient ? " transient" : "") + " " +
            std::visit(ValueText{metric.type}, *value) +
            (slots == Slots::shown && !is_absent ? " in " + slot_of(metric.type) : "") + "\n";
    for (const Property& property : metric.properties) {
      text += "  property [" + property.key + "] type=" + number(property.type) + " " +
              std::visit(ValueText{property.type}, property.value) + "\n";
    }
    const auto* table = std::get_if<DataSet>(&*value);
    if (table == nullptr) continue;
    for (const Column& column : table->columns) {
      text += "  column [" + column.name + "] type=" + number(column.type) + "\n";
    }
    for (const auto& row : table->rows) {
      text += "  row";
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += " " + std::visit(ValueText{table->columns[i].type}, row[i]);
      }
      text += "\n";
    }
  }
  return text;
}

Metric metric(std::string name, DataType type, MetricValue value) {
  Metric made;
  made.name = std::move(name);
  made.timestamp = kAt;
  made.type = type;
  made.value = std::move(value);
  return made;
}

Payload payload(std::vector<Metric> metrics) {
  Payload made;
  made.timestamp = kAt;
  made.seq = 7;
  made.metrics = std::move(metrics);
  return made;
}

/// What the foreign codec reads in the bytes.
std::string as_they_read(const std::string& bytes) {
  const ScratchFolder folder;
  return run_script("decode.mjs '" + folder.write("payload.bin", bytes).string() + "'");
}

void expect_they_read_the_same(const Payload& ours) {
  EXPECT_EQ(as_they_read(encode(ours)), describe(ours, Slots::shown));
}

template <class T>
constexpr T kLeast = std::numeric_limits<T>::lowest();
template <class T>
constexpr T kMost = std::numeric_limits<T>::max();

TEST(WhatWeEncode, IsReadAlikeForEveryScalarTypeAtItsLimits) {
  expect_they_read_the_same(payload({
      metric("Int8", DataType::int8, std::int64_t{-128}),
      metric("Int8 most", DataType::int8, std::int64_t{127}),
      metric("Int16", DataType::int16, std::int64_t{-32768}),
      metric("Int32", DataType::int32, std::int64_t{kLeast<std::int32_t>}),
      metric("Int32 most", DataType::int32, std::int64_t{kMost<std::int32_t>}),
      metric("Int64", DataType::int64, kLeast<std::int64_t>),
      metric("Int64 most", DataType::int64, kMost<std::int64_t>),
      metric("UInt8", DataType::uint8, std::uint64_t{255}),
      metric("UInt16", DataType::uint16, std::uint64_t{65535}),
      metric("UInt32", DataType::uint32, std::uint64_t{kMost<std::uint32_t>}),
      metric("UInt64", DataType::uint64, kMost<std::uint64_t>),
      metric("Float", DataType::float32, 0.5),
      metric("Float least", DataType::float32, double{kLeast<float>}),
      metric("Double", DataType::float64, 0.1),
      metric("Double, minus zero", DataType::float64, -0.0),
      metric("Boolean", DataType::boolean, true),
      metric("Boolean off", DataType::boolean, false),
      metric("String", DataType::string, std::string("Hà Giang, xã Lũng Cú")),
      metric("String, empty", DataType::string, std::string()),
      metric("DateTime", DataType::date_time, kAt),
      metric("Text", DataType::text, std::string("two\nlines")),
      metric("UUID", DataType::uuid, std::string("01234567-89ab-4def-8123-456789abcdef")),
      metric("Bytes", DataType::bytes, Bytes{std::string("\0\1\xff", 3)}),
  }));
}

TEST(WhatWeEncode, IsReadAlikeWithAliasesHistoryAndAbsentValues) {
  Metric past = metric("Past", DataType::int16, std::int64_t{-3});
  past.historical = true;
  past.timestamp = 1;
  Metric passing = metric("Passing", DataType::boolean, false);
  passing.transient = true;
  Metric aliased = metric("Aliased", DataType::uint32, std::uint64_t{0});
  aliased.alias = 0;
  Metric far_alias = metric("", DataType::float64, 1e300);
  far_alias.alias = kMost<std::uint64_t>;
  expect_they_read_the_same(
      payload({past, passing, aliased, far_alias, metric("Absent", DataType::uint64, std::monostate{}),
               metric("Absent text", DataType::string, std::monostate{})}));
}

TEST(WhatWeEncode, IsReadAlikeWithProperties) {
  Metric described = metric("Described", DataType::float32, 21.5);
  described.properties = {
      {"engUnit", DataType::string, std::string("µs")},
      {"Quality", DataType::int32, std::int64_t{500}},
      {"readOnly", DataType::boolean, true},
      {"engHigh", DataType::float64, 100.25},
      {"engLow", DataType::float32, -0.25},
      {"since", DataType::uint64, kAt},
      {"steps", DataType::uint32, std::uint64_t{kMost<std::uint32_t>}},
      {"nothing", DataType::string, std::monostate{}},
  };
  expect_they_read_the_same(payload({described}));
}

TEST(WhatWeEncode, IsReadAlikeAsADataSetOfEveryScalarTypeWithAbsentCells) {
  const std::vector<DataType> types = {
      DataType::int8,    DataType::int16,  DataType::int32,  DataType::int64,     DataType::uint8,
      DataType::uint16,  DataType::uint32, DataType::uint64, DataType::float32,   DataType::float64,
      DataType::boolean, DataType::string, DataType::text,   DataType::date_time, DataType::uuid};
  DataSet table;
  for (const DataType type : types) {
    table.columns.push_back(Column{"as " + std::string(to_string(type)), type, {}});
  }
  const std::int64_t minus_one = -1;
  table.rows = {
      {minus_one, minus_one, minus_one, minus_one, std::uint64_t{255}, std::uint64_t{65535},
       std::uint64_t{kMost<std::uint32_t>}, kMost<std::uint64_t>, 0.25, 0.1, true, std::string("đứt cáp"),
       std::string(), kAt, std::string("u")},
      std::vector<Value>(types.size()),
      {std::int64_t{0}, std::int64_t{0}, std::int64_t{0}, std::int64_t{0}, std::uint64_t{0}, std::uint64_t{0},
       std::uint64_t{0}, std::uint64_t{0}, 0.0, 0.0, false, std::string(), std::string(), std::uint64_t{0},
       std::string()},
  };
  Metric backlog = metric("Backlog", DataType::data_set, table);
  backlog.historical = true;
  expect_they_read_the_same(payload({backlog}));
}

TEST(WhatWeEncode, IsReadAlikeWithoutMetrics) {
  expect_they_read_the_same(payload({}));
  Payload anonymous;
  anonymous.uuid = "a uuid of the sender";
  expect_they_read_the_same(anonymous);
}

TEST(WhatWeEncode, LeavesTheTypeOutOfDataMessages) {
  Metric aliased = metric("", DataType::uint32, std::uint64_t{42});
  aliased.alias = 3;
  EXPECT_EQ(as_they_read(encode(payload({aliased}), WriteTypes::never)),
            "payload timestamp=1753000000123 seq=7\n"
            "metric [] alias=3 timestamp=1753000000123 type=0 integer:42 in intValue\n");
}

TEST(WhatTheyEncode, IsReadAlikeByUs) {
  const ScratchFolder folder;
  const std::string names = run_script("encode.mjs '" + folder.path().string() + "'");
  std::size_t cases = 0;
  for (std::size_t begin = 0, end = 0; (end = names.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string name = names.substr(begin, end - begin);
    SCOPED_TRACE(name);
    const auto read = decode(folder.read(name + ".bin"));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(describe(*read, Slots::hidden), folder.read(name + ".txt"));
    ++cases;
  }
  EXPECT_EQ(cases, 8U) << names;
}

}  // namespace
}  // namespace xalink
