#include "gateway/meaning/interval.hpp"

#include <algorithm>
#include <utility>

namespace xalink::meaning {

Interval common_part(const Interval& left, const Interval& right) {
  return {std::max(left.begin, right.begin), std::min(left.end, right.end)};
}

std::vector<Interval> united(std::vector<Interval> intervals) {
  std::erase_if(intervals, [](const Interval& interval) { return interval.empty(); });
  std::ranges::sort(intervals);
  std::vector<Interval> joined;
  for (const auto& interval : intervals) {
    if (!joined.empty() && interval.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, interval.end);
    } else {
      joined.push_back(interval);
    }
  }
  return joined;
}

std::vector<Interval> common_parts(const std::vector<Interval>& left, const std::vector<Interval>& right) {
  std::vector<Interval> parts;
  auto a = left.begin();
  auto b = right.begin();
  while (a != left.end() && b != right.end()) {
    const auto part = common_part(*a, *b);
    if (!part.empty()) parts.push_back(part);
    if (a->end < b->end) {
      ++a;
    } else {
      ++b;
    }
  }
  return parts;
}

}  // namespace xalink::meaning
