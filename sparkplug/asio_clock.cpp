#include "sparkplug/asio_clock.hpp"

#include <time.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace xalink {

WallTime AsioClock::wall() const {
  return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

SteadyTime AsioClock::steady() const {
  return std::chrono::steady_clock::now();
}

BootTime AsioClock::boot() const {
  // std::chrono has no clock that goes on counting while the machine is suspended.
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return std::chrono::floor<Milliseconds>(std::chrono::seconds(since_boot.tv_sec) +
                                          std::chrono::nanoseconds(since_boot.tv_nsec));
}

asio::awaitable<void> AsioClock::sleep_until(SteadyTime when) {
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, when);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace xalink
