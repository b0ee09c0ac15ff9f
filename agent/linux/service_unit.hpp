#pragma once
// How systemd sees a service.

#include <cstdint>
#include <optional>
#include <string>

namespace xalink {

/// In systemd's own words.
struct UnitState {
  std::string load;     ///< "loaded", "not-found", "masked"
  std::string enabled;  ///< "enabled", "disabled", ...; empty for one that is not there
  std::string active;   ///< "active", "activating", "inactive", "failed"
  std::string result;   ///< "success", "exit-code", "start-limit-hit", ...
  std::int32_t exit_status = 0;
  std::uint32_t restarts = 0;
  friend bool operator==(const UnitState&, const UnitState&) = default;
};

/// Of e.g. "xalink-agent.service". Nothing where systemd does not run or does not answer. Blocks, two seconds
/// a question at most.
[[nodiscard]] std::optional<UnitState> read_unit(const std::string& unit);

}  // namespace xalink
