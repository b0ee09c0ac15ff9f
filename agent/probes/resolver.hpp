#pragma once
// Questions to the DNS that do not stop the loop, through c-ares.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct ResolverSettings {
  /// "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53"; empty: those of /etc/resolv.conf, read anew
  /// for each question.
  std::vector<std::string> servers;
  /// Until the first repetition; the next ones wait twice as long each.
  Milliseconds retry_after{2000};
};

/// Fails when a server is not an address with an optional port.
[[nodiscard]] Result<void> check_servers(const std::vector<std::string>& servers);

enum class AddressType : std::uint8_t { a, aaaa };

struct DnsAnswer {
  /// From the question to the answer; empty when no server answered.
  std::optional<Duration> time;
  /// Response code of the answer ("NOERROR", "NXDOMAIN", "RCODE11" for the nameless), "timeout" when no
  /// server answered in time, "unreachable" when none can be asked, "malformed" for what is no answer.
  std::string status;
  std::uint32_t addresses = 0;
  std::string reason;  ///< why there is no address, in words; empty when there is one
};

/// One question to the servers themselves: no hosts file, no search list, no second type. Ends after the
/// repetitions of `settings` at the latest (about half a minute), so callers set a limit of their own.
/// Cancellation ends it at once and closes its sockets.
boost::asio::awaitable<DnsAnswer> ask(Clock& clock, ResolverSettings settings, std::string name,
                                      AddressType type);

/// Addresses of a host as programs would use them: literal addresses as they are, the hosts file and the
/// search list heeded, IPv4 and IPv6, those that a route leads to first (RFC 6724). Never empty: no
/// address is an error.
boost::asio::awaitable<Result<std::vector<boost::asio::ip::address>>> resolve(ResolverSettings settings,
                                                                              std::string host);

}  // namespace xalink
