#pragma once
// The connectivity ladder (design, section 1): how far the office reaches right now, rung by rung.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/measure.hpp"
#include "sparkplug/edge_node.hpp"

namespace xalink {

enum class Rung : std::uint8_t {
  board,      ///< this program runs
  link,       ///< an interface with carrier and default route
  first_hop,  ///< the default route's next hop answers
  internet,   ///< something beyond it answers
  dns,        ///< a name resolves
  services,   ///< a named public service answers
  gateway,    ///< the session with the gateway is up
};

[[nodiscard]] std::string_view to_string(Rung rung);

struct RungReading {
  Rung rung = Rung::board;
  std::optional<bool> holds;  ///< empty: not measured (yet)
  std::string evidence;       ///< names of what was asked, and why it failed
  friend bool operator==(const RungReading&, const RungReading&) = default;
};

/// All rungs from the bottom up, from the newest record of each probe. A rung holds when any of its probes
/// says so: one blocked service, or a next hop that ignores echo requests, is not an outage.
[[nodiscard]] std::vector<RungReading> read_ladder(const std::vector<ProbeStatus>& probes,
                                                   EdgeNodeState session);

/// The highest rung that holds. A failed one below it proves nothing (a firewall that drops echo requests).
[[nodiscard]] Rung highest_rung(const std::vector<RungReading>& ladder);

}  // namespace xalink
