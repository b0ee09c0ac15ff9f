#pragma once
// What a machine itself remembers of how it went down, and whether it is going down now.

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace xalink {

struct RebootTraces {
  /// The record of the boot before this one in wtmp ends with a shutdown; nothing where there is no wtmp.
  std::optional<bool> shut_down;
  /// A watchdog says that it reset the board (WDIOF_CARDRESET). Its name.
  std::optional<std::string> watchdog;
  /// Names of the kernel's last messages before it died, in pstore and where systemd-pstore puts them. Also
  /// those of long ago: who asks has to know them already.
  std::set<std::string> panics;
  friend bool operator==(const RebootTraces&, const RebootTraces&) = default;
};

[[nodiscard]] RebootTraces read_reboot_traces(const std::filesystem::path& root = "/");

/// The sign that the whole machine is being shut down and not this program alone, in words.
[[nodiscard]] std::optional<std::string> going_down(const std::filesystem::path& root = "/");

}  // namespace xalink
