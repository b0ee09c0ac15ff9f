#include "agent/address_text.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

namespace xalink {
namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// "host", "host:port", "[v6]", "[v6]:port".
bool is_host_and_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !is_ip_address(std::string(text.substr(1, close - 1))))
      return false;
    text.remove_prefix(close + 1);
    return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  return is_host_name(text.substr(0, colon));
}

/// What stands between "https://" and the path.
std::optional<std::string_view> authority_of(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    return url.substr(0, url.find_first_of("/?#"));
  }
  return std::nullopt;
}

}  // namespace

bool is_host_name(std::string_view text) {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if ((!word && c != '-') || ++label > 63) {
      return false;
    }
  }
  return label > 0;
}

bool is_ip_address(const std::string& text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(text, error);
  return !error;
}

bool is_web_url(std::string_view url) {
  const auto authority = authority_of(url);
  const bool printable = std::none_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c == 0x7F; });
  return authority && printable && is_host_and_port(*authority);
}

bool has_path(std::string_view web_url) {
  const auto authority = authority_of(web_url);
  if (!authority) return false;
  // The view is one into the URL: what stands behind it.
  const std::string_view rest = web_url.substr(static_cast<std::size_t>(authority->end() - web_url.begin()));
  return !rest.empty() && rest != "/";
}

std::string host_of(std::string_view web_url) {
  std::string_view host = authority_of(web_url).value_or(std::string_view());
  if (!host.empty() && host.front() == '[') return std::string(host.substr(1, host.find(']') - 1));
  return std::string(host.substr(0, host.find(':')));
}

bool is_dns_server(const std::string& text) {
  if (is_ip_address(text)) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || !is_port(std::string_view(text).substr(colon + 1))) return false;
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return false;
  }
  return is_ip_address(address);
}

}  // namespace xalink
