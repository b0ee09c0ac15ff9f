#include "sparkplug/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace xalink {
namespace {

std::optional<std::uint16_t> remote_port_of(int file) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return std::nullopt;
  if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&peer)->sin_port);
  if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_port);
  return std::nullopt;
}

}  // namespace

void prepare_connections_to(std::uint16_t remote_port, std::chrono::seconds patience) {
  const int at_once = 1;
  const auto patience_ms = static_cast<unsigned>(std::chrono::milliseconds(patience).count());
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    const int file = std::atoi(entry->path().filename().c_str());
    if (remote_port_of(file) != remote_port) continue;
    static_cast<void>(::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once)));
    static_cast<void>(::setsockopt(file, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof(patience_ms)));
  }
}

}  // namespace xalink
