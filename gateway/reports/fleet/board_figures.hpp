#pragma once
// What the report of boards says of one board: whether it is heard of, what waits in it, what was lost.
// All are pure.

#include <cstdint>
#include <optional>

#include "gateway/boards.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/store/connected_query.hpp"

namespace xalink::reports::fleet_tables {

/// By the days since a board was heard of: kLiveDays, kAtRiskDays (fleet_report.hpp).
enum class Life { live, at_risk, silent, never };

/// By the gateway's clock: when something of the board came last, by broker or by hand.
[[nodiscard]] std::optional<WallTime> last_heard(const Board& board);
/// Whole days of Vietnam up to `today`; 0 for a board that is online or was never heard of.
[[nodiscard]] std::int64_t days_silent(const Board& board, Date today);
[[nodiscard]] Life life_of(const Board& board, Date today);
[[nodiscard]] State state_of(Life life);

/// Of the two lanes together; nothing when the board does not tell.
[[nodiscard]] std::optional<std::uint64_t> backlog_of(const Board& board);
[[nodiscard]] std::uint64_t records_of(const Board& board);
[[nodiscard]] std::uint64_t given_up_of(const Board& board);
/// Records whose time is known in any way: what `estimated` is a share of.
[[nodiscard]] std::uint64_t timed_records_of(const Board& board);

/// Of the time that the gateway looked; no data when it did not.
[[nodiscard]] Cell connected_percent(const store::Connected& connected);

}  // namespace xalink::reports::fleet_tables
