#pragma once
// Ping/<target>: round trips, their spread, and what got lost on the way.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/probe.hpp"
#include "agent/probes/resolver.hpp"

namespace xalink {

struct PingSettings {
  /// An address, a host name, or "gateway": the next hop of the default route.
  std::string target;
  std::string subject;    ///< of the record, "Ping/<subject>"; empty: the target
  std::size_t count = 5;  ///< requests in a run, 1 to 255
  Duration spacing = std::chrono::milliseconds(200);
  /// After the last request. RFC 6673 leaves the limit to the measurer: this one is long for any path on
  /// the ground or over a satellite, and lets the kernel tell that a neighbour does not exist (3 s).
  Duration patience = std::chrono::seconds(3);
  ResolverSettings resolver;
  std::filesystem::path root = "/";  ///< where /proc is
};

struct PingTarget {
  boost::asio::ip::address address;
  std::string interface;  ///< of a next hop: behind it there is nobody in between
};

struct RoundTripStatistics {
  std::optional<Duration> shortest;
  std::optional<Duration> mean;
  std::optional<Duration> longest;
  /// Mean absolute difference of the round trips of consecutive requests (the delay variation of RFC 3393
  /// with successive packets as its selection, on round trips in place of one-way delays). A lost request
  /// breaks the chain: the pairs with it are left out, not bridged. Not RFC 3550's smoothed estimate,
  /// which needs longer series than one run.
  std::optional<Duration> jitter;
  std::optional<double> loss_percent;  ///< empty when nothing was sent
};

/// `round_trips` has one entry for each request that left, in order; empty where no reply came.
[[nodiscard]] RoundTripStatistics summarise(std::span<const std::optional<Duration>> round_trips);

/// Ends when all replies are in, `patience` after the last request, or by the deadline. A next hop that is
/// silent is then asked below IP (agent/linux/neighbour), for a second at most: the reason tells what came of
/// it.
class PingProbe final : public Probe {
 public:
  PingProbe(boost::asio::any_io_executor executor, Clock& clock, PingSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  struct Run;

  boost::asio::awaitable<Result<std::vector<PingTarget>>> find_target(SteadyTime deadline);
  boost::asio::awaitable<void> exchange(Run& run, SteadyTime deadline);

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  PingSettings settings_;
  Schema schema_;
};

}  // namespace xalink
