#pragma once
// Asks the network for the doctor, by the agent's own probes, all at once.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>

#include "agent/config.hpp"
#include "agent/doctor/facts.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// None of the questions takes longer than this, whatever the configuration allows the agent.
inline constexpr Duration kLongestQuestion = std::chrono::seconds(20);

/// How many questions there are, and how many are answered.
using AskingProgress = std::function<void(std::size_t answered, std::size_t of)>;

/// `config` where it could be read; nullptr: only what needs none is asked (links, the first hop).
/// `facts` and `config` outlive the coroutine. Throws operation_aborted when cancelled; what was answered
/// until then is in `facts`.
boost::asio::awaitable<void> ask_network(boost::asio::any_io_executor executor, Clock& clock,
                                         const AgentConfig* config, WayFacts& facts, AskingProgress progress);

}  // namespace xalink
