#pragma once
// Points in time as dossier systems of Vietnam write them.

#include <optional>
#include <string_view>

#include "sparkplug/clock.hpp"

namespace xalink {

/// yyyyMMddHHmmss; yyyy-MM-dd[ HH:mm[:ss]]; yyyy-MM-ddTHH:mm[:ss[.fraction]][Z|±HH:mm];
/// dd/MM/yyyy[ HH:mm[:ss]]. Without an offset the time is Asia/Ho_Chi_Minh's: +07:00, no daylight saving
/// since 1975. A day alone is its first moment. Years 1971 to 2100: systems write their "no date" as year 1,
/// 1900 or 1970. Nothing when it is anything else.
[[nodiscard]] std::optional<WallTime> parse_dossier_time(std::string_view text);

}  // namespace xalink
