#pragma once
// How far the board comes with its broker, step by step, and what the gateway says of itself there.

#include <boost/asio/awaitable.hpp>

#include "agent/config.hpp"
#include "agent/doctor/facts.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// Under a client id of its own and without a will, so that a running agent's session is left alone.
/// References outlive the coroutine. Throws operation_aborted when cancelled.
boost::asio::awaitable<void> ask_broker(Clock& clock, const AgentConfig& config, BrokerFacts& facts);

/// Why the TLS handshake with the broker fails, with its own certificates; empty when it does not.
boost::asio::awaitable<std::string> handshake_trouble(Clock& clock, const BrokerSettings& broker,
                                                      const std::vector<boost::asio::ip::address>& addresses);

}  // namespace xalink
