#pragma once
// Addresses as people write them into a configuration: may they be one? Nothing is looked up.

#include <string>
#include <string_view>

namespace xalink {

/// IPv4 or IPv6, without brackets.
[[nodiscard]] bool is_ip_address(const std::string& text);

/// RFC 1123 names, underscores allowed as resolvers do.
[[nodiscard]] bool is_host_name(std::string_view text);

/// http:// or https://, a host with or without a port (RFC 3986), and no blanks.
[[nodiscard]] bool is_web_url(std::string_view url);

/// Whether a web URL has a path other than "/", a query or a fragment.
[[nodiscard]] bool has_path(std::string_view web_url);

/// The host of a web URL, without port and brackets.
[[nodiscard]] std::string host_of(std::string_view web_url);

/// "ADDRESS", "ADDRESS:PORT" or "[V6]:PORT".
[[nodiscard]] bool is_dns_server(const std::string& text);

}  // namespace xalink
