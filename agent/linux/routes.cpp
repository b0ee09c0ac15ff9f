#include "agent/linux/routes.hpp"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace ip = boost::asio::ip;

// <linux/route.h> and <linux/ipv6_route.h>; the same bits in both files.
constexpr std::uint32_t kUp = 0x0001;
constexpr std::uint32_t kGateway = 0x0002;
constexpr std::uint32_t kReject = 0x0200;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(words_of(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::uint32_t> number(std::string_view digits, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// /proc/net/route prints the address's four bytes as one number in the machine's own byte order.
ip::address_v4 ipv4(std::uint32_t printed) {
  return ip::address_v4(std::bit_cast<ip::address_v4::bytes_type>(printed));
}

std::optional<ip::address_v6> ipv6(std::string_view digits, const std::string& interface) {
  if (digits.size() != 32) return std::nullopt;
  ip::address_v6::bytes_type bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = number(digits.substr(2 * i, 2), 16);
    if (!byte) return std::nullopt;
    bytes[i] = static_cast<unsigned char>(*byte);
  }
  ip::address_v6 address(bytes);
  if (address.is_link_local()) address.scope_id(::if_nametoindex(interface.c_str()));
  return address;
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
void read_ipv4(std::string_view text, std::vector<DefaultRoute>& routes) {
  for_each_line(text, [&](const std::vector<std::string_view>& word) {
    if (word.size() < 8) return;
    const auto destination = number(word[1], 16);
    const auto gateway = number(word[2], 16);
    const auto flags = number(word[3], 16);
    const auto metric = number(word[6], 10);
    const auto mask = number(word[7], 16);
    if (!destination || !gateway || !flags || !metric || !mask) return;  // the heading, too
    if (*destination != 0 || *mask != 0 || (*flags & kUp) == 0 || (*flags & kReject) != 0) return;
    DefaultRoute route{std::string(word[0]), std::nullopt, *metric};
    if ((*flags & kGateway) != 0) route.next_hop = ipv4(*gateway);
    routes.push_back(std::move(route));
  });
}

// destination length source length next-hop metric refcount use flags interface; all in hexadecimal
void read_ipv6(std::string_view text, std::vector<DefaultRoute>& routes) {
  for_each_line(text, [&](const std::vector<std::string_view>& word) {
    if (word.size() < 10 || word[1] != "00" || word[3] != "00") return;
    if (word[0].find_first_not_of('0') != std::string_view::npos) return;
    const auto metric = number(word[5], 16);
    const auto flags = number(word[8], 16);
    if (!metric || !flags || (*flags & kUp) == 0 || (*flags & kReject) != 0) return;
    DefaultRoute route{std::string(word[9]), std::nullopt, *metric};
    if ((*flags & kGateway) != 0) {
      const auto next_hop = ipv6(word[4], route.interface);
      if (!next_hop) return;
      route.next_hop = *next_hop;
    }
    routes.push_back(std::move(route));
  });
}

void append_by_metric(std::vector<DefaultRoute> routes, std::vector<DefaultRoute>& all) {
  std::ranges::stable_sort(routes, {}, &DefaultRoute::metric);
  for (DefaultRoute& route : routes) all.push_back(std::move(route));
}

}  // namespace

std::vector<DefaultRoute> default_routes(const std::filesystem::path& root) {
  std::vector<DefaultRoute> all;
  if (const auto text = read_small_file(root / "proc/net/route")) {
    std::vector<DefaultRoute> routes;
    read_ipv4(*text, routes);
    append_by_metric(std::move(routes), all);
  }
  if (const auto text = read_small_file(root / "proc/net/ipv6_route")) {
    std::vector<DefaultRoute> routes;
    read_ipv6(*text, routes);
    append_by_metric(std::move(routes), all);
  }
  return all;
}

}  // namespace xalink
