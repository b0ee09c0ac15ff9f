#include "agent/path_judgement.hpp"

#include <algorithm>

namespace xalink {

std::string_view to_string(PathCut cut) {
  switch (cut) {
    case PathCut::none: return "";
    case PathCut::first_hop: return "first hop";
    case PathCut::last_mile: return "last mile";
    case PathCut::upstream: return "upstream";
  }
  return "";
}

std::size_t depth_of(const PathReading& reading) {
  for (std::size_t hop = reading.hops.size(); hop > 0; --hop) {
    if (reading.hops[hop - 1]) return hop;
  }
  return 0;
}

std::string in_words(const PathReading& reading, PathCut cut) {
  if (reading.reached) return "the target answers";
  const std::size_t depth = depth_of(reading);
  std::string words = "no hop answers";
  if (depth > 0) {
    words = "hop " + std::to_string(depth) + " " + *reading.hops[depth - 1] + " answers, nothing beyond";
  }
  if (cut != PathCut::none) words.append(": ").append(to_string(cut));
  return words;
}

PathCut PathMemory::judge(const PathReading& reading) {
  const auto first = reading.hops.empty() ? std::nullopt : reading.hops.front();
  if (first && first_hop_ && first != first_hop_) {
    deepest_ = 0;
    reached_ = false;
  }
  if (first) first_hop_ = first;
  const std::size_t depth = depth_of(reading);
  const bool as_far = reading.reached || (!reached_ && depth >= deepest_);
  if (as_far) {
    deepest_ = std::max(deepest_, depth);
    reached_ = reached_ || reading.reached;
    return PathCut::none;
  }
  if (depth == 0) return PathCut::first_hop;
  return depth <= office_hops_ ? PathCut::last_mile : PathCut::upstream;
}

}  // namespace xalink
