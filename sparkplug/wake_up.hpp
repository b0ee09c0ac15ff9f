#pragma once
// A bell between coroutines of one loop: "there is something to do".

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <optional>

#include "sparkplug/clock.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {

/// Rings are not counted: any number of them before a wait ends it once.
/// Thread-safety: none; one loop.
class WakeUp {
 public:
  explicit WakeUp(const boost::asio::any_io_executor& executor) : channel_(executor, 1) {}

  void ring() { channel_.try_send(boost::system::error_code()); }

  /// Until the next ring. Throws operation_aborted when cancelled.
  boost::asio::awaitable<void> wait() { co_await channel_.async_receive(boost::asio::use_awaitable); }

  /// Until the next ring, or `when` if that comes first.
  boost::asio::awaitable<void> wait_until(Clock& clock, std::optional<SteadyTime> when) {
    if (!when) {
      co_await wait();
      co_return;
    }
    auto ringing = wait_for_ring();
    const Duration limit = *when - clock.steady();
    if (limit > Duration::zero()) co_await with_timeout(clock, limit, std::move(ringing));
  }

 private:
  boost::asio::awaitable<bool> wait_for_ring() {
    co_await wait();
    co_return true;
  }

  boost::asio::experimental::channel<void(boost::system::error_code)> channel_;
};

}  // namespace xalink
