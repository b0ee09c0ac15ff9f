#include "agent/linux/interface_addresses.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <sstream>
#include <string_view>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace ip = boost::asio::ip;

/// Between containers or virtual machines of this board: nobody beyond it has to do with them.
bool stays_inside(std::string_view interface) {
  constexpr std::string_view kInside[] = {"docker", "br-", "virbr", "veth", "lxc", "cni"};
  return std::any_of(std::begin(kInside), std::end(kInside),
                     [&](std::string_view begin) { return interface.starts_with(begin); });
}

struct Free {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, Free> list(first);
  std::vector<InterfaceAddress> found;
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    if (stays_inside(entry->ifa_name)) continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      sockaddr_in v4{};
      std::memcpy(&v4, entry->ifa_addr, sizeof(v4));
      found.push_back({entry->ifa_name, ip::address_v4(ntohl(v4.sin_addr.s_addr))});
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 v6{};
      std::memcpy(&v6, entry->ifa_addr, sizeof(v6));
      ip::address_v6::bytes_type bytes{};
      std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
      found.push_back({entry->ifa_name, ip::address_v6(bytes)});
    }
  }
  return found;
}

bool is_link_local(const ip::address& address) {
  if (address.is_v6()) return address.to_v6().is_link_local();
  const auto bytes = address.to_v4().to_bytes();
  return bytes[0] == 169 && bytes[1] == 254;
}

std::vector<std::string> configured_name_servers(const std::filesystem::path& root) {
  std::vector<std::string> servers;
  std::istringstream lines(read_small_file(root / "etc/resolv.conf").value_or(""));
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string key;
    std::string server;
    if (!(words >> key >> server) || key != "nameserver") continue;
    if (std::find(servers.begin(), servers.end(), server) == servers.end()) servers.push_back(server);
  }
  return servers;
}

}  // namespace xalink
