#pragma once
// What kind of link stands behind a network interface, as far as the kernel can see.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace xalink {

enum class InterfaceKind : std::uint8_t {
  unknown,   ///< also USB devices that only look like Ethernet: adapters, telephones and modems alike
  ethernet,  ///< a socket for a cable; the kernel cannot see what is at its other end
  wifi,
  mobile,  ///< a modem's own interface
  ppp,     ///< over a modem or over a cable
};

[[nodiscard]] InterfaceKind interface_kind(const std::string& interface,
                                           const std::filesystem::path& root = "/");

/// Interfaces that this one is built on: the socket below a VLAN, the ports of a bridge.
[[nodiscard]] std::vector<std::string> interfaces_below(const std::string& interface,
                                                        const std::filesystem::path& root = "/");

}  // namespace xalink
