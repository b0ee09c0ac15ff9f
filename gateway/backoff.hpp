#pragma once
// How long to wait before trying again.

#include <algorithm>
#include <cstdint>
#include <random>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Full jitter: a wait is uniform between nothing and a ceiling that doubles with each failure, so that
/// many who failed together do not come back together.
class Backoff {
 public:
  Backoff(Duration first, Duration longest, std::uint64_t seed)
      : first_(first), longest_(longest), ceiling_(first), random_(seed) {}

  [[nodiscard]] Duration next() {
    std::uniform_int_distribution<Duration::rep> wait(kShortest.count(), ceiling_.count());
    ceiling_ = std::min(ceiling_ * 2, longest_);
    return Duration(wait(random_));
  }
  void reset() { ceiling_ = first_; }

 private:
  /// Not zero: a broker that refuses at once must not be asked in a tight loop.
  static constexpr Duration kShortest = std::chrono::milliseconds(100);

  Duration first_;
  Duration longest_;
  Duration ceiling_;
  std::mt19937_64 random_;
};

}  // namespace xalink
