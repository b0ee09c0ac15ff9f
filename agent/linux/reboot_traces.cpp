#include "agent/linux/reboot_traces.hpp"

#include <linux/watchdog.h>
#include <utmp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

// Logins are between the marks that are looked for; a year of them is far less.
constexpr std::streamoff kMostRecords = 20'000;

std::string_view text_in(const char* field, std::size_t size) {
  return {field, ::strnlen(field, size)};
}

bool is_shutdown(const utmp& entry) {
  return entry.ut_type == RUN_LVL && text_in(entry.ut_user, sizeof entry.ut_user) == "shutdown";
}

// Marks in the order in which they were written; the newest is this boot's own.
std::optional<bool> ends_with_shutdown(const fs::path& wtmp) {
  std::ifstream in(wtmp, std::ios::binary | std::ios::ate);
  if (!in) return std::nullopt;
  constexpr auto kSize = static_cast<std::streamoff>(sizeof(utmp));
  const std::streamoff records = static_cast<std::streamoff>(in.tellg()) / kSize;
  in.seekg(std::max<std::streamoff>(0, records - kMostRecords) * kSize);
  utmp entry{};
  bool shut_down = false;
  bool before_that = false;
  bool any = false;
  while (in.read(reinterpret_cast<char*>(&entry), kSize)) {
    const bool boot = entry.ut_type == BOOT_TIME;
    if (!boot && !is_shutdown(entry)) continue;
    any = true;
    before_that = shut_down;
    shut_down = !boot;
  }
  if (!any) return std::nullopt;
  return shut_down || before_that;
}

std::optional<std::string> watchdog_that_reset(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto text = read_small_file(entry.path() / "bootstatus");
    const auto status = text ? parse_count(*text) : std::nullopt;
    if (status && (*status & std::uint64_t{WDIOF_CARDRESET}) != 0) return entry.path().filename().string();
  }
  return std::nullopt;
}

void collect_panics(const fs::path& folder, std::set<std::string>& panics) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    // pstore also keeps consoles and user messages, which say nothing of a death.
    if (entry.is_directory(error)) {
      panics.insert(name);
    } else if (name.starts_with("dmesg-")) {
      panics.insert(name);
    }
  }
}

}  // namespace

RebootTraces read_reboot_traces(const fs::path& root) {
  RebootTraces traces;
  traces.shut_down = ends_with_shutdown(root / "var/log/wtmp");
  traces.watchdog = watchdog_that_reset(root / "sys/class/watchdog");
  collect_panics(root / "sys/fs/pstore", traces.panics);
  collect_panics(root / "var/lib/systemd/pstore", traces.panics);
  return traces;
}

std::optional<std::string> going_down(const fs::path& root) {
  std::error_code error;
  if (const auto plan = read_small_file(root / "run/systemd/shutdown/scheduled")) {
    const auto mode = plan->find("MODE=");
    if (mode == std::string::npos) return "a shutdown was scheduled";
    const auto end = plan->find('\n', mode);
    return "scheduled: " + plan->substr(mode + 5, end == std::string::npos ? end : end - mode - 5);
  }
  // systemd-user-sessions makes it when it is stopped; pam_nologin's own, for maintenance, stands in /etc.
  // While it comes up there is one too, "System is booting up. ..." (systemd-nologin.conf).
  const auto nologin = read_small_file(root / "run/nologin");
  if (nologin && nologin->find("booting up") != std::string::npos) return std::nullopt;
  if (fs::exists(root / "run/nologin", error)) return "/run/nologin";
  return std::nullopt;
}

}  // namespace xalink
