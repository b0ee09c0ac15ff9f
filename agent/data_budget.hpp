#pragma once
// What measuring may cost: bytes of a month, as rules without I/O. Metered links have their own.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"

namespace xalink {

enum class LinkCost : std::uint8_t { fixed, metered };
inline constexpr std::size_t kLinkCosts = 2;
[[nodiscard]] constexpr std::size_t index(LinkCost cost) {
  return static_cast<std::size_t>(cost);
}

/// What one test of so many bytes each way can cost on the wire, both ways and all headers included, when
/// little is lost.
[[nodiscard]] std::uint64_t most_throughput_cost(std::uint64_t bytes_each_way);

/// Vietnam's: +07:00, without daylight saving since 1975. Months and days begin by it.
inline constexpr std::chrono::hours kLocalOffset(7);

/// Counts by local month. Times have to be of a clock that is trusted; should it prove wrong all the same, a
/// month that was counted before is found again, so that a clock that jumps to and fro spends nothing twice.
///
/// Thread-safety: none.
class DataBudget {
 public:
  explicit DataBudget(std::array<std::uint64_t, kLinkCosts> monthly_bytes) : monthly_(monthly_bytes) {}

  /// What was kept of an earlier life (to_text). Lines that cannot be read are left out.
  void recall(std::string_view text);
  [[nodiscard]] std::string to_text() const;

  [[nodiscard]] std::uint64_t monthly(LinkCost cost) const { return monthly_[index(cost)]; }
  /// In the month of `now`; what is reserved counts as spent.
  [[nodiscard]] std::uint64_t used(LinkCost cost, WallTime now) const;
  [[nodiscard]] std::uint64_t left(LinkCost cost, WallTime now) const;

  /// So much is left, and less is spent than the part of the month that has begun is worth (days, today
  /// included): so it lasts to the month's end.
  [[nodiscard]] bool may_spend(LinkCost cost, std::uint64_t most, WallTime now) const;

  /// Before it is spent; a power cut in between leaves all of it counted.
  struct Reservation {
    std::string month;
    LinkCost cost = LinkCost::fixed;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Reservation reserve(LinkCost cost, std::uint64_t most, WallTime now);
  /// What it came to, also when that is more.
  void settle(const Reservation& reservation, std::uint64_t spent);

 private:
  std::array<std::uint64_t, kLinkCosts> monthly_;
  std::map<std::string, std::array<std::uint64_t, kLinkCosts>> used_;  ///< "2026-11" → bytes
};

}  // namespace xalink
