#pragma once
// Why a service could not be used, as one of a few words that reports can count.

#include <cstdint>
#include <string_view>

namespace xalink {

enum class ReachFailure : std::uint8_t {
  none,
  name,            ///< its name does not resolve
  wrong_address,   ///< it resolves to somebody else
  connect,         ///< no TCP connection
  proxy,           ///< the proxy is not there, or lets nobody through
  tls_stalled,     ///< connected, and the handshake came to a halt: often large packets that get lost
  tls,             ///< any other failure of the handshake
  expired,         ///< its certificate
  not_yet_valid,   ///< its certificate
  board_clock,     ///< its certificate is good by the service's own time: the board's clock is wrong
  self_signed,     ///< nobody vouches for its certificate but itself
  unknown_issuer,  ///< an authority vouches for it that the board does not trust
  intercepted,     ///< as the two before, where somebody trusted vouched for it until now, or all look so
  wrong_host,      ///< its certificate is somebody else's
  http,            ///< it answers with an error, with something that is not HTTP, or not at all
};

/// As in Reach/<service>/Failure; "" for none.
[[nodiscard]] constexpr std::string_view to_string(ReachFailure failure) {
  switch (failure) {
    case ReachFailure::none: return "";
    case ReachFailure::name: return "name";
    case ReachFailure::wrong_address: return "wrong address";
    case ReachFailure::connect: return "connect";
    case ReachFailure::proxy: return "proxy";
    case ReachFailure::tls_stalled: return "TLS stalled";
    case ReachFailure::tls: return "TLS";
    case ReachFailure::expired: return "certificate expired";
    case ReachFailure::not_yet_valid: return "certificate not yet valid";
    case ReachFailure::board_clock: return "board clock";
    case ReachFailure::self_signed: return "self-signed";
    case ReachFailure::unknown_issuer: return "unknown issuer";
    case ReachFailure::intercepted: return "intercepted";
    case ReachFailure::wrong_host: return "wrong host";
    case ReachFailure::http: return "HTTP";
  }
  return "";
}

}  // namespace xalink
