#include "agent/probes/ping.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cstdint>
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

using Targets = std::vector<PingTarget>;

Result<Targets> next_hops(const std::filesystem::path& root) {
  const std::vector<DefaultRoute> routes = default_routes(root);
  if (routes.empty()) {
    return failure("gateway", "no default route",
                   "See whether the cable is in and the network gave an address");
  }
  Targets hops;
  for (const DefaultRoute& route : routes) {
    if (route.next_hop) hops.push_back({*route.next_hop, route.interface});
  }
  if (hops.empty()) {
    return failure("gateway", "the default route through " + routes.front().interface + " has no next hop",
                   "Ping an address of the provider instead");
  }
  return hops;
}

}  // namespace

RoundTripStatistics summarise(std::span<const std::optional<Duration>> round_trips) {
  RoundTripStatistics statistics;
  if (round_trips.empty()) return statistics;
  Duration sum{};
  Duration differences{};
  std::int64_t replies = 0;
  std::int64_t pairs = 0;
  const std::optional<Duration>* previous = nullptr;
  for (const std::optional<Duration>& round_trip : round_trips) {
    if (round_trip) {
      ++replies;
      sum += *round_trip;
      statistics.shortest = std::min(statistics.shortest.value_or(*round_trip), *round_trip);
      statistics.longest = std::max(statistics.longest.value_or(*round_trip), *round_trip);
      if (previous != nullptr && *previous) {
        ++pairs;
        differences += std::chrono::abs(*round_trip - **previous);
      }
    }
    previous = &round_trip;
  }
  if (replies > 0) statistics.mean = sum / replies;
  if (pairs > 0) statistics.jitter = differences / pairs;
  const auto sent = static_cast<double>(round_trips.size());
  statistics.loss_percent = 100.0 * (sent - static_cast<double>(replies)) / sent;
  return statistics;
}

/// One series of requests and what came of it.
struct PingProbe::Run {
  explicit Run(IcmpSocket connected) : socket(std::move(connected)) {}
  IcmpSocket socket;
  std::vector<std::uint16_t> sequences;  ///< of those that left
  std::vector<SteadyTime> sent;
  std::vector<std::optional<Duration>> round_trips;
  std::size_t replies = 0;
  std::string complaint;  ///< the first one, of the network or of this machine
};

PingProbe::PingProbe(asio::any_io_executor executor, Clock& clock, PingSettings settings)
    : executor_(std::move(executor)),
      clock_(clock),
      settings_(std::move(settings)),
      schema_(ping_schema(settings_.subject.empty() ? settings_.target : settings_.subject)) {
  settings_.count = std::clamp<std::size_t>(settings_.count, 1, 255);
}

asio::awaitable<Result<Targets>> PingProbe::find_target(SteadyTime deadline) {
  if (settings_.target == "gateway") co_return next_hops(settings_.root);
  auto search = resolve(settings_.resolver, settings_.target);
  const Duration left = deadline - clock_.steady();
  auto found = co_await with_timeout(clock_, left, std::move(search));
  if (found && !*found) co_return Unexpected(std::move(found->error()));
  if (found) {
    Targets targets;
    for (const auto& address : **found) targets.push_back({address, {}});
    co_return targets;
  }
  co_return failure(settings_.target, "no DNS server answered in time", "See the DNS probes");
}

asio::awaitable<void> PingProbe::exchange(Run& run, SteadyTime deadline) {
  std::size_t tried = 0;
  SteadyTime next_send = clock_.steady();
  SteadyTime end = deadline;
  while (true) {
    const SteadyTime now = clock_.steady();
    if (now >= end) co_return;
    if (tried < settings_.count && now >= next_send) {
      const auto sequence = static_cast<std::uint16_t>(++tried);
      const auto left = run.socket.send(sequence);
      if (left) {
        run.sequences.push_back(sequence);
        run.sent.push_back(now);
        run.round_trips.emplace_back();
      } else if (run.complaint.empty()) {
        run.complaint = left.error().what;
      }
      next_send = now + settings_.spacing;  // a late loop does not make bursts
      if (tried == settings_.count) end = std::min(deadline, now + settings_.patience);
      continue;
    }
    if (tried == settings_.count && run.replies == run.sent.size()) co_return;
    auto listening = run.socket.receive();
    const Duration quiet = (tried < settings_.count ? std::min(next_send, end) : end) - now;
    auto heard = co_await with_timeout(clock_, quiet, std::move(listening));
    if (!heard) continue;
    const SteadyTime arrived = clock_.steady() - heard->queued;
    const auto request = std::ranges::find(run.sequences, heard->sequence);
    if (request == run.sequences.end()) continue;
    if (!heard->error.empty()) {
      if (run.complaint.empty()) run.complaint = heard->error;
      continue;
    }
    const auto index = static_cast<std::size_t>(request - run.sequences.begin());
    if (run.round_trips[index]) continue;  // a duplicate
    run.round_trips[index] = std::max(Duration::zero(), arrived - run.sent[index]);
    ++run.replies;
  }
}

asio::awaitable<std::vector<Value>> PingProbe::measure(SteadyTime deadline) {
  std::vector<std::optional<Duration>> round_trips;
  std::string reason;
  const auto targets = co_await find_target(deadline);
  if (!targets) {
    reason = targets.error().what;
  } else {
    // The first that a route leads to; a host's others are the same machine behind another family.
    for (const PingTarget& target : *targets) {
      auto socket = IcmpSocket::connect(executor_, target.address);
      if (!socket) {
        if (reason.empty()) reason = socket.error().what;
        continue;
      }
      Run run(std::move(*socket));
      const SteadyTime begin = clock_.steady();
      co_await exchange(run, deadline);
      round_trips = std::move(run.round_trips);
      reason.clear();
      if (run.replies == 0) reason = run.complaint.empty() ? "no reply" : run.complaint;
      if (round_trips.empty() && run.complaint.empty()) reason = "no time left to send";
      if (reason == "no reply" && !target.interface.empty()) {
        auto asking = ask_neighbour(clock_, target.interface, target.address, begin, deadline);
        const Presence presence = co_await std::move(asking);
        if (presence == Presence::there) reason = kSilentButThere;
        if (presence == Presence::gone) reason = kSilentAndGone;
      }
      break;
    }
  }
  const RoundTripStatistics statistics = summarise(round_trips);
  const auto whole = [](const std::optional<Duration>& interval) -> Value {
    if (!interval) return std::monostate{};
    return std::uint64_t{microseconds(*interval)};
  };
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.push_back(whole(statistics.shortest));
  values.push_back(whole(statistics.mean));
  values.push_back(whole(statistics.longest));
  values.push_back(whole(statistics.jitter));
  values.push_back(value_of(statistics.loss_percent));
  values.emplace_back(std::uint64_t{round_trips.size()});
  if (reason.empty()) {
    values.emplace_back(std::monostate{});
  } else {
    values.emplace_back(std::move(reason));
  }
  co_return values;
}

}  // namespace xalink
