#pragma once
// xalink-agent as a whole: builds its parts, runs them, stops them.

#include "agent/config.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Runs until SIGINT or SIGTERM, then makes durable what is in memory, says goodbye and returns. An error
/// when it can't start (the outbox can't be opened, another agent runs); a bug's exception is let through.
[[nodiscard]] Result<void> run_agent(const AgentConfig& config);

}  // namespace xalink
