#pragma once
// A clock that stands still until a test moves it.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>

#include "sparkplug/clock.hpp"

namespace xalink::test {

/// steady() and boot() start at one hour, wall() at 2026-01-01 00:00:00 UTC; all move by advance() only.
/// Thread-safety: none; everything on the thread that runs `loop`.
class FakeClock final : public Clock {
 public:
  /// `loop` is what advance() drains; it must outlive the clock.
  explicit FakeClock(boost::asio::io_context& loop);
  ~FakeClock() override;

  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override { return SteadyTime{now_}; }
  [[nodiscard]] BootTime boot() const override;
  boost::asio::awaitable<void> sleep_until(SteadyTime when) override;

  /// Wakes the sleepers that become due, earliest first (equal times in the order they fell asleep), each
  /// at its own time, and runs everything that is ready between them; then stands at now + `how_far`.
  /// Not from inside a handler of the loop.
  void advance(Duration how_far);
  /// Runs everything that is ready without moving time. The loop may be out of work before and after.
  void drain();
  /// Steps the wall clock alone, as NTP does.
  void set_wall(WallTime wall);

  /// When the next sleeper is due; empty when nobody sleeps.
  [[nodiscard]] std::optional<SteadyTime> next_wake() const;
  [[nodiscard]] std::size_t sleepers() const { return sleepers_->size(); }

 private:
  struct Sleeper;

  boost::asio::io_context& loop_;
  Duration now_;
  Duration wall_offset_;
  /// Shared with the sleepers: a loop that is destroyed after the clock still ends its coroutines.
  std::shared_ptr<std::multimap<SteadyTime, Sleeper*>> sleepers_;
};

}  // namespace xalink::test
