#pragma once
// The HTTP proxy through which an office reaches everything else (CONNECT, RFC 9110, section 9.3.6).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/result.hpp"

namespace xalink {

struct HttpProxy {
  std::string host;
  std::uint16_t port = 3128;
  std::string username;  ///< sent as Basic credentials, in the clear; empty: none
  std::string password;
  /// What is reached without it: a host name with all names below it, an address, or a network
  /// ("10.0.0.0/8").
  std::vector<std::string> except;
  friend bool operator==(const HttpProxy&, const HttpProxy&) = default;
};

/// "http://host:3128" with or without a closing slash; no user, no path. Other schemes are refused: a proxy
/// that speaks TLS or SOCKS is another thing.
[[nodiscard]] Result<HttpProxy> parse_proxy_url(std::string_view text);
/// Whether `text` may stand in HttpProxy::except.
[[nodiscard]] bool is_proxy_exception(std::string_view text);

/// Whether the way to this host (a name or an address) leads through the proxy. Names are not looked up.
[[nodiscard]] bool goes_through(const HttpProxy& proxy, std::string_view host);
/// Without a proxy it does not.
[[nodiscard]] bool goes_through(const std::optional<HttpProxy>& proxy, std::string_view host);

/// Whom to connect to, to get to a host: the host, or the proxy before it.
struct NextHost {
  std::string host;
  std::uint16_t port = 0;
  bool proxied = false;
  friend bool operator==(const NextHost&, const NextHost&) = default;
};
[[nodiscard]] NextHost next_host(const std::optional<HttpProxy>& proxy, const std::string& host,
                                 std::uint16_t port);

/// The question for a tunnel, head and all.
[[nodiscard]] std::string tunnel_request(const HttpProxy& proxy, std::string_view host, std::uint16_t port);
/// "Proxy-Authorization: Basic ...\r\n", or nothing without a user name.
[[nodiscard]] std::string credentials_line(const HttpProxy& proxy);

struct TunnelAnswer {
  enum class Kind : std::uint8_t {
    open,
    no_target,  ///< the proxy is well and cannot reach who was asked for
    refused,    ///< the proxy lets nobody through, not this one, or is none
  };
  Kind kind = Kind::refused;
  std::string reason;  ///< in words; empty when open
};

/// `head` up to its empty line.
[[nodiscard]] TunnelAnswer tunnel_answer(std::string_view head);

}  // namespace xalink
