#pragma once
// How this board resets its modem, by its configuration.

#include "agent/config.hpp"
#include "agent/modem_reset.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// Without a name when none is configured. `clock` must outlive it.
[[nodiscard]] ModemReset::Method reset_method(const CellularProbeConfig& config, Clock& clock);

}  // namespace xalink
