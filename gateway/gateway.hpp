#pragma once
// The composition root: builds the gateway's parts, runs them, stops them.

#include "gateway/config.hpp"
#include "gateway/ledger.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Until SIGINT or SIGTERM (a second one ends the process at once). Fails when the store cannot be opened;
/// a broker or a disk that is away is waited for. Lets a bug's exception through.
/// `trouble` tells more of a failure.
[[nodiscard]] Result<void> run_gateway(const GatewayConfig& config, StoreTrouble& trouble);

}  // namespace xalink
