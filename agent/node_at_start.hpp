#pragma once
// The edge node as a start finds it: what the outbox knows, and what the probes will add.

#include <string>
#include <vector>

#include "agent/by_exception.hpp"
#include "agent/config.hpp"
#include "agent/measure.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A board without a key signs no export files, and says so in the log.
[[nodiscard]] Result<EdgeNode> node_at_start(const AgentConfig& config, Outbox& outbox,
                                             const std::string& boot_id,
                                             const std::vector<MeasureTask>& tasks,
                                             const ByException& by_exception);

}  // namespace xalink
