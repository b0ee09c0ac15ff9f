#include "sparkplug/with_timeout.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>
#include <string>

#include "tests/fakes/fake_clock.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace xalink::test {
namespace {

asio::awaitable<std::string> answer_after(Clock& clock, Duration wait) {
  co_await clock.sleep_for(wait);
  co_return "answer";
}

asio::awaitable<std::string> fail_at_once() {
  throw std::runtime_error("refused");
  co_return "";
}

struct Outcome {
  bool ended = false;
  std::exception_ptr error;
  std::optional<std::string> value;
};

class WithTimeout : public testing::Test {
 protected:
  void start(asio::awaitable<std::string> operation) {
    asio::co_spawn(loop, with_timeout(clock, 5s, std::move(operation)),
                   asio::bind_cancellation_slot(
                       stop.slot(), [this](std::exception_ptr error, std::optional<std::string> value) {
                         outcome = Outcome{true, error, std::move(value)};
                       }));
  }

  asio::io_context loop{1};
  FakeClock clock{loop};
  asio::cancellation_signal stop;
  Outcome outcome;
};

TEST_F(WithTimeout, GivesTheValueWhenItComesInTime) {
  start(answer_after(clock, 4s));
  clock.advance(4s);
  EXPECT_TRUE(outcome.ended);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.value, "answer");
  EXPECT_EQ(clock.sleepers(), 0U) << "the timer must not outlive the answer";
}

TEST_F(WithTimeout, GivesNothingWhenTheLimitPasses) {
  start(answer_after(clock, 6s));
  clock.advance(5s);
  EXPECT_TRUE(outcome.ended);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.value, std::nullopt);
  EXPECT_EQ(clock.sleepers(), 0U) << "the operation must have been cancelled";
}

TEST_F(WithTimeout, PassesAnErrorOnAtOnce) {
  start(fail_at_once());
  clock.drain();
  EXPECT_TRUE(outcome.ended);
  ASSERT_TRUE(outcome.error);
  EXPECT_THROW(std::rethrow_exception(outcome.error), std::runtime_error);
}

TEST_F(WithTimeout, PassesACancelOn) {
  start(answer_after(clock, 4s));
  clock.advance(1s);
  stop.emit(asio::cancellation_type::terminal);
  clock.drain();
  EXPECT_TRUE(outcome.ended);
  ASSERT_TRUE(outcome.error);
  try {
    std::rethrow_exception(outcome.error);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
  EXPECT_EQ(clock.sleepers(), 0U);
}

}  // namespace
}  // namespace xalink::test
