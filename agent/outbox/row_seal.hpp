#pragma once
// Checksums over one row of a lane, and over the shape that rows refer to.

#include <cstdint>

#include "agent/outbox/lane_table.hpp"

namespace xalink {

/// CRC-16 over every column: any change of up to 16 bits in a row is seen, and of 65,536 larger ones all
/// but one. Two bytes of about 45, because SQLite's own checksums (of the WAL only) say nothing of a page
/// that the card gives back changed, and a value that is wrong without a trace is worse than a gap.
[[nodiscard]] std::int16_t seal_of(const LaneRow& row);
/// The same over a shape and its number.
[[nodiscard]] std::int16_t seal_of(std::int64_t number, const Schema& schema);

}  // namespace xalink
