#pragma once
// Times as people at this machine read them.

#include <string>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Local time: today by the time of day, other days with their date.
[[nodiscard]] std::string local_moment(WallTime time, WallTime now);

}  // namespace xalink
