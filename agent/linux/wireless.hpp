#pragma once
// How well a Wi-Fi interface hears its access point.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xalink {

/// Both empty when the interface is not connected, or its driver does not say.
struct WirelessReading {
  std::optional<double> signal_dbm;
  std::optional<std::uint8_t> quality;  ///< on the driver's own scale; 70 is the best of most
  friend bool operator==(const WirelessReading&, const WirelessReading&) = default;
};

/// From /proc/net/wireless below `root`: the kernel fills it for all drivers of today (cfg80211), and it
/// needs no rights.
[[nodiscard]] WirelessReading read_wireless(const std::string& interface,
                                            const std::filesystem::path& root = "/");

/// Wi-Fi interfaces, by name.
[[nodiscard]] std::vector<std::string> wireless_interfaces(const std::filesystem::path& root = "/");

}  // namespace xalink
