#include "agent/linux/tcp_info.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace xalink {

std::optional<TcpCounts> tcp_counts(int socket) {
  tcp_info told{};
  socklen_t size = sizeof told;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &told, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_sent) + sizeof told.tcpi_bytes_sent) return std::nullopt;
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  const bool known = ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0;
  // TCP with timestamps is 32 bytes, IPv4 20, IPv6 40.
  const std::uint64_t headers = known && peer.ss_family == AF_INET6 ? 72 : 52;
  TcpCounts counts;
  counts.wire_bytes = told.tcpi_bytes_sent + told.tcpi_bytes_received +
                      headers * (std::uint64_t{told.tcpi_segs_out} + told.tcpi_segs_in);
  counts.retransmits = told.tcpi_total_retrans;
  counts.rtt_us = told.tcpi_rtt;
  // The kernel says "never" with all bits set.
  counts.min_rtt_us = told.tcpi_min_rtt == UINT32_MAX ? 0 : told.tcpi_min_rtt;
  return counts;
}

}  // namespace xalink
