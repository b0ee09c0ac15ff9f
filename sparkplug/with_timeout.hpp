#pragma once
// The one way to put a limit on an operation: `a || b` would hide an operation that fails at once until
// the timer wins, and then lose its error.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "sparkplug/clock.hpp"

namespace xalink {

/// The value of `operation`, or nothing when `limit` passed first; the operation is then cancelled and has
/// ended before this returns. Errors of the operation and a cancel from outside are rethrown.
/// T must not be void and must have a default constructor.
template <class T>
boost::asio::awaitable<std::optional<T>> with_timeout(Clock& clock, Duration limit,
                                                      boost::asio::awaitable<T> operation) {
  auto executor = co_await boost::asio::this_coro::executor;
  auto race = boost::asio::experimental::make_parallel_group(
      boost::asio::co_spawn(executor, std::move(operation), boost::asio::deferred),
      boost::asio::co_spawn(executor, clock.sleep_for(limit), boost::asio::deferred));
  auto result =
      co_await race.async_wait(boost::asio::experimental::wait_for_one(), boost::asio::use_awaitable);
  auto& [order, operation_error, value, clock_error] = result;
  if (!operation_error) co_return std::move(value);
  if (order[0] == 1 && !clock_error) co_return std::nullopt;  // the clock won
  std::rethrow_exception(operation_error);                    // failed, or we were cancelled
}

}  // namespace xalink
