#pragma once
// Points in time as dossier systems of Vietnam write them.

#include <optional>
#include <string_view>

#include "sparkplug/clock.hpp"

namespace xalink {

/// yyyyMMdd[HHmm[ss]]; yyyy-MM-dd or yyyy/MM/dd, then [ HH:mm[:ss[.fraction]]] or
/// [THH:mm[:ss[.fraction]][Z|±HH:mm]]; d/M/yyyy, d-M-yyyy or d.M.yyyy, then [ H:mm[:ss] [AM|PM|SA|CH]] (SA
/// and CH are Vietnamese Windows' morning and afternoon); the time of the day may stand first, "14:30
/// 31/01/2026". 13 digits are milliseconds since 1970, as JSON often has them. The day always stands before
/// the month. Without an offset the time is Asia/Ho_Chi_Minh's: +07:00, no daylight saving since 1975. A day
/// alone is its first moment. Years 1971 to 2100: systems write their "no date" as year 1, 1900 or 1970.
/// Nothing when it is anything else.
[[nodiscard]] std::optional<WallTime> parse_dossier_time(std::string_view text);

}  // namespace xalink
