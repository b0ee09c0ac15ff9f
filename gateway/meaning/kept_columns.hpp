#pragma once
// What is kept of a measurement when its row is removed.

#include <cstddef>
#include <vector>

#include "sparkplug/record.hpp"

namespace xalink::meaning {

/// The columns that reports ask of every single record, by their place in the schema: those of
/// meaning::SiteMeasures (round trip, loss, throughput, answers, power, technology, and for how many
/// measurements a row stands) and of meaning::SiteEvidence (the span of a summary). All numbers are in the
/// rollups besides.
[[nodiscard]] std::vector<std::size_t> kept_columns(const Schema& schema);

}  // namespace xalink::meaning
