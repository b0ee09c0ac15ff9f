#include "agent/probes/service_url.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>

namespace xalink {
namespace {

Unexpected bad_url(std::string_view text, std::string what) {
  return failure("URL \"" + std::string(text) + "\"", std::move(what),
                 "Write https://host/path, http://host:port/path or tcp://host:port");
}

bool is_host_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
}

/// Anything else would end the request line, or hide in it.
bool is_path_letter(char letter) {
  return letter > 0x20 && letter < 0x7f;
}

}  // namespace

Result<ServiceUrl> parse_service_url(std::string_view text) {
  ServiceUrl url;
  std::string_view rest = text;
  bool has_port = true;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    url.scheme = ServiceUrl::Scheme::http;
    url.port = 80;
  } else if (rest.starts_with("tcp://")) {
    rest.remove_prefix(6);
    url.scheme = ServiceUrl::Scheme::tcp;
    has_port = false;
  } else {
    return bad_url(text, "does not begin with https://, http:// or tcp://");
  }

  const std::size_t path_at = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view path = rest.substr(path_at);
  std::string_view place = rest.substr(0, path_at);
  if (place.find('@') != std::string_view::npos) return bad_url(text, "holds a user name");
  if (path.find('#') != std::string_view::npos) return bad_url(text, "holds a fragment (#)");
  if (!std::ranges::all_of(path, is_path_letter)) {
    return bad_url(text, "holds spaces or letters that need %XX in its path");
  }
  if (url.scheme == ServiceUrl::Scheme::tcp && !path.empty() && path != "/") {
    return bad_url(text, "has a path, which tcp:// does not know");
  }
  if (!path.empty()) url.path = path.front() == '/' ? std::string(path) : "/" + std::string(path);

  if (place.starts_with('[')) {
    const std::size_t end = place.find(']');
    if (end == std::string_view::npos) return bad_url(text, "has a [ without its ]");
    url.host = place.substr(1, end - 1);
    boost::system::error_code not_an_address;
    (void)boost::asio::ip::make_address_v6(url.host, not_an_address);
    if (not_an_address) return bad_url(text, "has no IPv6 address between [ and ]");
    place.remove_prefix(end + 1);
  } else {
    const std::size_t colon = std::min(place.find(':'), place.size());
    url.host = place.substr(0, colon);
    if (!std::ranges::all_of(url.host, is_host_letter)) {
      return bad_url(text, "has letters in its host that names do not have");
    }
    place.remove_prefix(colon);
  }
  if (url.host.empty()) return bad_url(text, "has no host");

  if (!place.empty()) {
    const char* const end = place.data() + place.size();
    const auto parsed = std::from_chars(place.data() + 1, end, url.port);
    if (place.front() != ':' || parsed.ec != std::errc{} || parsed.ptr != end || url.port == 0) {
      return bad_url(text, "has a port that is not a number from 1 to 65535");
    }
    has_port = true;
  }
  if (!has_port) return bad_url(text, "has no port, and tcp:// has none of its own");
  return url;
}

std::string authority(const ServiceUrl& url) {
  std::string text = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  const std::uint16_t usual = url.scheme == ServiceUrl::Scheme::http ? 80 : 443;
  if (url.port != usual || url.scheme == ServiceUrl::Scheme::tcp) text += ":" + std::to_string(url.port);
  return text;
}

}  // namespace xalink
