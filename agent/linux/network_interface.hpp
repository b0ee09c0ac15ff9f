#pragma once
// What the kernel knows of one network interface.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xalink {

/// Counters start at zero when the interface is made, and may restart when a modem is plugged in again.
struct InterfaceReading {
  /// False too when the interface is down or gone; only a driver that says nothing leaves it empty.
  std::optional<bool> carrier;
  std::optional<std::uint32_t> speed_mbit;  ///< empty where the driver knows none: Wi-Fi, modems, no link
  std::optional<std::uint64_t> received_bytes;
  std::optional<std::uint64_t> sent_bytes;
  std::optional<std::uint64_t> receive_errors;
  std::optional<std::uint64_t> send_errors;
  std::optional<std::uint64_t> receive_drops;
  std::optional<std::uint64_t> send_drops;
  friend bool operator==(const InterfaceReading&, const InterfaceReading&) = default;
};

/// The kernel refuses other names; as part of a path they would lead out of /sys/class/net.
[[nodiscard]] bool is_interface_name(const std::string& name);

/// From /sys/class/net/<interface> below `root`.
[[nodiscard]] InterfaceReading read_interface(const std::string& interface,
                                              const std::filesystem::path& root = "/");

/// Interfaces that lead out of the board, by name: those with hardware behind them, PPP links, and
/// whatever carries a default route. No loopback, bridges, tunnels of containers and the like.
[[nodiscard]] std::vector<std::string> outward_interfaces(const std::filesystem::path& root = "/");

}  // namespace xalink
