#include "agent/linux/interface_kind.hpp"

#include <net/if_arp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>

#include "agent/linux/network_interface.hpp"
#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

std::string device_type(const fs::path& folder) {
  constexpr std::string_view kKey = "DEVTYPE=";
  std::istringstream lines(read_small_file(folder / "uevent").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  return {};
}

/// Drivers of USB classes that network adapters, telephones and modems in the part of a router share.
bool may_be_anything(const fs::path& folder) {
  constexpr std::array<std::string_view, 6> kDrivers = {"cdc_eem",    "cdc_ether", "cdc_ncm",
                                                        "cdc_subset", "ipheth",    "rndis_host"};
  std::error_code error;
  const std::string driver = fs::read_symlink(folder / "device/driver", error).filename().string();
  return std::ranges::find(kDrivers, driver) != kDrivers.end();
}

}  // namespace

InterfaceKind interface_kind(const std::string& interface, const fs::path& root) {
  if (!is_interface_name(interface)) return InterfaceKind::unknown;
  const fs::path folder = root / "sys/class/net" / interface;
  const std::string type = device_type(folder);
  std::error_code ignored;
  if (type == "wlan" || fs::exists(folder / "phy80211", ignored) || fs::exists(folder / "wireless", ignored))
    return InterfaceKind::wifi;
  if (type == "wwan") return InterfaceKind::mobile;
  const auto hardware = parse_number(read_small_file(folder / "type").value_or(""));
  if (hardware == ARPHRD_PPP) return InterfaceKind::ppp;
  // "dsa": a port of a switch on the board.
  const bool socket = type == "dsa" || (type.empty() && fs::exists(folder / "device", ignored));
  if (hardware == ARPHRD_ETHER && socket && !may_be_anything(folder)) return InterfaceKind::ethernet;
  return InterfaceKind::unknown;
}

std::vector<std::string> interfaces_below(const std::string& interface, const fs::path& root) {
  std::vector<std::string> names;
  if (!is_interface_name(interface)) return names;
  constexpr std::string_view kPrefix = "lower_";
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/class/net" / interface, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix)) names.push_back(name.substr(kPrefix.size()));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace xalink
