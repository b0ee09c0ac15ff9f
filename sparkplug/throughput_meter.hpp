#pragma once
// How fast bytes came through, as both ends reckon it: bytes that the receiving program had, over its own
// time.

#include <cstdint>
#include <optional>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Fed by the receiver of one stream. TCP begins slowly: the first quarter of the time, and at most the
/// first kSlowStart of it, is left out of the rate. (NDT7 counts from the first byte and reads low by that
/// on short tests.) A lost segment holds back what came after it, and then gives it out at once: where the
/// counting begins inside such a hole, what it held back counts by the part of the hole that lies before.
/// What a hole at the end holds back is not counted: below 100 kbit/s ten seconds read up to a quarter low.
///
/// Thread-safety: none.
class ThroughputMeter {
 public:
  static constexpr Duration kSlowStart = std::chrono::seconds(2);

  /// `bytes` more are there, at `at`; the first call starts the time, and its bytes are not part of the rate:
  /// they were sent before it.
  void arrived(SteadyTime at, std::uint64_t bytes);

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// From the first bytes to the last.
  [[nodiscard]] Duration took() const;
  /// Nothing when too little came, or in too short a time, to say.
  [[nodiscard]] std::optional<double> bits_per_second() const;

 private:
  struct Point {
    SteadyTime at;
    std::uint64_t bytes;  ///< in all, then
  };

  /// What had come by then, as if it came evenly between two points.
  [[nodiscard]] double bytes_by(SteadyTime at) const;

  std::vector<Point> points_;  ///< thinned out when they become many: the first always, and not the last
  Duration spacing_ = std::chrono::milliseconds(1);
  std::uint64_t bytes_ = 0;
  SteadyTime last_{};
};

}  // namespace xalink
