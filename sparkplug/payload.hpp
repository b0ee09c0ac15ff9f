#pragma once
// Sparkplug B payloads ⇄ plain structs (specification 3.0, chapter 6). Only payload.cpp knows protobuf.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A DataSet: typed columns and rows of values, one value for each column (null where absent).
struct DataSet {
  std::vector<Column> columns;  ///< unit is not on the wire and stays empty
  std::vector<std::vector<Value>> rows;
  friend bool operator==(const DataSet&, const DataSet&) = default;
};

struct Bytes {
  std::string bytes;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// A value of a kind that records do not hold (Template, array, extension): known to be there, not read.
struct Opaque {
  friend bool operator==(const Opaque&, const Opaque&) = default;
};

/// Value of a metric. A decoded DATA metric has no data type of its own: integers are then uint64_t as
/// they stood in int_value or long_value until `interpret` gives them the type of the birth.
using MetricValue = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                                 DataSet, Bytes, Opaque>;

struct Property {
  std::string key;
  DataType type = DataType::unknown;
  Value value;
  friend bool operator==(const Property&, const Property&) = default;
};

struct Metric {
  std::string name;  ///< empty when only the alias is sent
  std::optional<std::uint64_t> alias;
  std::optional<std::uint64_t> timestamp;  ///< ms since 1970-01-01 UTC
  DataType type = DataType::unknown;       ///< written only when not unknown
  bool historical = false;
  bool transient = false;
  MetricValue value;  ///< monostate is written as is_null = true
  std::vector<Property> properties;
  friend bool operator==(const Metric&, const Metric&) = default;
};

struct Payload {
  std::optional<std::uint64_t> timestamp;  ///< ms since 1970-01-01 UTC
  std::optional<std::uint64_t> seq;
  std::vector<Metric> metrics;
  std::string uuid;
  friend bool operator==(const Payload&, const Payload&) = default;
};

/// What a decoder accepts before it calls a message hostile.
struct PayloadLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t metrics = 20'000;
  std::size_t data_set_cells = 1'000'000;
};

/// The value slot follows from `Metric::type`, so DATA metrics carry their birth's type too; this says
/// whether it goes on the wire. A metric of unknown type is written by its value's alternative.
enum class WriteTypes : std::uint8_t { in_births, never };

/// Encodes by the value slots of the standard: 8 to 32 bit integers in int_value as two's complement,
/// 64 bit ones and DateTime in long_value. `never` leaves `datatype` out, as DATA messages should.
[[nodiscard]] std::string encode(const Payload& payload, WriteTypes types = WriteTypes::in_births);

/// Fails on anything that is not a payload or passes a limit; unknown fields are skipped.
[[nodiscard]] Result<Payload> decode(std::string_view bytes, const PayloadLimits& limits = {});

/// Gives a value decoded without a type the type its birth declared (two's complement, truncation to
/// width). Fails when the slot does not go with the type. Also accepts UInt64 sent for Int64.
[[nodiscard]] Result<MetricValue> interpret(MetricValue raw, DataType type);

/// A time as Sparkplug writes it: ms since 1970-01-01 UTC; a clock before 1970 is written as 0.
[[nodiscard]] inline std::uint64_t wire_time(WallTime time) {
  const auto ms = time.time_since_epoch().count();
  return ms < 0 ? 0 : static_cast<std::uint64_t>(ms);
}

/// STATE, the one JSON payload of the standard (section 6.4.26).
struct HostState {
  bool online = false;
  std::uint64_t timestamp = 0;  ///< ms since 1970-01-01 UTC
  friend bool operator==(const HostState&, const HostState&) = default;
};
[[nodiscard]] std::string encode_state(const HostState& state);
[[nodiscard]] Result<HostState> decode_state(std::string_view json);

}  // namespace xalink
