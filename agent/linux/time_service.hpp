#pragma once
// Who keeps this machine's clock.

#include <filesystem>
#include <string>

namespace xalink {

struct TimeService {
  std::string name;      ///< "systemd-timesyncd", "chrony", "ntpd"; empty: nobody does
  bool has_rtc = false;  ///< a clock that goes on while the board is off
};

/// By what they leave in /run, and /dev, below `root`.
[[nodiscard]] TimeService find_time_service(const std::filesystem::path& root = "/");

}  // namespace xalink
