#include "tests/fakes/fake_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace xalink::test {

/// Lives in the sleeping coroutine's frame; a timer without an end that is cancelled to wake it.
struct FakeClock::Sleeper {
  using Place = std::multimap<SteadyTime, Sleeper*>;

  Sleeper(const asio::any_io_executor& executor, std::shared_ptr<Place> place, SteadyTime when)
      : timer(executor, asio::steady_timer::time_point::max()),
        sleepers(std::move(place)),
        position(sleepers->emplace(when, this)) {}
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    if (!due) sleepers->erase(position);
  }

  asio::steady_timer timer;
  std::shared_ptr<Place> sleepers;
  Place::iterator position;
  bool due = false;
};

FakeClock::FakeClock(asio::io_context& loop)
    : loop_(loop),
      now_(1h),
      wall_offset_((std::chrono::sys_days{std::chrono::January / 1 / 2026}).time_since_epoch() - now_),
      sleepers_(std::make_shared<Sleeper::Place>()) {}

FakeClock::~FakeClock() = default;

WallTime FakeClock::wall() const {
  return WallTime{std::chrono::floor<Milliseconds>(now_ + wall_offset_)};
}

BootTime FakeClock::boot() const {
  return std::chrono::floor<Milliseconds>(now_);
}

asio::awaitable<void> FakeClock::sleep_until(SteadyTime when) {
  auto executor = co_await asio::this_coro::executor;
  if (when <= steady()) {
    co_await asio::post(executor, asio::use_awaitable);
    co_return;
  }
  Sleeper sleeper(executor, sleepers_, when);
  co_await sleeper.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!sleeper.due) throw boost::system::system_error(asio::error::operation_aborted);
}

void FakeClock::advance(Duration how_far) {
  const Duration target = now_ + how_far;
  drain();
  while (!sleepers_->empty() && sleepers_->begin()->first <= SteadyTime{target}) {
    const auto first = sleepers_->begin();
    Sleeper& sleeper = *first->second;
    now_ = first->first.time_since_epoch();
    sleeper.due = true;
    sleepers_->erase(first);
    sleeper.timer.cancel();
    drain();
  }
  now_ = target;
  drain();
}

void FakeClock::drain() {
  if (loop_.stopped()) loop_.restart();
  while (loop_.poll() > 0) {
  }
  // poll() stops a loop that is out of work, and what is posted later would then never run.
  if (loop_.stopped()) loop_.restart();
}

void FakeClock::set_wall(WallTime wall) {
  wall_offset_ = wall.time_since_epoch() - now_;
}

std::optional<SteadyTime> FakeClock::next_wake() const {
  if (sleepers_->empty()) return std::nullopt;
  return sleepers_->begin()->first;
}

}  // namespace xalink::test
