#pragma once
// So many a second on average, and some more at once.

#include <algorithm>
#include <chrono>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Full when it is made. Thread-safety: none.
class TokenBucket {
 public:
  /// Whether there was one to take, of `rate` more each second and `most` at once.
  [[nodiscard]] bool take(double rate, double most, SteadyTime now) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    tokens_ = fresh_ ? most : std::min(most, tokens_ + std::max(0.0, seconds) * rate);
    fresh_ = false;
    at_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double tokens_ = 0;
  SteadyTime at_{};
  bool fresh_ = true;
};

}  // namespace xalink
