#pragma once
// Readings as values of records.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// Null for an empty reading. Only for readings of unsigned, floating, flag and text columns.
template <class Reading>
[[nodiscard]] Value value_of(const std::optional<Reading>& reading) {
  if (!reading) return std::monostate{};
  if constexpr (std::same_as<Reading, bool> || std::same_as<Reading, std::string>) {
    return *reading;
  } else if constexpr (std::floating_point<Reading>) {
    return static_cast<double>(*reading);
  } else {
    static_assert(std::unsigned_integral<Reading>);
    return static_cast<std::uint64_t>(*reading);
  }
}

/// The values of a record whose columns are these readings, in this order.
template <class... Readings>
[[nodiscard]] std::vector<Value> values_of(const std::optional<Readings>&... readings) {
  std::vector<Value> values;
  values.reserve(sizeof...(readings));
  (values.push_back(value_of(readings)), ...);
  return values;
}

/// Whole microseconds, of intervals that are never negative and fit the 71 minutes of a UInt32.
[[nodiscard]] inline std::uint32_t microseconds(Duration interval) {
  constexpr auto kMost = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
  const std::int64_t count = std::chrono::round<std::chrono::microseconds>(interval).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, kMost));
}

}  // namespace xalink
