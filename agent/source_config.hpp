#pragma once
// [dossiers], [dossiers.http] and [indicators.*]: where rows come from, and how they are read.

#include "agent/config.hpp"
#include "sparkplug/settings.hpp"

namespace xalink {

/// Mistakes stay in `settings`.
void read_sources(Settings& settings, AgentConfig& config);

}  // namespace xalink
