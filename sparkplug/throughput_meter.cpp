#include "sparkplug/throughput_meter.hpp"

#include <algorithm>

namespace xalink {
namespace {

constexpr std::size_t kMostPoints = 1024;
// Less is a handful of segments: their spacing says more of the kernel's timers than of the link.
constexpr std::uint64_t kLeastBytes = 8 * 1024;
constexpr Duration kLeastTime = std::chrono::microseconds(200);

}  // namespace

void ThroughputMeter::arrived(SteadyTime at, std::uint64_t bytes) {
  bytes_ += bytes;
  last_ = at;
  if (!points_.empty() && at - points_.back().at < spacing_) return;
  if (points_.size() == kMostPoints) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points_.size(); i += 2) points_[kept++] = points_[i];
    points_.resize(kept);
    spacing_ *= 2;
  }
  points_.push_back({at, bytes_});
}

Duration ThroughputMeter::took() const {
  return points_.empty() ? Duration{} : last_ - points_.front().at;
}

std::optional<double> ThroughputMeter::bits_per_second() const {
  if (points_.empty()) return std::nullopt;
  const SteadyTime from = points_.front().at + std::min(took() / 4, kSlowStart);
  const auto begin = std::ranges::find_if(points_, [&](const Point& point) { return point.at >= from; });
  if (begin == points_.end()) return std::nullopt;
  const Duration time = last_ - begin->at;
  const std::uint64_t bytes = bytes_ - begin->bytes;
  if (time < kLeastTime || bytes < kLeastBytes) return std::nullopt;
  return static_cast<double>(bytes) * 8.0 / std::chrono::duration<double>(time).count();
}

}  // namespace xalink
