#pragma once
// Whether a machine on one of this board's own networks is there, told below IP: by ARP (RFC 826) and
// neighbour discovery (RFC 4861), which no firewall filters that wants to be reached at all.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "sparkplug/clock.hpp"

namespace xalink {

enum class Presence : std::uint8_t {
  unknown,  ///< a static entry, no entry, or asking is not allowed and the kernel has not asked of late
  there,    ///< its network card has answered
  gone,     ///< nobody answers for its address
};

/// What the kernel's table says of a neighbour.
struct NeighbourEntry {
  std::uint16_t state = 0;  ///< NUD_* of <linux/neighbour.h>
  Duration confirmed{};     ///< since it was last heard: by ARP, or because it carried what was answered
};

/// Nothing when the table has no such entry, or cannot be read. Does not block.
[[nodiscard]] std::optional<NeighbourEntry> neighbour_entry(const std::string& interface,
                                                            const boost::asio::ip::address& address);

/// Asks it three times within a second, and less when it answers. Where this program may not send such
/// packets (CAP_NET_RAW) only the table decides. Ends by `deadline`.
///
/// `since`: an answer after that will do; by then something was sent to the neighbour.
boost::asio::awaitable<Presence> ask_neighbour(Clock& clock, std::string interface,
                                               boost::asio::ip::address address, SteadyTime since,
                                               SteadyTime deadline);

}  // namespace xalink
