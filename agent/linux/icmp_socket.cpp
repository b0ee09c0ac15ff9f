#include "agent/linux/icmp_socket.hpp"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <optional>
#include <random>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kHeader = 8;  // type, code, checksum, id, sequence: alike in both versions
// The header and the cookie. ping(8) sends 64 bytes, which over a month of the default probe are 20 MB more.
constexpr std::size_t kPacket = 16;
constexpr std::size_t kIpHeader4 = 20;
constexpr std::size_t kIpHeader6 = 40;

std::string system_text(int error) {
  return std::generic_category().message(error);
}

void put16(std::span<unsigned char> packet, std::size_t at, std::uint16_t value) {
  packet[at] = static_cast<unsigned char>(value >> 8);
  packet[at + 1] = static_cast<unsigned char>(value & 0xff);
}

std::uint16_t get16(std::span<const unsigned char> packet, std::size_t at) {
  return static_cast<std::uint16_t>(packet[at] << 8 | packet[at + 1]);
}

/// RFC 1071. ICMPv6's covers a pseudo header, which the kernel adds.
std::uint16_t checksum(std::span<const unsigned char> packet) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < packet.size(); at += 2) sum += get16(packet, at);
  if (packet.size() % 2 == 1) sum += static_cast<std::uint32_t>(packet.back()) << 8U;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

struct Opened {
  int descriptor = -1;
  bool raw = false;
  int error = 0;
};

Opened open_socket(bool v6) {
  const int family = v6 ? AF_INET6 : AF_INET;
  const int protocol = v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
  constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  Opened opened;
  opened.descriptor = ::socket(family, SOCK_DGRAM | kFlags, protocol);
  if (opened.descriptor >= 0) return opened;
  opened.error = errno;
  if (opened.error == EAFNOSUPPORT) return opened;
  opened.raw = true;
  opened.descriptor = ::socket(family, SOCK_RAW | kFlags, protocol);
  return opened;
}

void set_flag(int descriptor, int level, int option) {
  // Each of these only adds to what is known; a kernel without it leaves the ping as it is.
  const int on = 1;
  (void)::setsockopt(descriptor, level, option, &on, sizeof on);
}

void choose_what_arrives(int descriptor, bool v6, bool raw) {
  set_flag(descriptor, SOL_SOCKET, SO_TIMESTAMPNS);
  if (v6) {
    set_flag(descriptor, IPPROTO_IPV6, IPV6_RECVERR);
  } else {
    set_flag(descriptor, IPPROTO_IP, IP_RECVERR);
  }
  if (!raw) return;
  // A raw socket sees every ICMP message for the machine; errors come through the error queue.
  if (v6) {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    (void)::setsockopt(descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  } else {
    icmp_filter filter{};
    filter.data = ~(1U << ICMP_ECHOREPLY);
    (void)::setsockopt(descriptor, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  }
}

/// One datagram and what the kernel says beside it.
struct Datagram {
  std::array<unsigned char, 576> bytes{};
  std::size_t size = 0;
  alignas(cmsghdr) std::array<unsigned char, 512> control{};
  msghdr header{};

  /// Bytes read, or -1 with errno.
  ssize_t read(int descriptor, int flags) {
    iovec place{bytes.data(), bytes.size()};
    header = msghdr{};
    header.msg_iov = &place;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(descriptor, &header, flags | MSG_DONTWAIT);
    header.msg_iov = nullptr;
    size = count > 0 ? static_cast<std::size_t>(count) : 0;
    return count;
  }

  template <class Visit>
  void for_each_control(Visit visit) {
    for (cmsghdr* control_message = CMSG_FIRSTHDR(&header); control_message != nullptr;
         control_message = CMSG_NXTHDR(&header, control_message)) {
      visit(*control_message);
    }
  }
};

/// Since the kernel took it from the network. Both times are of the same clock and milliseconds apart, so
/// a step of that clock between them shows, and is left out.
Duration time_in_queue(Datagram& datagram) {
  timespec taken{};
  bool known = false;
  datagram.for_each_control([&](cmsghdr& message) {
    if (message.cmsg_level != SOL_SOCKET || message.cmsg_type != SCM_TIMESTAMPNS) return;
    if (message.cmsg_len < CMSG_LEN(sizeof taken)) return;
    std::memcpy(&taken, CMSG_DATA(&message), sizeof taken);
    known = true;
  });
  timespec now{};
  if (!known || ::clock_gettime(CLOCK_REALTIME, &now) != 0) return Duration::zero();
  const Duration waited =
      std::chrono::seconds(now.tv_sec - taken.tv_sec) + std::chrono::nanoseconds(now.tv_nsec - taken.tv_nsec);
  return waited > Duration::zero() && waited < std::chrono::seconds(1) ? waited : Duration::zero();
}

struct Told {
  int error = 0;
  sock_extended_err how{};
  std::optional<asio::ip::address> who;
};

/// Behind the error stands the address of who told it (SO_EE_OFFENDER, spelled out: the macro casts).
std::optional<asio::ip::address> offender(const cmsghdr& message) {
  const unsigned char* const place = CMSG_DATA(&message) + sizeof(sock_extended_err);
  const std::size_t size = message.cmsg_len - CMSG_LEN(sizeof(sock_extended_err));
  sa_family_t family = AF_UNSPEC;
  if (size < sizeof family) return std::nullopt;
  std::memcpy(&family, place, sizeof family);
  if (family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in address{};
    std::memcpy(&address, place, sizeof address);
    asio::ip::address_v4::bytes_type bytes{};
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return asio::ip::address(asio::ip::address_v4(bytes));
  }
  if (family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 address{};
    std::memcpy(&address, place, sizeof address);
    asio::ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    return asio::ip::address(asio::ip::address_v6(bytes));
  }
  return std::nullopt;
}

std::optional<Told> error_told(Datagram& datagram) {
  std::optional<Told> told;
  datagram.for_each_control([&](cmsghdr& message) {
    const bool from_ip = (message.cmsg_level == IPPROTO_IP && message.cmsg_type == IP_RECVERR) ||
                         (message.cmsg_level == IPPROTO_IPV6 && message.cmsg_type == IPV6_RECVERR);
    if (!from_ip || message.cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) return;
    told.emplace();
    std::memcpy(&told->how, CMSG_DATA(&message), sizeof told->how);
    told->error = static_cast<int>(told->how.ee_errno);
    told->who = offender(message);
  });
  return told;
}

}  // namespace

IcmpSocket::IcmpSocket(asio::posix::stream_descriptor descriptor, bool v6, bool raw, std::uint16_t id,
                       Cookie cookie)
    : descriptor_(std::move(descriptor)), v6_(v6), raw_(raw), id_(id), cookie_(cookie) {}

Result<IcmpSocket> IcmpSocket::connect(const asio::any_io_executor& executor,
                                       const asio::ip::address& target) {
  const std::string where = "ping " + target.to_string();
  const Opened opened = open_socket(target.is_v6());
  if (opened.descriptor < 0) {
    return failure(where, "no ICMP socket: " + system_text(opened.error),
                   "Let the program's group into net.ipv4.ping_group_range, or give it CAP_NET_RAW");
  }
  asio::posix::stream_descriptor descriptor(executor, opened.descriptor);
  choose_what_arrives(opened.descriptor, target.is_v6(), opened.raw);
  const asio::ip::icmp::endpoint endpoint(target, 0);
  if (::connect(opened.descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
    return failure(where, system_text(errno), "See whether a default route and an address are there");
  }
  std::random_device random;
  Cookie cookie{};
  std::ranges::generate(cookie, [&] { return static_cast<unsigned char>(random() & 0xff); });
  const auto id = static_cast<std::uint16_t>(random() & 0xffff);
  return IcmpSocket(std::move(descriptor), target.is_v6(), opened.raw, id, cookie);
}

void IcmpSocket::never_fragment() {
  // A kernel that refuses leaves the measurement to find that all sizes pass.
  const int descriptor = descriptor_.native_handle();
  const int probe = v6_ ? int{IPV6_PMTUDISC_PROBE} : int{IP_PMTUDISC_PROBE};
  (void)::setsockopt(descriptor, v6_ ? int{IPPROTO_IPV6} : int{IPPROTO_IP},
                     v6_ ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &probe, sizeof probe);
}

Result<void> IcmpSocket::send(std::uint16_t sequence, const Packet& wanted) {
  const int descriptor = descriptor_.native_handle();
  const int hops = wanted.time_to_live;
  if (::setsockopt(descriptor, v6_ ? int{IPPROTO_IPV6} : int{IPPROTO_IP}, v6_ ? IPV6_UNICAST_HOPS : IP_TTL,
                   &hops, sizeof hops) != 0) {
    return failure("ping", system_text(errno));
  }
  const std::size_t header = v6_ ? kIpHeader6 : kIpHeader4;
  return send_bytes(sequence, std::max(wanted.size, header + kPacket) - header);
}

Result<void> IcmpSocket::send(std::uint16_t sequence) {
  return send_bytes(sequence, kPacket);
}

Result<void> IcmpSocket::send_bytes(std::uint16_t sequence, std::size_t size) {
  std::vector<unsigned char> packet(size);
  packet[0] = v6_ ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  put16(packet, 4, id_);
  put16(packet, 6, sequence);
  std::ranges::copy(cookie_, packet.begin() + std::ptrdiff_t{kHeader});
  if (!v6_) put16(packet, 2, checksum(packet));
  for (int attempt = 0;; ++attempt) {
    const ssize_t sent = ::send(descriptor_.native_handle(), packet.data(), packet.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(packet.size())) return {};
    const int error = errno;
    // An ICMP error to an earlier request is told on the next call, and taken away by telling it.
    if ((error == EINTR || error == EHOSTUNREACH || error == ECONNREFUSED || error == EMSGSIZE) &&
        attempt < 2)
      continue;
    return failure("ping", system_text(error));
  }
}

asio::awaitable<IcmpSocket::Answer> IcmpSocket::receive() {
  const int descriptor = descriptor_.native_handle();
  Datagram datagram;
  // An error that stays would make the descriptor readable for ever.
  constexpr int kMostErrorsInARow = 16;
  int errors = 0;
  while (true) {
    while (datagram.read(descriptor, MSG_ERRQUEUE) >= 0) {
      const auto error = error_told(datagram);
      const std::span<const unsigned char> request(datagram.bytes.data(), datagram.size);
      if (!error || request.size() < kHeader) continue;
      if (raw_ && get16(request, 4) != id_) continue;
      Answer answer;
      answer.sequence = get16(request, 6);
      answer.error = system_text(error->error);
      const auto origin = error->how.ee_origin;
      const auto type = error->how.ee_type;
      if (origin == SO_EE_ORIGIN_ICMP || origin == SO_EE_ORIGIN_ICMP6) answer.router = error->who;
      answer.expired = (origin == SO_EE_ORIGIN_ICMP && type == ICMP_TIME_EXCEEDED) ||
                       (origin == SO_EE_ORIGIN_ICMP6 && type == ICMP6_TIME_EXCEEDED);
      if (error->error == EMSGSIZE && error->how.ee_info > 0) answer.mtu = error->how.ee_info;
      co_return answer;
    }
    const ssize_t count = datagram.read(descriptor, 0);
    if (count < 0) {
      const int error = errno;
      const bool empty = error == EAGAIN || error == EWOULDBLOCK;
      errors = empty ? 0 : errors + 1;
      if (errors > kMostErrorsInARow) {
        throw boost::system::system_error(error, boost::system::system_category());
      }
      if (!empty) continue;
      co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
      continue;
    }
    errors = 0;
    std::span<const unsigned char> reply(datagram.bytes.data(), datagram.size);
    if (raw_ && !v6_) {
      // Raw IPv4 comes with its IP header, whose length is in words of four bytes.
      if (reply.empty()) continue;
      const std::size_t ip_header = std::size_t{4} * (reply[0] & 0x0f);
      if (reply.size() < ip_header) continue;
      reply = reply.subspan(ip_header);
    }
    if (reply.size() < kHeader + cookie_.size()) continue;
    if (reply[0] != (v6_ ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY)) continue;
    if (raw_ && get16(reply, 4) != id_) continue;
    if (!std::ranges::equal(reply.subspan(kHeader, cookie_.size()), cookie_)) continue;
    Answer answer;
    answer.sequence = get16(reply, 6);
    answer.queued = time_in_queue(datagram);
    co_return answer;
  }
}

}  // namespace xalink
