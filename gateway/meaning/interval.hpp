#pragma once
// Half open spans of time, and sets of them.

#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink::meaning {

struct Interval {
  WallTime begin{};
  WallTime end{};

  [[nodiscard]] bool empty() const { return end <= begin; }
  [[nodiscard]] Milliseconds length() const { return empty() ? Milliseconds::zero() : end - begin; }
  [[nodiscard]] bool overlaps(const Interval& other) const { return begin < other.end && other.begin < end; }
  friend auto operator<=>(const Interval&, const Interval&) = default;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// What both hold; may be empty().
[[nodiscard]] Interval common_part(const Interval& left, const Interval& right);

/// The same moments as sorted intervals that neither touch nor overlap. Empty ones vanish.
[[nodiscard]] std::vector<Interval> united(std::vector<Interval> intervals);

/// Of two such sets.
[[nodiscard]] std::vector<Interval> common_parts(const std::vector<Interval>& left,
                                                 const std::vector<Interval>& right);

}  // namespace xalink::meaning
