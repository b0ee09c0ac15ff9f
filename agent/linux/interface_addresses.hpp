#pragma once
// The addresses of this machine.

#include <boost/asio/ip/address.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace xalink {

struct InterfaceAddress {
  std::string interface;
  boost::asio::ip::address address;
};

/// Of all interfaces but the loopback and those between containers of this board.
[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

/// One that leads nowhere but to the neighbours: 169.254.0.0/16 (RFC 3927), fe80::/10. An IPv4 one of them
/// says that no DHCP server answered.
[[nodiscard]] bool is_link_local(const boost::asio::ip::address& address);

/// Name servers of /etc/resolv.conf below `root`, in its order.
[[nodiscard]] std::vector<std::string> configured_name_servers(const std::filesystem::path& root = "/");

}  // namespace xalink
