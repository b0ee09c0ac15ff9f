#pragma once
// The probes that a configuration asks for.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "agent/config.hpp"
#include "agent/measure.hpp"
#include "agent/probes/cellular.hpp"
#include "agent/service_proofs.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Those who listen to what a probe finds, beside its records.
struct ProbeListeners {
  std::function<void(const ModemVerdict&)> modem_judged = {};
  std::shared_ptr<ServiceProofs> proofs = nullptr;  ///< and reminds them of an earlier life
};

/// One task for each target, name, service and interface. Fails when two of them would have one name in
/// their metrics, or an address can't be read.
[[nodiscard]] Result<std::vector<MeasureTask>> make_probes(const AgentConfig& config,
                                                           const boost::asio::any_io_executor& executor,
                                                           Clock& clock, ProbeListeners listeners);

/// Those of them that say something of the ladder.
[[nodiscard]] std::vector<Witness> witnesses_of(const std::vector<MeasureTask>& tasks,
                                                const AgentConfig& config);

}  // namespace xalink
