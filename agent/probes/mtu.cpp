#include "agent/probes/mtu.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/linux/icmp_socket.hpp"
#include "agent/linux/routes.hpp"
#include "agent/linux/small_file.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kEthernet = 1500;  // larger ones never leave an office
constexpr std::size_t kSmall = 128;
// What lines have in use, IPv6's least size and IPv4's in between (RFC 1191, section 7.1, and PPPoE,
// tunnels).
constexpr std::array<std::size_t, 12> kPlateaus = {576,  1006, 1280, 1380, 1400, 1420,
                                                   1440, 1454, 1460, 1472, 1480, 1492};
constexpr int kTries = 3;  // of a size that nobody answers: on a line that loses a fifth, one in a hundred
constexpr int kSure = 8;   // more of them before it is called a hole: where half is lost, one in two thousand

/// Of the interface with the best default route.
std::size_t interface_mtu(const std::filesystem::path& root) {
  const auto routes = default_routes(root);
  if (routes.empty()) return kEthernet;
  const auto text = read_small_file(root / "sys/class/net" / routes.front().interface / "mtu");
  std::size_t mtu = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), mtu);
  return mtu >= kSmall ? mtu : kEthernet;
}

}  // namespace

struct MtuProbe::Found {
  std::string target;
  std::optional<std::uint32_t> interface;
  std::optional<std::uint32_t> path;
  std::optional<std::uint32_t> told;
  std::string_view finding = "no answer";
  std::string reason;
};

MtuProbe::MtuProbe(asio::any_io_executor executor, Clock& clock, MtuSettings settings)
    : executor_(std::move(executor)), clock_(clock), settings_(std::move(settings)), schema_(mtu_schema()) {}

asio::awaitable<MtuProbe::Echo> MtuProbe::try_size(IcmpSocket& socket, std::size_t size,
                                                   SteadyTime deadline, int tries) {
  Echo echo;
  for (int attempt = 0; attempt < tries && !echo.answered && !echo.told; ++attempt) {
    const std::uint16_t first = sequence_++;
    IcmpSocket::Packet packet;
    packet.size = size;
    const auto left = socket.send(first, packet);
    if (!left) {
      echo.error = left.error().what;
    }
    const SteadyTime end = std::min(deadline, clock_.steady() + settings_.patience);
    while (clock_.steady() < end && !echo.answered && !echo.told) {
      auto listening = socket.receive();
      const auto heard = co_await with_timeout(clock_, end - clock_.steady(), std::move(listening));
      if (!heard) break;
      if (heard->sequence != first) continue;  // late, of another size
      echo.answered = heard->error.empty();
      echo.told = heard->mtu;
      if (!echo.answered) echo.error = heard->error;
      if (!echo.answered && !echo.told) break;
    }
    if (clock_.steady() >= deadline) break;
  }
  co_return echo;
}

asio::awaitable<void> MtuProbe::search(IcmpSocket& socket, Found& found, SteadyTime deadline) {
  const auto place_of = [](std::size_t size) {
    return static_cast<std::size_t>(std::ranges::lower_bound(kPlateaus, size) - kPlateaus.begin());
  };
  std::size_t low = place_of(*found.path + 1);  // sizes below this place are answered
  std::size_t high = place_of(*found.interface);
  while (low < high && clock_.steady() < deadline) {
    const std::size_t middle = (low + high) / 2;
    auto trying = try_size(socket, kPlateaus[middle], deadline, kTries);
    const Echo echo = co_await std::move(trying);
    if (echo.told) found.told = static_cast<std::uint32_t>(*echo.told);
    if (echo.answered) {
      found.path = static_cast<std::uint32_t>(kPlateaus[middle]);
      low = middle + 1;
    } else {
      high = middle;
    }
  }
}

asio::awaitable<void> MtuProbe::look(Found& found, SteadyTime deadline) {
  auto search_name = resolve(settings_.resolver, settings_.target);
  const auto addresses = co_await with_timeout(clock_, deadline - clock_.steady(), std::move(search_name));
  if (!addresses || !*addresses) {
    found.reason = addresses ? addresses->error().what : std::string("no DNS server answered in time");
    co_return;
  }
  found.target = (*addresses)->front().to_string();
  auto socket = IcmpSocket::connect(executor_, (*addresses)->front());
  if (!socket) {
    found.reason = socket.error().what;
    co_return;
  }
  socket->never_fragment();
  const std::size_t full = std::min(interface_mtu(settings_.root), kEthernet);
  found.interface = static_cast<std::uint32_t>(full);
  auto first = try_size(*socket, kSmall, deadline, kTries);
  const Echo small = co_await std::move(first);
  if (!small.answered) {
    found.reason = small.error.empty() ? "no reply" : small.error;
    co_return;
  }
  found.path = static_cast<std::uint32_t>(kSmall);
  std::size_t size = full;
  for (int told = 0; told < 4; ++told) {
    auto next = try_size(*socket, size, deadline, kTries);
    const Echo echo = co_await std::move(next);
    if (echo.answered) {
      found.path = static_cast<std::uint32_t>(size);
      found.finding = size == full ? "full" : "told";
      co_return;
    }
    if (!echo.told || *echo.told >= size || *echo.told < kSmall) break;
    found.told = static_cast<std::uint32_t>(*echo.told);
    size = *echo.told;
  }
  // A line that loses packets is no line with a hole.
  while (true) {
    auto searching = search(*socket, found, deadline);
    co_await std::move(searching);
    const auto above = std::ranges::upper_bound(kPlateaus, *found.path);
    const std::size_t next = above == kPlateaus.end() ? full : std::min(*above, full);
    auto trying = try_size(*socket, next, deadline, kSure);
    const Echo echo = co_await std::move(trying);
    if (!echo.answered) break;
    found.path = static_cast<std::uint32_t>(next);
    if (next < full) continue;
    found.finding = "full";
    co_return;
  }
  // The line may have gone meanwhile.
  auto again = try_size(*socket, kSmall, deadline, kTries);
  const Echo still = co_await std::move(again);
  if (still.answered) {
    found.finding = "black hole";
    co_return;
  }
  found.path.reset();
  found.reason = "no reply any more";
}

asio::awaitable<std::vector<Value>> MtuProbe::measure(SteadyTime deadline) {
  Found found;
  auto looking = look(found, deadline);
  co_await std::move(looking);
  std::vector<Value> values;
  values.push_back(found.target.empty() ? Value() : Value(found.target));
  values.push_back(value_of(found.interface));
  values.push_back(value_of(found.path));
  values.push_back(value_of(found.told));
  values.emplace_back(std::string(found.finding));
  values.push_back(found.reason.empty() ? Value() : Value(found.reason));
  co_return values;
}

}  // namespace xalink
