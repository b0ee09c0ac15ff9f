#pragma once
// How far packets get, and where the way ends that led further before. Rules without I/O.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xalink {

struct PathReading {
  std::vector<std::optional<std::string>> hops;  ///< addresses of the routers that answered, in their order
  bool reached = false;                          ///< the target answered
  friend bool operator==(const PathReading&, const PathReading&) = default;
};

enum class PathCut : std::uint8_t {
  none,       ///< it leads as far as it did, or nobody knows how far that was
  first_hop,  ///< nothing answers
  last_mile,  ///< the office's own routers answer, and nobody beyond
  upstream,   ///< the provider's routers answer, those behind them do not
};

/// As in Path/Cut: "" , "first hop", "last mile", "upstream".
[[nodiscard]] std::string_view to_string(PathCut cut);

/// Of the furthest hop that answered: 1 is the first; 0 is none.
[[nodiscard]] std::size_t depth_of(const PathReading& reading);

/// In words, for the evidence of an outage: "hop 2 10.0.0.1 answers, nothing beyond: upstream".
[[nodiscard]] std::string in_words(const PathReading& reading, PathCut cut);

/// Remembers how far it went. Targets and routers that never answer are nobody's outage.
class PathMemory {
 public:
  /// `office_hops`: routers that stand in the office.
  explicit PathMemory(std::size_t office_hops) : office_hops_(office_hops) {}

  /// Each reading, in order. Another first hop is another way: what was known of the old one is forgotten.
  PathCut judge(const PathReading& reading);

 private:
  std::size_t office_hops_;
  std::optional<std::string> first_hop_;
  std::size_t deepest_ = 0;
  bool reached_ = false;
};

}  // namespace xalink
