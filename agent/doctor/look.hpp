#pragma once
// Looks at this board and its files for the doctor. Everything here blocks, for seconds at most.

#include <filesystem>
#include <string>
#include <vector>

#include "agent/config.hpp"
#include "agent/doctor/facts.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// `config`: nullptr when `mistakes` were found in it.
[[nodiscard]] ProgramFacts look_at_program(const std::string& config_file, const AgentConfig* config,
                                           std::vector<Error> mistakes);
[[nodiscard]] IdentityFacts look_at_identity(const AgentConfig& config);
/// An outbox that an agent uses is not looked into. Nothing is made, locked or changed.
[[nodiscard]] StorageFacts look_at_storage(const AgentConfig& config, const Clock& clock, bool agent_runs);
[[nodiscard]] ClockFacts look_at_clock(const Clock& clock);
[[nodiscard]] BoardFacts look_at_board();

/// From the JSON that the agent answers to `status`; fails when it is none.
[[nodiscard]] Result<AgentSays> understand_status(const std::string& json);

}  // namespace xalink
