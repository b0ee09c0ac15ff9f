#pragma once
// `xalink-gateway rebuild`: hours and days of all metrics made anew from the records.

#include "gateway/config.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"

namespace xalink {

/// Says on standard output what it did, as JSON if asked to; draws its progress. Gives the exit code.
[[nodiscard]] int rebuild_rollups(const GatewayConfig& config, bool json, Language language,
                                  const Clock& clock);

}  // namespace xalink
