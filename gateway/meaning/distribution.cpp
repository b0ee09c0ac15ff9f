#include "gateway/meaning/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace xalink::meaning {

void Distribution::add(double value, std::uint64_t times) {
  if (!std::isfinite(value) || times == 0) return;
  constexpr std::size_t kRoom = 1024;
  values_.emplace_back(value, times);
  count_ += times;
  // Now and then, so that a value that came a million times takes room once.
  if (values_.size() >= kRoom && values_.size() >= 2 * sorted_) (void)sorted();
}

const Distribution::Values& Distribution::sorted() const {
  if (sorted_ == values_.size()) return values_;
  std::ranges::sort(values_);
  std::size_t kept = 0;
  for (std::size_t i = 1; i < values_.size(); ++i) {
    if (values_[i].first == values_[kept].first) {
      values_[kept].second += values_[i].second;
    } else {
      values_[++kept] = values_[i];
    }
  }
  values_.resize(kept + 1);
  sorted_ = values_.size();
  return values_;
}

void Distribution::settle() {
  (void)sorted();
  values_.shrink_to_fit();
}

std::optional<double> Distribution::mean() const {
  if (count_ == 0) return std::nullopt;
  double sum = 0;  // in the order of values, so that it is the same however they came
  for (const auto& [value, times] : sorted()) sum += value * static_cast<double>(times);
  return sum / static_cast<double>(count_);
}

std::optional<double> Distribution::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(
      std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_))));
  std::uint64_t reached = 0;
  for (const auto& [value, times] : sorted()) {
    reached += times;
    if (reached >= rank) return value;
  }
  return values_.back().first;
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
  const Values added = other.values_;  // which may be this one
  for (const auto& [value, times] : added) add(value, times);
  return *this;
}

}  // namespace xalink::meaning
