#include "agent/linux/time_service.hpp"

#include <utility>

namespace xalink {

TimeService find_time_service(const std::filesystem::path& root) {
  TimeService service;
  std::error_code error;
  constexpr std::pair<const char*, const char*> kTraces[] = {
      {"run/chrony/chronyd.pid", "chrony"},
      {"run/chronyd.pid", "chrony"},
      {"run/ntpd.pid", "ntpd"},
      {"run/ntpsec/ntpd.pid", "ntpd"},
      {"run/openntpd.pid", "openntpd"},
      {"run/systemd/timesync", "systemd-timesyncd"},
  };
  for (const auto& [trace, name] : kTraces) {
    if (!std::filesystem::exists(root / trace, error)) continue;
    service.name = name;
    break;
  }
  service.has_rtc = std::filesystem::exists(root / "dev/rtc0", error);
  return service;
}

}  // namespace xalink
