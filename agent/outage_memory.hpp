#pragma once
// What a board must not forget of its outages while its program or itself is off.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outage.hpp"

namespace xalink {

/// Kept as a text in the outbox, written in one transaction with the events that it is the state of.
struct OutageMemory {
  std::string boot_id;          ///< in which it was written
  std::vector<Outage> open;     ///< times are of that boot
  std::set<std::string> heard;  ///< next hops (probes) that have answered at some time
  bool routeless = false;       ///< services or the gateway were reached without a default route

  /// Lines that cannot be read are left out: then less is known, and nothing is wrong.
  [[nodiscard]] static OutageMemory from_text(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const OutageMemory&, const OutageMemory&) = default;
};

/// Under this key of the outbox's notes.
inline constexpr std::string_view kOutageNote = "outages/open";

}  // namespace xalink
