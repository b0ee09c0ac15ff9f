#pragma once
// By which technology the office reaches the world, as rules without I/O.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/linux/interface_kind.hpp"
#include "agent/linux/modem_bus.hpp"

namespace xalink {

/// Of the default route's interface.
struct Access {
  std::optional<std::string> interface;   ///< empty: there is no default route
  std::optional<std::string> technology;  ///< agent/access_technology.hpp; empty: nobody knows
  std::optional<std::string> known_by;    ///< "detected", "configured" or "unknown"
  friend bool operator==(const Access&, const Access&) = default;
};

/// What can be asked about interfaces.
struct AccessSources {
  std::map<std::string, std::string> configured;  ///< interface → technology
  std::function<InterfaceKind(const std::string&)> kind;
  std::function<std::vector<std::string>(const std::string&)> below;
  std::vector<ModemReading> modems;
};

/// Whether the modems have to be asked to judge this interface.
[[nodiscard]] bool needs_modems(const std::string& interface, const AccessSources& sources);

/// A modem's word on its own interface is believed before the configuration, which cannot know today's
/// generation; else what somebody wrote down, who has seen what is at the cable's other end; else what the
/// kernel sees. Nothing is guessed: a socket without a word in the configuration is "ethernet", no more.
[[nodiscard]] Access judge_access(const std::optional<std::string>& interface, const AccessSources& sources);

}  // namespace xalink
