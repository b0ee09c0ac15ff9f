#pragma once
// Measured values with how many measurements each stands for.

#include <cstdint>
#include <map>
#include <optional>

#include "gateway/meaning/threshold_profiles.hpp"

namespace xalink::meaning {

/// The same values give the same, in whatever order they came.
class Distribution {
 public:
  /// `times`: measurements that this value stands for.
  void add(double value, std::uint64_t times = 1);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// Nothing without values. Quantiles by nearest rank: a value that was measured, the least of which at
  /// least that share of all is not above.
  [[nodiscard]] std::optional<double> mean() const;
  [[nodiscard]] std::optional<double> quantile(double share) const;
  [[nodiscard]] std::optional<double> statistic(Statistic which) const;
  Distribution& operator+=(const Distribution& other);
  friend bool operator==(const Distribution&, const Distribution&) = default;

 private:
  std::map<double, std::uint64_t> values_;
  std::uint64_t count_ = 0;
};

}  // namespace xalink::meaning
