#include "sparkplug/loop_event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace asio = boost::asio;

namespace xalink {

struct LoopEvent::Waiter {
  Waiter(const asio::any_io_executor& executor, std::list<Waiter*>& list)
      : timer(executor, asio::steady_timer::time_point::max()),
        waiters(list),
        place(list.insert(list.end(), this)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!woken) waiters.erase(place);
  }

  asio::steady_timer timer;
  std::list<Waiter*>& waiters;
  std::list<Waiter*>::iterator place;
  bool woken = false;
};

asio::awaitable<void> LoopEvent::wait() {
  auto executor = co_await asio::this_coro::executor;
  Waiter waiter(executor, waiters_);
  co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!waiter.woken) throw boost::system::system_error(asio::error::operation_aborted);
}

void LoopEvent::notify() {
  while (!waiters_.empty()) {
    Waiter& waiter = *waiters_.front();
    waiters_.pop_front();
    waiter.woken = true;
    waiter.timer.cancel();
  }
}

}  // namespace xalink
