#pragma once
// The probes that a configuration asks for.

#include <boost/asio/any_io_executor.hpp>
#include <vector>

#include "agent/config.hpp"
#include "agent/measure.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// One task for each target, name, service and interface. Fails when two of them would have one name in
/// their metrics, or an address can't be read.
[[nodiscard]] Result<std::vector<MeasureTask>> make_probes(const AgentConfig& config,
                                                           const boost::asio::any_io_executor& executor,
                                                           Clock& clock);

}  // namespace xalink
