#pragma once
// [network]: by which way everything leaves that the agent connects to.

#include "agent/config.hpp"
#include "sparkplug/settings.hpp"

namespace xalink {

/// After [broker] and the sources: those are told of the proxy too.
void read_network(Settings& settings, AgentConfig& config);

/// [probe.path], [probe.mtu], [probe.portal], [probe.address].
void read_path_probes(Settings& settings, AgentConfig& config);
/// Who is asked where `target` is empty: the first address among the anchors, else the broker; "" when that
/// is this very board.
[[nodiscard]] std::string path_target(const AgentConfig& config, const std::string& target);

}  // namespace xalink
