#pragma once
// Configuration of an agent that measures nothing but what a test is about. A new probe belongs in here.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace xalink::test {

/// Tables that switch all probes off, but for these: the test writes those itself.
inline std::string probes_off(std::initializer_list<std::string_view> but_for = {}) {
  std::string text;
  for (const std::string_view probe : {"link", "ping", "tcp", "dns", "reach", "path", "mtu", "portal", "address",
                                       "board", "power", "storage", "wifi", "access", "throughput", "cellular"}) {
    if (std::ranges::find(but_for, probe) != but_for.end()) continue;
    text += "[probe." + std::string(probe) + "]\nenabled = false\n";
  }
  return text;
}

}  // namespace xalink::test
