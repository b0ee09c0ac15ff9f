#pragma once
// An outbox that has begun another epoch while the agent runs: its file was replaced or salvaged.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// Key of the note that says for which salvage the event is in the outbox: its new epoch.
inline constexpr const char* kSalvageToldNote = "outbox/salvage told";

struct OutboxRenewal {
  std::string epoch;
  std::array<LaneDepth, kLaneCount> lanes;
  std::vector<Predecessor> predecessors;
  std::map<std::string, std::uint64_t> given_up;
  std::optional<Salvage> salvage;
  bool told = true;  ///< the event that tells of it is in the outbox
};

/// What the outbox is like now. Thread-safety: as the outbox. What the disk refuses stays empty: the next
/// renewal brings it.
[[nodiscard]] OutboxRenewal look_at(Outbox& outbox);

/// The event that tells of it.
[[nodiscard]] Pending salvage_event(const Salvage& salvage, Stamp at);

}  // namespace xalink
