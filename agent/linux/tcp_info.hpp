#pragma once
// What the kernel counted on a TCP connection.

#include <cstdint>
#include <optional>

namespace xalink {

struct TcpCounts {
  /// Both ways, all that a provider counts: repetitions, acknowledgements and the headers of TCP and IP
  /// (without options beyond the usual timestamps, and without what lies below IP).
  std::uint64_t wire_bytes = 0;
  std::uint64_t retransmits = 0;  ///< segments sent again
  std::uint32_t rtt_us = 0;       ///< smoothed, as of now
  std::uint32_t min_rtt_us = 0;   ///< 0: none yet
};

/// getsockopt(TCP_INFO); nothing where the kernel does not tell (before 4.19, or emulated).
[[nodiscard]] std::optional<TcpCounts> tcp_counts(int socket);

}  // namespace xalink
