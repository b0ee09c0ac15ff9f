#pragma once
// Moments as text: by the clock on the wall for people, in UTC for logs and programs.

#include <string>

#include "sparkplug/clock.hpp"

namespace xalink {

/// `form` is that of strftime(3); the time zone is this machine's. Empty for a year beyond what the C library
/// knows. Thread-safety: any thread.
[[nodiscard]] std::string local_text(WallTime time, const char* form = "%Y-%m-%d %H:%M");
[[nodiscard]] std::string utc_text(WallTime time, const char* form);

/// RFC 3339 in UTC with milliseconds: "2026-06-01T00:00:00.123Z".
[[nodiscard]] std::string rfc3339_text(WallTime time);

/// Today by the time of day, other days with their date; local.
[[nodiscard]] std::string local_moment(WallTime time, WallTime now);

}  // namespace xalink
