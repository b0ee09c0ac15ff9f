#include "gateway/meaning/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace xalink::meaning {

void Distribution::add(double value, std::uint64_t times) {
  if (!std::isfinite(value) || times == 0) return;
  values_[value] += times;
  count_ += times;
}

std::optional<double> Distribution::mean() const {
  if (count_ == 0) return std::nullopt;
  double sum = 0;  // in the order of values, so that it is the same however they came
  for (const auto& [value, times] : values_) sum += value * static_cast<double>(times);
  return sum / static_cast<double>(count_);
}

std::optional<double> Distribution::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(
      std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_))));
  std::uint64_t reached = 0;
  for (const auto& [value, times] : values_) {
    reached += times;
    if (reached >= rank) return value;
  }
  return values_.rbegin()->first;
}

std::optional<double> Distribution::statistic(Statistic which) const {
  switch (which) {
    case Statistic::mean: return mean();
    case Statistic::median: return quantile(0.5);
    case Statistic::p5: return quantile(0.05);
    case Statistic::p10: return quantile(0.1);
    case Statistic::p90: return quantile(0.9);
    case Statistic::p95: return quantile(0.95);
  }
  return std::nullopt;
}

Distribution& Distribution::operator+=(const Distribution& other) {
  for (const auto& [value, times] : other.values_) add(value, times);
  return *this;
}

}  // namespace xalink::meaning
