#pragma once
// The default routes of this machine.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xalink {

struct DefaultRoute {
  std::string interface;
  /// Nothing on point-to-point links, which need none. Link-local IPv6 addresses carry their scope.
  std::optional<boost::asio::ip::address> next_hop;
  std::uint32_t metric = 0;
};

/// What the kernel would use, best first: IPv4 before IPv6, each by metric. From /proc/net/route and
/// /proc/net/ipv6_route below `root`; empty when there is none.
[[nodiscard]] std::vector<DefaultRoute> default_routes(const std::filesystem::path& root = "/");

}  // namespace xalink
