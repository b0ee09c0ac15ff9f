#pragma once
// What was missing from when to when: as a test made it, and as the gateway's store has it.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink::test {

/// One cause of an outage, for as long as it was the cause.
struct Missing {
  std::string cause;  ///< "link", "services:tax"
  BootTime begin{};
  std::optional<BootTime> end;
  BootTime begin_earliest{};  ///< the true begin lies between it and `begin`: breaking things takes its time
  BootTime end_earliest{};    ///< of a truth
  std::string evidence;
  std::string outage;  ///< its id
};

/// A time since a boot of the board as this machine's.
using TimeHere = std::function<BootTime(const std::string& boot_id, BootTime at)>;

/// All "Outage" events in a gateway's store, oldest begin first. Throws std::runtime_error when an event is
/// none that could follow the ones before it.
[[nodiscard]] std::vector<Missing> recorded_outages(const std::filesystem::path& store, const TimeHere& here);

/// What the "Boot" events say was started, and why: "board: power loss".
[[nodiscard]] std::vector<std::string> recorded_starts(const std::filesystem::path& store);

}  // namespace xalink::test
