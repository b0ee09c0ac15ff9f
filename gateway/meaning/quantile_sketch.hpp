#pragma once
// Quantiles of many values in few bytes, within one percent.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink::meaning {

/// Counts values in buckets whose borders grow by a constant factor (DDSketch, Masson, Rim and Lee, VLDB
/// 2019, without its collapsing of buckets). A value v > 0 lies in bucket i = ceil(log v / log g) with g = (1
/// + a) / (1 - a) and a = 0.01, and the bucket stands for 2 g^i / (g + 1): no value in it is further away
/// than a times itself. Negative values have buckets of their own by -v; what is closer to 0 than 1e-9 counts
/// as 0.
///
/// Sketches add up: the sketch of all values is the sum of sketches of any parts of them, bit by bit, in
/// whatever order. Thread-safety: none.
class QuantileSketch {
 public:
  static constexpr double kRelativeError = 0.01;

  /// Values that are not finite are ignored.
  void add(double value, std::uint64_t times = 1);
  QuantileSketch& operator+=(const QuantileSketch& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// By nearest rank, `share` from 0 to 1; nothing of no values.
  [[nodiscard]] std::optional<double> quantile(double share) const;

  /// Version 1; then varints: count of values at 0; number of positive buckets, of negative ones; for each
  /// bucket, by rising index, the zigzag of its index minus the one before, and its count.
  [[nodiscard]] std::string to_bytes() const;
  /// Fails on what to_bytes() cannot have written.
  [[nodiscard]] static Result<QuantileSketch> from_bytes(std::string_view bytes);

  friend bool operator==(const QuantileSketch&, const QuantileSketch&) = default;

 private:
  using Buckets = std::map<std::int32_t, std::uint64_t>;
  Buckets positive_;
  Buckets negative_;
  std::uint64_t zeros_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace xalink::meaning
