// When the keeper lets a board measure, with a real outbox and a clock that the test moves.

#include "agent/throughput_keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/agent/recorder_bench.hpp"

namespace xalink::test {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kMega = 1'000'000;

class ThroughputKeeperTest : public RecorderBench {
 protected:
  void make() {
    ThroughputKeeper::Surroundings surroundings;
    surroundings.now = [this] { return trusted_ ? std::optional(clock.wall()) : std::nullopt; };
    surroundings.link = [this] { return link_; };
    surroundings.may_sign = [this] { return may_sign_; };
    surroundings.online = [this] { return online_; };
    surroundings.backlog = [this] { return backlog_; };
    surroundings.measure = [this](std::uint64_t bytes, std::shared_ptr<ThroughputResult> result) {
      return measure(bytes, std::move(result));
    };
    surroundings.record = [this](const ThroughputResult& result, LinkCost link) {
      results_.push_back(result);
      links_.push_back(link);
    };
    ThroughputKeeperSettings settings;
    settings.test_bytes = {8 * kMega, 2 * kMega};
    settings.monthly_bytes = {1000 * kMega, 60 * kMega};
    keeper_.emplace(clock, settings, ThroughputPlan({{minutes(480), minutes(1020)}}, 1, "VN-03/xa-lung-cu"),
                    std::move(surroundings));
  }
  void begin() {
    make();
    ended_ = false;
    asio::co_spawn(loop, keeper_->run(recorder),
                   asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr) { ended_ = true; }));
    settle();
  }
  void stop() {
    stop_.emit(asio::cancellation_type::terminal);
    until([this] { return ended_; });
  }
  void TearDown() override {
    if (!ended_) stop();
  }

  /// A test that takes ten seconds, or until it is cancelled.
  asio::awaitable<bool> measure(std::uint64_t bytes, std::shared_ptr<ThroughputResult> result) {
    asked_.push_back(bytes);
    result->wire_bytes = kMega / 2;
    co_await clock.sleep_for(seconds(10));
    result->wire_bytes = 3 * kMega;
    result->failure = failure_;
    if (failure_.empty()) result->download = result->upload = 2e6;
    co_return failure_.empty();
  }

  /// Waits for the store thread.
  void settle() {
    for (int i = 0; i < 3; ++i) (void)last_row(Lane::events);
    clock.drain();
  }
  /// From one sleeper's moment to the next.
  void pass(Duration time) {
    const SteadyTime end = clock.steady() + time;
    while (clock.steady() < end) {
      const auto wake = clock.next_wake().value_or(end);
      clock.advance(std::min(std::max(wake, clock.steady()), end) - clock.steady());
      settle();
      if (wake >= end) break;
    }
  }
  void pass_until_asked() {
    for (int i = 0; i < 1000 && asked_.empty(); ++i) {
      const auto wake = clock.next_wake();
      ASSERT_TRUE(wake.has_value());
      pass(*wake - clock.steady());
    }
  }
  /// As one that came in the place of a damaged file, without the note.
  void forget_note() { finish(recorder.record_events({}, std::string(kThroughputNote), "")); }
  void tell_keeper() { finish(keeper_->keep_again(recorder)); }
  template <class T>
  void finish(asio::awaitable<T> task) {
    bool done = false;
    asio::co_spawn(loop, std::move(task), [&done](auto&&...) { done = true; });
    until([&done] { return done; });
  }

  [[nodiscard]] std::string state() const { return keeper_->status().state; }
  [[nodiscard]] std::uint64_t used(LinkCost link) const { return keeper_->status().used[index(link)]; }

  bool trusted_ = true;
  bool online_ = true;
  bool may_sign_ = true;
  bool backlog_ = false;
  std::optional<LinkCost> link_ = LinkCost::fixed;
  std::string failure_;
  std::vector<std::uint64_t> asked_;
  std::vector<ThroughputResult> results_;
  std::vector<LinkCost> links_;
  std::optional<ThroughputKeeper> keeper_;
  asio::cancellation_signal stop_;
  bool ended_ = true;
};

// The clock begins at 07:00 of 2026-01-01 where the board stands.

TEST_F(ThroughputKeeperTest, MeasuresOnceADayAndCountsWhatItCost) {
  begin();
  EXPECT_EQ(state(), "plan");
  pass(hours(10));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(asked_[0], 8 * kMega);
  EXPECT_EQ(links_[0], LinkCost::fixed);
  EXPECT_EQ(used(LinkCost::fixed), 3 * kMega);
  EXPECT_EQ(used(LinkCost::metered), 0U);
}

TEST_F(ThroughputKeeperTest, ARestartMeasuresNothingTwiceAndRemembersTheBudget) {
  begin();
  pass(hours(10));
  ASSERT_EQ(results_.size(), 1U);
  stop();
  clock.set_wall(clock.wall() - hours(9));  // so that the day's window is still to come
  begin();
  pass(hours(9));
  EXPECT_EQ(results_.size(), 1U);
  EXPECT_EQ(used(LinkCost::fixed), 3 * kMega);
}

TEST_F(ThroughputKeeperTest, ANewOutboxDoesNotGiveTheBudgetBack) {
  begin();
  pass(hours(10));
  ASSERT_EQ(used(LinkCost::fixed), 3 * kMega);
  forget_note();
  tell_keeper();
  stop();
  clock.set_wall(clock.wall() - hours(9));
  begin();
  EXPECT_EQ(used(LinkCost::fixed), 3 * kMega);
  pass(hours(9));
  EXPECT_EQ(results_.size(), 1U) << "nor is the day's test made twice";
}

// It would be written over with nothing spent.
TEST_F(ThroughputKeeperTest, ANewOutboxBeforeTheOldNoteWasReadIsLeftAsItIs) {
  begin();
  pass(hours(10));
  stop();
  keeper_.reset();
  make();
  tell_keeper();
  begin();
  EXPECT_EQ(used(LinkCost::fixed), 3 * kMega);
}

TEST_F(ThroughputKeeperTest, AStopInTheMiddleLeavesAllOfItSpent) {
  begin();
  pass_until_asked();
  stop();
  begin();
  EXPECT_EQ(used(LinkCost::fixed), most_throughput_cost(8 * kMega));
  pass(hours(10));
  EXPECT_EQ(asked_.size(), 1U) << "not again today";
}

TEST_F(ThroughputKeeperTest, NotBeforeTheClockIsTrusted) {
  trusted_ = false;
  begin();
  pass(hours(9));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(state(), "clock");
}

TEST_F(ThroughputKeeperTest, NotDuringADrainButLaterInItsPartOfTheDay) {
  backlog_ = true;
  begin();
  const auto drawn = keeper_->status().next;
  ASSERT_TRUE(drawn.has_value());
  pass(*drawn - clock.wall() + minutes(1));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(state(), "backlog");
  backlog_ = false;
  pass(minutes(20));
  EXPECT_EQ(results_.size(), 1U);
}

TEST_F(ThroughputKeeperTest, ADrainThatBeginsEndsTheTest) {
  begin();
  pass_until_asked();
  backlog_ = true;
  pass(seconds(2));
  EXPECT_EQ(state(), "backlog");
  EXPECT_TRUE(results_.empty()) << "half a test is none";
  EXPECT_EQ(used(LinkCost::fixed), kMega / 2) << "what it cost by then";
  backlog_ = false;
  pass(minutes(20));
  EXPECT_EQ(asked_.size(), 2U);
  EXPECT_EQ(results_.size(), 1U);
  EXPECT_EQ(used(LinkCost::fixed), 3 * kMega + kMega / 2);
}

TEST_F(ThroughputKeeperTest, AMeteredLinkHasItsOwnTestAndItsOwnBudget) {
  link_ = LinkCost::metered;
  begin();
  for (int day = 0; day < 31; ++day) pass(hours(24));
  EXPECT_EQ(asked_[0], 2 * kMega);
  // 31 tests of 3 MB would be more than the 60 MB of the month, and each has to have room for what it could
  // cost.
  EXPECT_EQ(results_.size(), 19U);
  EXPECT_EQ(used(LinkCost::fixed), 0U);
}

TEST_F(ThroughputKeeperTest, NothingWhileOfflineOrWhenNobodyKnowsTheLink) {
  online_ = false;
  begin();
  pass(hours(9));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(state(), "offline");
  online_ = true;
  link_.reset();
  pass(hours(24));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(state(), "link");
}

TEST_F(ThroughputKeeperTest, NothingUntilTheDiskGivesTheKey) {
  may_sign_ = false;
  begin();
  pass(hours(24));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(state(), "key");
  may_sign_ = true;
  pass(hours(24));
  EXPECT_EQ(results_.size(), 1U);
}

TEST_F(ThroughputKeeperTest, ABusyGatewayIsAskedAgainAndAFailureIsARecord) {
  failure_ = "busy";
  begin();
  pass_until_asked();
  pass(seconds(20));
  EXPECT_TRUE(results_.empty());
  EXPECT_EQ(state(), "busy");
  failure_ = "connect";
  pass(minutes(20));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].failure, "connect");
  EXPECT_EQ(asked_.size(), 2U);
}

}  // namespace
}  // namespace xalink::test
