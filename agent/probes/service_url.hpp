#pragma once
// The address of a service as people write it.

#include <cstdint>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

struct ServiceUrl {
  enum class Scheme : std::uint8_t { tcp, http, https };
  Scheme scheme = Scheme::https;
  std::string host;  ///< name or address; IPv6 without its brackets
  std::uint16_t port = 443;
  std::string path = "/";  ///< with the query; unused for tcp
  friend bool operator==(const ServiceUrl&, const ServiceUrl&) = default;
};

/// "https://host[:port][/path]", "http://host[:port][/path]" or "tcp://host:port"; IPv6 addresses in
/// brackets. No user, no fragment. Names in other scripts as their ASCII form (xn--...).
[[nodiscard]] Result<ServiceUrl> parse_service_url(std::string_view text);

/// Host with brackets where it needs them, and the port where it is not the scheme's: HTTP's Host field.
[[nodiscard]] std::string authority(const ServiceUrl& url);

}  // namespace xalink
