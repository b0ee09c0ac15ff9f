#pragma once
// What people call an access technology.

#include <string>

#include "sparkplug/said.hpp"

namespace xalink::reports {

/// Of Access/Technology (`xalink-agent metrics`), and of the registry's lines. A name that stands in neither is
/// said as it is.
[[nodiscard]] Said words_of_technology(const std::string& technology);

}  // namespace xalink::reports
