#include "agent/probes/path.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "agent/linux/icmp_socket.hpp"
#include "agent/linux/neighbour.hpp"
#include "agent/linux/routes.hpp"
#include "agent/probes/value_of.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostHops = 5;  // columns of path_schema()
constexpr std::size_t kRounds = 2;
// Routers answer a few such packets a second and no more.
constexpr Duration kSpacing = std::chrono::milliseconds(100);

}  // namespace

/// One run. Requests are numbered: hop, and kMostHops + 1 for the target, in each round.
struct PathProbe::Walk {
  static constexpr std::size_t kPlaces = kMostHops + 1;
  struct Place {
    std::optional<std::string> address;
    std::optional<Duration> round_trip;
  };
  std::string target;
  std::string reason;
  std::array<Place, kPlaces> places{};
  std::array<SteadyTime, kPlaces * kRounds> sent{};
  std::optional<std::size_t> target_at;  ///< the target stands there already
  bool v6 = false;                       ///< the target's family
  bool silent_but_there = false;         ///< the first hop, which answers below IP alone

  void took(const IcmpSocket::Answer& answer, SteadyTime now) {
    const std::size_t number = answer.sequence;
    if (number == 0 || number > sent.size()) return;
    const std::size_t at = (number - 1) % kPlaces;
    const bool from_target = answer.error.empty();
    if (!from_target && (!answer.expired || !answer.router)) {
      if (reason.empty()) reason = answer.error;
      return;
    }
    if (from_target) target_at = std::min(target_at.value_or(at), at);
    Place& place = places[at];
    if (place.round_trip) return;
    place.address = from_target ? target : answer.router->to_string();
    place.round_trip = std::max(Duration::zero(), now - answer.queued - sent[number - 1]);
  }
  [[nodiscard]] bool complete(std::size_t hops) const {
    const std::size_t end = std::min(hops, target_at.value_or(hops));
    const auto known = [](const Place& place) { return place.round_trip.has_value(); };
    return target_at && std::all_of(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(end), known);
  }
  [[nodiscard]] bool silent() const {
    const auto known = [](const Place& place) { return place.round_trip.has_value(); };
    return !target_at && std::none_of(places.begin(), places.end(), known);
  }
};

PathProbe::PathProbe(asio::any_io_executor executor, Clock& clock, PathSettings settings)
    : executor_(std::move(executor)),
      clock_(clock),
      settings_(std::move(settings)),
      schema_(path_schema()),
      memory_(settings_.office_hops) {
  settings_.hops = std::clamp<std::size_t>(settings_.hops, 1, kMostHops);
}

asio::awaitable<void> PathProbe::walk(Walk& walk, SteadyTime deadline) {
  auto search = resolve(settings_.resolver, settings_.target);
  const auto found = co_await with_timeout(clock_, deadline - clock_.steady(), std::move(search));
  if (!found || !*found) {
    walk.reason = found ? found->error().what : std::string("no DNS server answered in time");
    co_return;
  }
  walk.target = (*found)->front().to_string();
  walk.v6 = (*found)->front().is_v6();
  auto socket = IcmpSocket::connect(executor_, (*found)->front());
  if (!socket) {
    walk.reason = socket.error().what;
    co_return;
  }
  std::vector<std::size_t> order;
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t hop = 0; hop < settings_.hops; ++hop) order.push_back(round * Walk::kPlaces + hop);
    order.push_back(round * Walk::kPlaces + kMostHops);
  }
  std::size_t next = 0;
  SteadyTime next_send = clock_.steady();
  SteadyTime end = deadline;
  while (clock_.steady() < end && !walk.complete(settings_.hops)) {
    const SteadyTime now = clock_.steady();
    if (next < order.size() && now >= next_send) {
      const std::size_t number = order[next++];
      const std::size_t at = number % Walk::kPlaces;
      next_send = now + kSpacing;
      if (next == order.size()) end = std::min(deadline, now + settings_.patience);
      if (walk.places[at].round_trip) continue;
      IcmpSocket::Packet packet;
      if (at < kMostHops) packet.time_to_live = static_cast<int>(at) + 1;
      walk.sent[number] = now;
      const auto left = socket->send(static_cast<std::uint16_t>(number + 1), packet);
      if (!left && walk.reason.empty()) walk.reason = left.error().what;
      continue;
    }
    auto listening = socket->receive();
    const Duration quiet = (next < order.size() ? std::min(next_send, end) : end) - now;
    const auto heard = co_await with_timeout(clock_, quiet, std::move(listening));
    if (heard) walk.took(*heard, clock_.steady());
  }
}

// Echo requests may be blocked at the first hop: then its silence says nothing of where the way ends.
asio::awaitable<void> PathProbe::ask_first_hop(Walk& walk, SteadyTime begin, SteadyTime deadline) {
  const auto routes = default_routes(settings_.root);
  const auto route = std::ranges::find_if(routes, [&](const DefaultRoute& candidate) {
    return candidate.next_hop && candidate.next_hop->is_v6() == walk.v6;
  });
  if (route == routes.end()) co_return;
  auto asking = ask_neighbour(clock_, route->interface, *route->next_hop, begin, deadline);
  const Presence presence = co_await std::move(asking);
  walk.silent_but_there = presence == Presence::there;
}

std::vector<Value> PathProbe::values_of_walk(const Walk& walk) {
  PathReading reading;
  reading.reached = walk.target_at.has_value();
  // What answers for a hop behind the target is the target again.
  const std::size_t end = std::min(settings_.hops, walk.target_at ? *walk.target_at + 1 : settings_.hops);
  for (std::size_t hop = 0; hop < end; ++hop) reading.hops.push_back(walk.places[hop].address);
  std::vector<Value> values;
  values.push_back(walk.target.empty() ? Value() : Value(walk.target));
  for (std::size_t hop = 0; hop < kMostHops; ++hop) {
    const bool known = hop < end && walk.places[hop].round_trip;
    values.push_back(known ? Value(*walk.places[hop].address) : Value());
    values.push_back(known ? Value(std::uint64_t{microseconds(*walk.places[hop].round_trip)}) : Value());
  }
  values.emplace_back(reading.reached);
  const bool silent = walk.silent();
  const bool asked = !silent || (walk.reason.empty() && !walk.silent_but_there);
  const std::string cut(to_string(asked ? memory_.judge(reading) : PathCut::none));
  values.push_back(cut.empty() ? Value() : Value(cut));
  // Who answers at all makes the complaints of others unimportant.
  std::string reason;
  if (silent) reason = walk.reason.empty() ? "no answer" : walk.reason;
  if (silent && walk.silent_but_there) reason = kNoHopAnswers;
  values.push_back(reason.empty() ? Value() : Value(reason));
  return values;
}

asio::awaitable<std::vector<Value>> PathProbe::measure(SteadyTime deadline) {
  Walk run;
  const SteadyTime begin = clock_.steady();
  auto walking = walk(run, deadline);
  co_await std::move(walking);
  if (run.silent() && run.reason.empty()) {
    auto asking = ask_first_hop(run, begin, deadline);
    co_await std::move(asking);
  }
  std::vector<Value> values = values_of_walk(run);
  co_return values;
}

}  // namespace xalink
