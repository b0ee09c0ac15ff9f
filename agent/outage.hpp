#pragma once
// One interruption of what the office can reach, and the events that tell of it.

#include <cstdint>
#include <optional>
#include <string>

#include "agent/ladder.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

struct Outage {
  std::string id;              ///< the same in all its events
  Rung cause = Rung::link;     ///< lowest rung that is missing
  std::string subject;         ///< which service; "mains" while a board runs on its battery
  Rung reached = Rung::board;  ///< highest rung below the cause that held
  std::string begin_boot;
  BootTime begin{};
  BootTime changed{};    ///< time since boot of the newest event
  std::string evidence;  ///< which probes say so, and why they failed
  friend bool operator==(const Outage&, const Outage&) = default;
};

struct OutageEvent {
  enum class Kind : std::uint8_t {
    begin,
    cause,  ///< goes on, with another cause from here on
    end,
  };
  Kind kind = Kind::begin;
  Outage outage;  ///< as it is with this event
  std::string boot;
  BootTime at{};           ///< the first reading that was so
  BootTime at_earliest{};  ///< the last reading that was not: the truth lies between them
  /// From begin to `at`; where both are not of one boot: if it is known.
  std::optional<Milliseconds> lasted;
  std::uint32_t readings = 0;  ///< in a row, that decided
  friend bool operator==(const OutageEvent&, const OutageEvent&) = default;
};

/// "begin", "cause", "end".
[[nodiscard]] std::string_view to_string(OutageEvent::Kind kind);

/// As a record of outage_schema().
[[nodiscard]] Record outage_record(const OutageEvent& event, Stamp stamp);

}  // namespace xalink
