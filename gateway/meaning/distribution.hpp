#pragma once
// Measured values with how many measurements each stands for.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/meaning/threshold_profiles.hpp"

namespace xalink::meaning {

/// The same values give the same, in whatever order they came. Thread-safety: none, not even to look.
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
  friend bool operator==(const Distribution& left, const Distribution& right) {
    return left.sorted() == right.sorted();
  }
  /// Gives back the room that adding took; when all is added.
  void settle();

 private:
  using Values = std::vector<std::pair<double, std::uint64_t>>;
  [[nodiscard]] const Values& sorted() const;

  mutable Values values_;  ///< the first `sorted_` of them rise, and each stands once
  mutable std::size_t sorted_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace xalink::meaning
