#include "agent/linux/neighbour.hpp"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace xalink {
namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

constexpr int kQuiet = SOCK_NONBLOCK | SOCK_CLOEXEC;

std::vector<unsigned char> bytes_of(const ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}

template <class T>
T read_at(const unsigned char* bytes) {
  T value{};
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::size_t aligned(std::size_t length) {
  return (length + 3) & ~std::size_t{3};  // NLMSG_ALIGN and RTA_ALIGN
}

/// One message of the kernel's answer; nothing when it is of somebody else.
std::optional<NeighbourEntry> entry_in(const unsigned char* body, std::size_t size, int interface,
                                       const std::vector<unsigned char>& address) {
  if (size < sizeof(ndmsg)) return std::nullopt;
  const auto about = read_at<ndmsg>(body);
  if (about.ndm_ifindex != interface) return std::nullopt;
  NeighbourEntry entry;
  entry.state = about.ndm_state;
  bool same = false;
  bool timed = false;
  for (std::size_t at = aligned(sizeof(ndmsg)); at + sizeof(rtattr) <= size;) {
    const auto attribute = read_at<rtattr>(body + at);
    if (attribute.rta_len < sizeof(rtattr) || at + attribute.rta_len > size) break;
    const unsigned char* value = body + at + sizeof(rtattr);
    const std::size_t length = attribute.rta_len - sizeof(rtattr);
    if (attribute.rta_type == NDA_DST) {
      same = length == address.size() && std::equal(address.begin(), address.end(), value);
    } else if (attribute.rta_type == NDA_CACHEINFO && length >= sizeof(nda_cacheinfo)) {
      // In the ticks that the kernel shows to programs.
      const auto ticks = std::max(::sysconf(_SC_CLK_TCK), 1L);
      const auto since = std::chrono::milliseconds(1000) * read_at<nda_cacheinfo>(value).ndm_confirmed;
      entry.confirmed = since / ticks;
      timed = true;
    }
    at += aligned(attribute.rta_len);
  }
  return same && timed ? std::optional(entry) : std::nullopt;
}

/// Something that asks a neighbour for a sign of life; false when this program may not.
class Question {
 public:
  Question(int interface, const ip::address& address)
      : interface_(interface),
        address_(address),
        socket_(address.is_v4() ? ::socket(AF_PACKET, SOCK_DGRAM | kQuiet, 0)
                                : ::socket(AF_INET6, SOCK_RAW | kQuiet, IPPROTO_ICMPV6)) {}

  [[nodiscard]] bool send() const {
    if (!socket_.open()) return false;
    return address_.is_v4() ? send_arp() : send_solicitation();
  }

 private:
  struct [[gnu::packed]] Arp {
    std::uint16_t hardware = htons(ARPHRD_ETHER);
    std::uint16_t protocol = htons(ETH_P_IP);
    std::uint8_t hardware_length = ETH_ALEN;
    std::uint8_t protocol_length = 4;
    std::uint16_t operation = htons(ARPOP_REQUEST);
    std::array<unsigned char, ETH_ALEN> from_card{};
    std::array<unsigned char, 4> from{};
    std::array<unsigned char, ETH_ALEN> to_card{};
    std::array<unsigned char, 4> to{};
  };

  // The answer goes to the kernel, which notes it in its table.
  [[nodiscard]] bool send_arp() const {
    sockaddr_ll own{};
    own.sll_family = AF_PACKET;
    own.sll_ifindex = interface_;
    socklen_t size = sizeof own;
    // With no protocol to listen for: nothing arrives here.
    if (::bind(socket_.number(), reinterpret_cast<sockaddr*>(&own), sizeof own) != 0 ||
        ::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
        own.sll_hatype != ARPHRD_ETHER || own.sll_halen != ETH_ALEN) {
      return false;
    }
    const auto from = own_address();
    if (!from) return false;
    Arp request;
    std::copy_n(own.sll_addr, ETH_ALEN, request.from_card.begin());
    request.from = *from;
    request.to = address_.to_v4().to_bytes();
    sockaddr_ll everybody{};
    everybody.sll_family = AF_PACKET;
    everybody.sll_protocol = htons(ETH_P_ARP);
    everybody.sll_ifindex = interface_;
    everybody.sll_halen = ETH_ALEN;
    std::fill_n(everybody.sll_addr, ETH_ALEN, static_cast<unsigned char>(0xff));
    return ::sendto(socket_.number(), &request, sizeof request, 0, reinterpret_cast<sockaddr*>(&everybody),
                    sizeof everybody) == static_cast<ssize_t>(sizeof request);
  }

  /// Which of this board's addresses the kernel would talk to it from.
  [[nodiscard]] std::optional<ip::address_v4::bytes_type> own_address() const {
    const Descriptor probe(::socket(AF_INET, SOCK_DGRAM | kQuiet, 0));
    constexpr std::uint16_t kDiscard = 9;  // nothing is sent
    const ip::udp::endpoint target(address_, kDiscard);
    if (!probe.open() || ::connect(probe.number(), target.data(), static_cast<socklen_t>(target.size())) != 0)
      return std::nullopt;
    ip::udp::endpoint own(ip::udp::v4(), 0);
    auto size = static_cast<socklen_t>(own.capacity());
    if (::getsockname(probe.number(), own.data(), &size) != 0) return std::nullopt;
    return own.address().to_v4().to_bytes();
  }

  [[nodiscard]] bool send_solicitation() const {
    // RFC 4861, 7.1.1: whoever is further away than this network could not have sent it.
    const int hops = 255;
    if (::setsockopt(socket_.number(), IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops) != 0)
      return false;
    struct {
      nd_neighbor_solicit head{};
    } packet;
    packet.head.nd_ns_type = ND_NEIGHBOR_SOLICIT;
    const auto target = address_.to_v6().to_bytes();
    std::memcpy(&packet.head.nd_ns_target, target.data(), target.size());
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_scope_id = static_cast<std::uint32_t>(interface_);
    std::memcpy(&to.sin6_addr, target.data(), target.size());
    return ::sendto(socket_.number(), &packet, sizeof packet, 0, reinterpret_cast<sockaddr*>(&to),
                    sizeof to) == static_cast<ssize_t>(sizeof packet);
  }

  int interface_;
  ip::address address_;
  Descriptor socket_;
};

}  // namespace

std::optional<NeighbourEntry> neighbour_entry(const std::string& interface, const ip::address& address) {
  const auto index = static_cast<int>(::if_nametoindex(interface.c_str()));
  const Descriptor kernel(::socket(AF_NETLINK, SOCK_RAW | kQuiet, NETLINK_ROUTE));
  if (index == 0 || !kernel.open()) return std::nullopt;
  struct {
    nlmsghdr header{};
    ndmsg about{};
  } request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETNEIGH;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.about.ndm_family = address.is_v4() ? AF_INET : AF_INET6;
  request.about.ndm_ifindex = index;
  sockaddr_nl to{};
  to.nl_family = AF_NETLINK;
  if (::sendto(kernel.number(), &request, sizeof request, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) < 0)
    return std::nullopt;
  const auto wanted = bytes_of(address);
  std::optional<NeighbourEntry> found;
  // The kernel answers before sendto() and recv() return.
  std::vector<unsigned char> answer(32 * 1024);
  while (true) {
    const ssize_t count = ::recv(kernel.number(), answer.data(), answer.size(), 0);
    if (count <= 0) return found;
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t at = 0; at + sizeof(nlmsghdr) <= size;) {
      const auto header = read_at<nlmsghdr>(answer.data() + at);
      if (header.nlmsg_len < sizeof(nlmsghdr) || at + header.nlmsg_len > size) return found;
      if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return found;
      const std::size_t start = at + aligned(sizeof(nlmsghdr));
      if (header.nlmsg_type == RTM_NEWNEIGH && !found && at + header.nlmsg_len >= start) {
        found = entry_in(answer.data() + start, at + header.nlmsg_len - start, index, wanted);
      }
      at += aligned(header.nlmsg_len);
    }
  }
}

asio::awaitable<Presence> ask_neighbour(Clock& clock, std::string interface, ip::address address,
                                        SteadyTime since, SteadyTime deadline) {
  constexpr int kQuestions = 3;
  constexpr Duration kWaits[] = {std::chrono::milliseconds(20), std::chrono::milliseconds(80),
                                 std::chrono::milliseconds(230)};
  // A tick of the table's times.
  constexpr Duration kGrain = std::chrono::milliseconds(10);
  const Question question(static_cast<int>(::if_nametoindex(interface.c_str())), address);
  bool asked = false;
  for (int number = 0;; ++number) {
    const auto entry = neighbour_entry(interface, address);
    if (!entry || (entry->state & (NUD_PERMANENT | NUD_NOARP)) != 0) co_return Presence::unknown;
    // A failed entry keeps the time when it was last well.
    const bool known = (entry->state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)) != 0;
    if (known && entry->confirmed <= clock.steady() - since + kGrain) co_return Presence::there;
    if (number == kQuestions * static_cast<int>(std::size(kWaits))) {
      co_return asked ? Presence::gone : Presence::unknown;
    }
    const auto step = static_cast<std::size_t>(number) % std::size(kWaits);
    if (step == 0) {
      const bool sent = question.send();
      asked = asked || sent;
      if (!sent && number == 0) {
        // The kernel asks by itself where it has no answer from before.
        const bool unanswered = (entry->state & (NUD_FAILED | NUD_INCOMPLETE)) != 0;
        co_return unanswered ? Presence::gone : Presence::unknown;
      }
    }
    if (clock.steady() + kWaits[step] >= deadline) co_return Presence::unknown;
    co_await clock.sleep_for(kWaits[step]);
  }
}

}  // namespace xalink
