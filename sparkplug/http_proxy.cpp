#include "sparkplug/http_proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace xalink {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

std::optional<ip::address> address_in(std::string_view text) {
  error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
  });
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& letter : lowered) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  while (!lowered.empty() && lowered.back() == '.') lowered.pop_back();
  return lowered;
}

bool is_in(const ip::address& address, std::string_view network) {
  error_code error;
  if (address.is_v4()) {
    const auto range = ip::make_network_v4(std::string(network), error);
    if (error) return false;
    return ip::network_v4(address.to_v4(), range.prefix_length()).canonical() == range.canonical();
  }
  const auto range = ip::make_network_v6(std::string(network), error);
  if (error) return false;
  return ip::network_v6(address.to_v6(), range.prefix_length()).canonical() == range.canonical();
}

bool excepts(std::string_view exception, std::string_view host, const std::optional<ip::address>& address) {
  if (address) {
    if (exception.find('/') != std::string_view::npos) return is_in(*address, exception);
    return address_in(exception) == address;
  }
  const std::string name = lower(host);
  std::string domain = lower(exception);
  if (domain.starts_with('.')) domain.erase(0, 1);
  if (domain.empty() || !name.ends_with(domain)) return false;
  return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

std::string in_base64(std::string_view text) {
  std::string coded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  auto* out = reinterpret_cast<unsigned char*>(coded.data());
  const int size = EVP_EncodeBlock(out, bytes, static_cast<int>(text.size()));
  coded.resize(static_cast<std::size_t>(size));
  return coded;
}

Unexpected bad_url(std::string_view text, std::string what) {
  return failure("proxy \"" + std::string(text) + "\"", std::move(what),
                 "write it as \"http://10.0.0.5:3128\"");
}

}  // namespace

Result<HttpProxy> parse_proxy_url(std::string_view text) {
  std::string_view rest = text;
  // What stands before it may be a password: it is not repeated.
  if (rest.find('@') != std::string_view::npos) {
    return failure("proxy", "holds a user name", "use proxy_username and proxy_password_file");
  }
  if (!rest.starts_with("http://")) return bad_url(text, "does not begin with http://");
  rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  HttpProxy proxy;
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return bad_url(text, "has a [ without its ]");
    proxy.host = rest.substr(1, end - 1);
    port = rest.substr(end + 1);
    if (!address_in(proxy.host)) return bad_url(text, "has no IPv6 address between [ and ]");
  } else {
    const auto colon = std::min(rest.find(':'), rest.size());
    proxy.host = rest.substr(0, colon);
    port = rest.substr(colon);
    if (!is_name(proxy.host)) return bad_url(text, "names no host");
  }
  if (port.empty()) return bad_url(text, "has no port");
  const char* const end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data() + 1, end, proxy.port);
  if (port.front() != ':' || parsed.ec != std::errc{} || parsed.ptr != end || proxy.port == 0) {
    return bad_url(text, "has a port that is not a number from 1 to 65535");
  }
  return proxy;
}

bool is_proxy_exception(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    error_code v4;
    error_code v6;
    (void)ip::make_network_v4(std::string(text), v4);
    (void)ip::make_network_v6(std::string(text), v6);
    return !v4 || !v6;
  }
  return address_in(text) || is_name(text);
}

bool goes_through(const HttpProxy& proxy, std::string_view host) {
  const auto address = address_in(host);
  return std::ranges::none_of(
      proxy.except, [&](const std::string& exception) { return excepts(exception, host, address); });
}

bool goes_through(const std::optional<HttpProxy>& proxy, std::string_view host) {
  return proxy && goes_through(*proxy, host);
}

NextHost next_host(const std::optional<HttpProxy>& proxy, const std::string& host, std::uint16_t port) {
  if (goes_through(proxy, host)) return {proxy->host, proxy->port, /*proxied=*/true};
  return {host, port, /*proxied=*/false};
}

std::string credentials_line(const HttpProxy& proxy) {
  if (proxy.username.empty()) return {};
  return "Proxy-Authorization: Basic " + in_base64(proxy.username + ":" + proxy.password) + "\r\n";
}

std::string tunnel_request(const HttpProxy& proxy, std::string_view host, std::uint16_t port) {
  std::string target(host);
  if (target.find(':') != std::string::npos && !target.starts_with('[')) target = "[" + target + "]";
  target += ":" + std::to_string(port);
  return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + credentials_line(proxy) + "\r\n";
}

TunnelAnswer tunnel_answer(std::string_view head) {
  constexpr std::size_t kCode = std::string_view("HTTP/1.1 ").size();
  unsigned status = 0;
  const bool is_http = head.starts_with("HTTP/1.") && head.size() >= kCode + 3;
  if (is_http) std::from_chars(head.data() + kCode, head.data() + kCode + 3, status);
  TunnelAnswer answer;
  switch (status) {
    case 0: answer.reason = "the proxy's answer is not HTTP"; return answer;
    case 407: answer.reason = "the proxy wants another user name or password"; return answer;
    case 400:
    case 403:
    case 405: answer.reason = "the proxy does not allow this connection"; break;
    case 502:
    case 503:
    case 504:
      answer.kind = TunnelAnswer::Kind::no_target;
      answer.reason = "the proxy cannot reach it";
      break;
    default:
      if (status >= 200 && status < 300) {
        answer.kind = TunnelAnswer::Kind::open;
        return answer;
      }
      answer.reason = "the proxy refuses";
  }
  answer.reason += " (status " + std::to_string(status) + ")";
  return answer;
}

}  // namespace xalink
