#pragma once
// What travels from a probe to the gateway's store: values of one device, taken at one time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Sparkplug B 3.0 data types, by the standard's numbers (section 6.4.16).
enum class DataType : std::uint32_t {
  unknown = 0,
  int8 = 1,
  int16 = 2,
  int32 = 3,
  int64 = 4,
  uint8 = 5,
  uint16 = 6,
  uint32 = 7,
  uint64 = 8,
  float32 = 9,
  float64 = 10,
  boolean = 11,
  string = 12,
  date_time = 13,  ///< milliseconds since 1970-01-01 UTC
  text = 14,
  uuid = 15,
  data_set = 16,
  bytes = 17,
  file = 18,
  template_instance = 19,
};

/// The standard's spelling of the type ("Int8", "DateTime", ...); "Unknown" for numbers it lacks.
[[nodiscard]] std::string_view to_string(DataType type);

/// One value. monostate is null: the value was asked for and is not there.
/// Which alternative a type uses: Int8..Int64 int64_t; UInt8..UInt64 and DateTime uint64_t; Float and
/// Double double; Boolean bool; String, Text, UUID string. Other types are not values of records.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

[[nodiscard]] inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}
/// For people and logs: "true", "12", "0.5", the text itself, "" for null.
[[nodiscard]] std::string to_text(const Value& value);

/// Priority class of the outbox, with its own row numbering (design, section 2).
enum class Lane : std::uint8_t {
  events = 0,        ///< outages, dossiers, indicators
  measurements = 1,  ///< network and board
};
inline constexpr std::size_t kLaneCount = 2;
inline constexpr Lane kLanes[kLaneCount] = {Lane::events, Lane::measurements};
[[nodiscard]] constexpr std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

/// Number of a record in its lane: 1, 2, 3, ... without holes within one epoch.
using RowId = std::uint64_t;

struct Column {
  std::string name;  ///< last part of the metric's name; holds no '/'
  DataType type = DataType::unknown;
  std::string unit;  ///< UCUM-like ("us", "%", "Cel", "By"); empty for pure numbers and texts
  friend bool operator==(const Column&, const Column&) = default;
};

/// The shape of a record. A metric's full name is `group` + "/" + column name, e.g.
/// "Ping/gateway/RTT mean" with group "Ping/gateway". Two schemas of one device differ in group.
struct Schema {
  std::string device;  ///< Sparkplug device id: "network", "board", "dossiers", "indicators"
  std::string group;
  Lane lane = Lane::measurements;
  std::vector<Column> columns;

  [[nodiscard]] std::string metric_name(std::size_t column) const {
    return group + "/" + columns[column].name;
  }
  friend bool operator==(const Schema&, const Schema&) = default;
};

/// When a record was taken, with what the board knew of time then (design, section 6).
struct Stamp {
  WallTime wall{};
  BootTime boot_time{};
  std::string boot_id;  ///< kernel's boot UUID
  ClockQuality quality = ClockQuality::unset;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// One measurement of one probe, one dossier event, one indicator row.
/// `values` has one entry for each column of its schema, in order; absent ones are null.
struct Record {
  Stamp stamp;
  std::vector<Value> values;
  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace xalink
