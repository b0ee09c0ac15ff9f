#pragma once
// Something that coroutines of one loop wait for and the same loop makes happen.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <list>

namespace xalink {

/// Each notify() wakes whoever waits at that moment; nothing is remembered, so a waiter checks its
/// condition before and after.
///
/// Thread-safety: none; everything on one loop. Must outlive its waiters: a coroutine that waits keeps
/// the owner alive. The timers that carry the wait live in the waiting frames, so that an event may be
/// destroyed after the loop.
class LoopEvent {
 public:
  LoopEvent() = default;
  LoopEvent(const LoopEvent&) = delete;
  LoopEvent& operator=(const LoopEvent&) = delete;
  ~LoopEvent() = default;

  /// Throws operation_aborted when cancelled.
  boost::asio::awaitable<void> wait();
  void notify();
  [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter;
  std::list<Waiter*> waiters_;
};

}  // namespace xalink
