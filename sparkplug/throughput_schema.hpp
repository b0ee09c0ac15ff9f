#pragma once
// Device "network", group "Throughput": what one test of the link against the gateway came to.

#include "sparkplug/record.hpp"

namespace xalink {

[[nodiscard]] Schema throughput_schema();

}  // namespace xalink
