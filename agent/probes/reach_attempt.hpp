#pragma once
// One visit to a service, step by step.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/probes/reach.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// What is known so far; readable after the attempt was cancelled in the middle.
struct ReachProgress {
  enum class Step : std::uint8_t { name, connect, tls, http, done };
  Step step = Step::name;
  std::optional<Duration> connect;
  std::optional<Duration> handshake;
  std::optional<Duration> first_byte;
  std::optional<std::uint16_t> http_status;
  std::string reason;  ///< why `step` failed, without the step
};

/// "name", "connect", "TLS", "HTTP".
[[nodiscard]] std::string to_string(ReachProgress::Step step);

/// True when the service answered as it should at one of the addresses. Failures of the network are told in
/// `progress`; throws operation_aborted when cancelled. What is referred to must outlive the coroutine.
boost::asio::awaitable<bool> attempt_reach(Clock& clock, const ReachSettings& settings,
                                           const std::vector<boost::asio::ip::address>& addresses,
                                           SteadyTime deadline, ReachProgress& progress);

}  // namespace xalink
