#include "tests/fakes/fake_clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace xalink::test {
namespace {

asio::awaitable<void> note_after(Clock& clock, Duration wait, std::string name,
                                 std::vector<std::string>& log) {
  co_await clock.sleep_for(wait);
  log.push_back(name);
}

asio::awaitable<void> tick_for_ever(Clock& clock, Duration period, int& ticks) {
  while (true) {
    co_await clock.sleep_for(period);
    ++ticks;
  }
}

TEST(FakeClock, WakesSleepersInTheOrderOfTheirTimes) {
  asio::io_context loop{1};
  FakeClock clock(loop);
  std::vector<std::string> log;
  asio::co_spawn(loop, note_after(clock, 3s, "three", log), asio::detached);
  asio::co_spawn(loop, note_after(clock, 1s, "one", log), asio::detached);
  asio::co_spawn(loop, note_after(clock, 2s, "two", log), asio::detached);
  clock.advance(2s);
  EXPECT_EQ(log, (std::vector<std::string>{"one", "two"}));
  clock.advance(1s);
  EXPECT_EQ(log, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST(FakeClock, RunsADayOfTicksInOneAdvance) {
  asio::io_context loop{1};
  FakeClock clock(loop);
  int ticks = 0;
  const auto wall = clock.wall();
  asio::co_spawn(loop, tick_for_ever(clock, 10s, ticks), asio::detached);
  clock.advance(24h);
  EXPECT_EQ(ticks, 8640);
  EXPECT_EQ(clock.wall() - wall, 24h);
}

TEST(FakeClock, CancelsASleeper) {
  asio::io_context loop{1};
  FakeClock clock(loop);
  asio::cancellation_signal stop;
  std::exception_ptr seen;
  int ticks = 0;
  asio::co_spawn(loop, tick_for_ever(clock, 10s, ticks),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) { seen = e; }));
  clock.advance(25s);
  stop.emit(asio::cancellation_type::terminal);
  clock.drain();
  EXPECT_EQ(ticks, 2);
  EXPECT_EQ(clock.sleepers(), 0U);
  try {
    ASSERT_TRUE(seen);
    std::rethrow_exception(seen);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
}

TEST(FakeClock, StepsTheWallClockAlone) {
  asio::io_context loop{1};
  FakeClock clock(loop);
  const auto steady = clock.steady();
  clock.set_wall(WallTime{5s});
  clock.advance(2s);
  EXPECT_EQ(clock.wall(), WallTime{7s});
  EXPECT_EQ(clock.steady() - steady, 2s);
}

}  // namespace
}  // namespace xalink::test
