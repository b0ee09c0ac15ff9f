#pragma once
// The connectivity ladder (design, section 1): how far the office reaches right now, rung by rung.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

enum class Rung : std::uint8_t {
  power,      ///< the board gets power, from whatever source
  board,      ///< this program runs
  modem,      ///< the modem that the default route leads through is not at fault
  link,       ///< an interface with carrier and default route
  first_hop,  ///< the default route's next hop answers
  internet,   ///< something beyond it answers
  dns,        ///< a name resolves
  services,   ///< a named public service answers
  gateway,    ///< the session with the gateway is up
};
inline constexpr std::size_t kRungCount = 9;

[[nodiscard]] constexpr std::size_t index(Rung rung) {
  return static_cast<std::size_t>(rung);
}
/// Of the way from the board to any service: modem to DNS.
[[nodiscard]] constexpr bool is_way(Rung rung) {
  return rung >= Rung::modem && rung <= Rung::dns;
}
/// "power", "first hop", ...
[[nodiscard]] std::string_view to_string(Rung rung);
[[nodiscard]] std::optional<Rung> rung_named(std::string_view name);

/// Some of the rungs.
class RungSet {
 public:
  constexpr RungSet() = default;
  template <class... Rungs>
  constexpr explicit RungSet(Rung first, Rungs... rest) : bits_(bit(first)) {
    ((bits_ |= bit(rest)), ...);
  }
  [[nodiscard]] constexpr bool has(Rung rung) const { return (bits_ & bit(rung)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr void add(Rung rung) { bits_ |= bit(rung); }
  friend bool operator==(const RungSet&, const RungSet&) = default;

 private:
  static constexpr std::uint32_t bit(Rung rung) { return 1U << index(rung); }
  std::uint32_t bits_ = 0;
};

struct RungReading {
  Rung rung = Rung::board;
  std::optional<bool> holds;      ///< empty: not measured (yet)
  std::string evidence;           ///< names of what was asked, and why it failed
  std::optional<BootTime> since;  ///< when `holds` became what it is, within this run of the program
  friend bool operator==(const RungReading&, const RungReading&) = default;
};

/// The highest rung that holds with everything below it. What is not measured stands in nobody's way.
[[nodiscard]] Rung highest_rung(const std::vector<RungReading>& ladder);

}  // namespace xalink
