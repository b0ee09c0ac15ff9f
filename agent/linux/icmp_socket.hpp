#pragma once
// Echo requests to one address, and what comes back (RFC 792, RFC 4443).

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// The kernel's datagram sockets for echo need no privilege where net.ipv4.ping_group_range allows them;
/// where it does not, a raw socket (CAP_NET_RAW) does the same.
///
/// Thread-safety: one loop. Nothing blocks. Closed by the destructor.
class IcmpSocket {
 public:
  struct Answer {
    std::uint16_t sequence = 0;
    /// How long the answer lay in the socket before it was read, by the kernel's receive time: the part
    /// of a round trip that is our own slowness.
    Duration queued{};
    /// Empty for an echo reply; else what some router, or this machine, said instead.
    std::string error;
    /// Who said so; nothing for an echo reply (it is the target), and where this machine said it.
    std::optional<boost::asio::ip::address> router;
    bool expired = false;            ///< a router let it go no further, for its time to live
    std::optional<std::size_t> mtu;  ///< it was too large for somebody, who lets through so many bytes
  };

  struct Packet {
    std::size_t size = 0;  ///< with IP and ICMP headers; 0: as send() without it
    int time_to_live = 64;
  };

  /// Fails when neither kind of socket may be opened, or no route leads to `target`.
  [[nodiscard]] static Result<IcmpSocket> connect(const boost::asio::any_io_executor& executor,
                                                  const boost::asio::ip::address& target);

  /// One request of 16 bytes, IP's header not counted. Fails with the system's reason (no route, buffers
  /// full, firewall).
  [[nodiscard]] Result<void> send(std::uint16_t sequence);
  [[nodiscard]] Result<void> send(std::uint16_t sequence, const Packet& packet);

  /// From now on packets are sent whole or not at all, whatever the kernel believes of the path (RFC 4821).
  void never_fragment();

  /// The next answer to a request of this socket. Throws operation_aborted when cancelled.
  boost::asio::awaitable<Answer> receive();

  [[nodiscard]] bool raw() const { return raw_; }

 private:
  using Cookie = std::array<unsigned char, 8>;

  IcmpSocket(boost::asio::posix::stream_descriptor descriptor, bool v6, bool raw, std::uint16_t id,
             Cookie cookie);

  [[nodiscard]] Result<void> send_bytes(std::uint16_t sequence, std::size_t size);

  boost::asio::posix::stream_descriptor descriptor_;
  bool v6_;
  bool raw_;
  std::uint16_t id_;  ///< of raw sockets; the kernel chooses for datagram sockets
  Cookie cookie_;     ///< tells our replies from those to another program with the same id
};

}  // namespace xalink
