#include "sparkplug/throughput_meter.hpp"

#include <algorithm>
#include <iterator>

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

double ThroughputMeter::bytes_by(SteadyTime at) const {
  const auto after = std::ranges::find_if(points_, [&](const Point& point) { return point.at >= at; });
  const Point next = after == points_.end() ? Point{last_, bytes_} : *after;
  const Point& before = after == points_.begin() ? points_.front() : *std::prev(after);
  const double share = next.at > before.at ? static_cast<double>((at - before.at).count()) /
                                                 static_cast<double>((next.at - before.at).count())
                                           : 1.0;
  return static_cast<double>(before.bytes) + share * static_cast<double>(next.bytes - before.bytes);
}

std::optional<double> ThroughputMeter::bits_per_second() const {
  if (points_.empty()) return std::nullopt;
  const SteadyTime from = points_.front().at + std::min(took() / 4, kSlowStart);
  const Duration time = last_ - from;
  const double bytes = static_cast<double>(bytes_) - bytes_by(from);
  if (time < kLeastTime || bytes < static_cast<double>(kLeastBytes)) return std::nullopt;
  return bytes * 8.0 / std::chrono::duration<double>(time).count();
}

}  // namespace xalink
