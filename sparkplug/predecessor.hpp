#pragma once
// How an outbox that was salvaged from another says so, so that no record is taken twice.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Rows of a lane up to `last` are the same rows in that epoch and in the one that names it: who holds one
/// of them under the one epoch holds it under the other.
struct Predecessor {
  std::string epoch;
  std::array<RowId, kLaneCount> last{};
  friend bool operator==(const Predecessor&, const Predecessor&) = default;
};

namespace metric {
/// "Delivery/Continues": String, in NBIRTH, where there are predecessors: "EPOCH LAST0 LAST1" of each,
/// the newest first, one space between and "; " between two.
inline constexpr std::string_view kContinues = "Delivery/Continues";
}  // namespace metric

/// No more than what a birth has room for: the newest ones.
inline constexpr std::size_t kMostPredecessors = 16;

[[nodiscard]] std::string encode(const std::vector<Predecessor>& predecessors);
[[nodiscard]] Result<std::vector<Predecessor>> decode_predecessors(std::string_view text);

}  // namespace xalink
