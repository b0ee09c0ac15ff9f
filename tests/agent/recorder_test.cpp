#include "agent/recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>

#include "tests/agent/recorder_bench.hpp"

namespace xalink {
namespace {

using std::chrono::seconds;

Schema ping() {
  return Schema{"network", "Ping/gateway", Lane::measurements, {{"RTT mean", DataType::uint32, "us"}}};
}
Schema dossier() {
  return Schema{"dossiers", "Dossier", Lane::events, {{"Code", DataType::string, {}}}};
}
Record record(Value value) {
  Record made;
  made.stamp.boot_id = "boot";
  made.values.push_back(std::move(value));
  return made;
}

class RecorderTest : public test::RecorderBench {
 protected:
  RecorderTest() {
    recorder.listen({[this](const Schema& schema, const Record&) { took.push_back(schema.group); },
                     [this](const std::array<RowId, kLaneCount>& last) { appended = last; },
                     [this](const std::array<RowId, kLaneCount>& last) { appended = last; }, nullptr,
                     [this] { return gateway_keeps_up; },
                     [this](SteadyTime when) { writes_at.push_back(when - clock.steady()); }});
    boost::asio::co_spawn(loop, recorder.run(), boost::asio::detached);
  }

  std::vector<std::string> took;
  std::array<RowId, kLaneCount> appended{};
  bool gateway_keeps_up = false;
  std::vector<Duration> writes_at;

  // All that the store thread was given is done, and what came of that too.
  void settle() {
    for (int round = 0; round < 2; ++round) {
      bool done = false;
      auto last = [&]() -> boost::asio::awaitable<void> {
        auto job = [] { return true; };
        done = co_await store.run(std::move(job));
      };
      boost::asio::co_spawn(loop, last(), boost::asio::detached);
      until([&] { return done; });
      clock.drain();
    }
  }
  // What a power cut would leave.
  [[nodiscard]] RowId on_disk() {
    return outbox->held() == 0 ? outbox->depth(Lane::measurements)->last
                               : outbox->depth(Lane::measurements)->last - outbox->held();
  }
};

TEST_F(RecorderTest, MeasurementsReachTheDiskWithinTheFlushInterval) {
  recorder.record(ping(), record(std::uint64_t{1}));
  clock.advance(seconds(30));
  recorder.record(ping(), record(std::uint64_t{2}));
  clock.advance(seconds(29));
  EXPECT_EQ(recorder.waiting(), 2U);
  EXPECT_EQ(took.size(), 2U);  // known as present values at once
  clock.advance(seconds(1));
  until([&] { return appended[1] == 2; });
  EXPECT_EQ(recorder.waiting(), 0U);
}

// The disk never knows less of the board's life than five minutes ago, and is told no more often than that.
TEST_F(RecorderTest, ASignOfLifeIsWrittenWhenTheNewestRowOnTheDiskIsOld) {
  std::vector<Duration> signs;
  const auto begin = clock.steady();
  // The clock belongs to the loop's thread: a sign's moment is in its stamp, as in the agent's.
  const auto sign = [&] {
    Stamp now;
    now.boot_time = std::chrono::duration_cast<BootTime>(clock.steady() - begin);
    return now;
  };
  const auto keep = [&](const Stamp& stamp) -> Result<void> {
    signs.push_back(stamp.boot_time);
    return {};
  };
  recorder.keep_signs(sign, keep, seconds(300));
  const auto pass = [&](int some) {
    constexpr int kStep = 20;  // what is due falls on the end of one
    for (; some > 0; some -= kStep) {
      clock.advance(seconds(std::min(some, kStep)));
      settle();
    }
  };
  recorder.record(ping(), record(std::uint64_t{1}));
  settle();
  EXPECT_EQ(signs, std::vector<Duration>{seconds(0)}) << "the first one at once";
  pass(60);
  EXPECT_EQ(on_disk(), 1U);
  pass(239);
  EXPECT_EQ(signs.size(), 1U);
  pass(1);
  EXPECT_EQ(signs.size(), 2U) << "the row of the beginning is five minutes old";
  pass(100);
  recorder.record(ping(), record(std::uint64_t{2}));
  pass(60);
  EXPECT_EQ(on_disk(), 2U);
  pass(239);
  EXPECT_EQ(signs.size(), 2U) << "the row tells the same";
  pass(1);
  EXPECT_EQ(signs, (std::vector<Duration>{seconds(0), seconds(300), seconds(700)}));
}

TEST_F(RecorderTest, HeldRowsNeedNoSignOfLifeToReachTheDiskAndServeAsOneWhenTheirTimeIsNear) {
  std::atomic<int> signs = 0;
  recorder.keep_signs([] { return Stamp{}; },
                      [&](const Stamp&) -> Result<void> {
                        ++signs;
                        return {};
                      },
                      seconds(300));
  gateway_keeps_up = true;
  std::vector<std::pair<int, RowId>> kept;
  for (std::uint64_t minute = 1; minute <= 20; ++minute) {
    recorder.record(ping(), record(minute));
    clock.advance(seconds(45));
    until([&] { return appended[1] == minute; });
    ASSERT_TRUE(outbox->acknowledge(Lane::measurements, minute));
    clock.advance(seconds(15));
    settle();
    if (kept.empty() || kept.back().second != on_disk()) kept.emplace_back(minute, on_disk());
  }
  // Held from 45 s on, so due at 15 min 45 s. The third sign of life would be written at 15 min.
  EXPECT_EQ(kept, (std::vector<std::pair<int, RowId>>{{1, 0}, {15, 15}}));
  EXPECT_EQ(signs, 4) << "at once, after 5 and 10 minutes, and 5 after the rows";
}

TEST_F(RecorderTest, ASignOfLifeThatTheDiskRefusesIsTriedAgainAndSeen) {
  std::atomic<int> tried = 0;
  recorder.keep_signs([] { return Stamp{}; },
                      [&](const Stamp&) -> Result<void> {
                        if (++tried < 3) return failure("alive", "the disk is read-only", "mount it");
                        return {};
                      },
                      seconds(300));
  recorder.record(ping(), record(std::uint64_t{1}));
  settle();
  EXPECT_EQ(tried, 1);
  EXPECT_FALSE(recorder.disk_error().empty());
  clock.advance(seconds(5));
  settle();
  clock.advance(seconds(5));
  settle();
  EXPECT_EQ(tried, 3);
  clock.advance(seconds(280));
  settle();
  EXPECT_EQ(tried, 3);
}

TEST_F(RecorderTest, WhatTheGatewayConfirmsInTimeIsSparedTheCard) {
  gateway_keeps_up = true;
  for (std::uint64_t minute = 1; minute <= 14; ++minute) {
    recorder.record(ping(), record(minute));
    clock.advance(seconds(45));
    until([&] { return appended[1] == minute; });
    ASSERT_TRUE(outbox->acknowledge(Lane::measurements, minute));
    clock.advance(seconds(15));
    settle();
    EXPECT_EQ(on_disk(), 0U) << "minute " << minute;
    EXPECT_EQ(outbox->depth(Lane::measurements)->acknowledged, minute);
  }
  // A quarter of an hour after the first they go there in one piece.
  clock.advance(std::chrono::minutes(2));
  settle();
  EXPECT_EQ(outbox->held(), 0U);
  EXPECT_EQ(on_disk(), 14U);
  EXPECT_EQ(outbox->depth(Lane::measurements)->acknowledged, 14U);
}

TEST_F(RecorderTest, WhatTheGatewayDoesNotConfirmReachesTheDiskInTime) {
  gateway_keeps_up = true;
  recorder.record(ping(), record(std::uint64_t{1}));
  clock.advance(seconds(20));
  recorder.record(ping(), record(std::uint64_t{2}));
  clock.advance(seconds(25));
  until([&] { return appended[1] == 2; });
  ASSERT_TRUE(outbox->acknowledge(Lane::measurements, 1));  // of the first alone
  recorder.record(ping(), record(std::uint64_t{3}));
  clock.advance(seconds(14));
  settle();
  EXPECT_EQ(on_disk(), 0U);
  clock.advance(seconds(1));
  settle();
  EXPECT_EQ(on_disk(), 3U) << "what waits goes along: the commit is paid for";
  EXPECT_EQ(recorder.waiting(), 0U);
}

TEST_F(RecorderTest, WhatIsHeldIsKeptBeforeWhatFollowsAndAtTheEnd) {
  gateway_keeps_up = true;
  recorder.record(ping(), record(std::uint64_t{1}));
  clock.advance(seconds(45));
  until([&] { return appended[1] == 1; });
  ASSERT_TRUE(outbox->acknowledge(Lane::measurements, 1));
  gateway_keeps_up = false;
  recorder.record(ping(), record(std::uint64_t{2}));
  clock.advance(seconds(60));
  until([&] { return appended[1] == 2; });
  EXPECT_EQ(on_disk(), 2U);
  gateway_keeps_up = true;
  recorder.record(ping(), record(std::uint64_t{3}));
  clock.advance(seconds(45));
  until([&] { return appended[1] == 3; });
  bool flushed = false;
  auto flush = [&]() -> boost::asio::awaitable<void> {
    co_await recorder.flush();
    flushed = true;
  };
  boost::asio::co_spawn(loop, flush(), boost::asio::detached);
  until([&] { return flushed; });
  EXPECT_EQ(outbox->held(), 0U);
  EXPECT_EQ(on_disk(), 3U);
}

TEST_F(RecorderTest, AnEventTakesAlongWhatWaitsAndWhatIsHeld) {
  gateway_keeps_up = true;
  recorder.record(ping(), record(std::uint64_t{1}));
  EXPECT_EQ(writes_at, std::vector<Duration>{seconds(60)}) << "for who might come in time";
  clock.advance(seconds(45));
  until([&] { return appended[1] == 1; });
  recorder.record(ping(), record(std::uint64_t{2}));
  bool told = false;
  auto take = [&]() -> boost::asio::awaitable<void> {
    std::vector<Pending> events;
    events.push_back(Pending{dossier(), record("H22-1")});
    auto result = co_await recorder.record_events(std::move(events), "file", "1 row");
    EXPECT_TRUE(result);
    told = true;
  };
  boost::asio::co_spawn(loop, take(), boost::asio::detached);
  until([&] { return told; });
  EXPECT_EQ(on_disk(), 2U);
  EXPECT_EQ(recorder.held(), 0U);
  EXPECT_EQ(recorder.waiting(), 0U);
  EXPECT_EQ(appended, (std::array<RowId, kLaneCount>{1, 2}));
  // The next one has the whole interval.
  recorder.record(ping(), record(std::uint64_t{3}));
  EXPECT_EQ(writes_at.back(), seconds(60));
}

TEST_F(RecorderTest, NewsTakesAlongWhatWaitsAndNothingNewLeavesItWaiting) {
  const auto tell = [&](std::uint64_t number) {
    bool told = false;
    auto take = [&]() -> boost::asio::awaitable<void> {
      Telling telling;
      telling.subject = std::string(Telling::kSubjectBytes, 'H');
      telling.content = 7;
      telling.pending = Pending{dossier(), record("H22-1")};
      std::vector<Telling> tellings{telling};
      std::string key = "file";
      std::string value = std::to_string(number);
      auto result = co_await recorder.record_news(std::move(tellings), std::move(key), std::move(value),
                                                  Outbox::NoteWhen::with_news, {});
      EXPECT_TRUE(result);
      told = true;
    };
    boost::asio::co_spawn(loop, take(), boost::asio::detached);
    until([&] { return told; });
  };
  recorder.record(ping(), record(std::uint64_t{1}));
  tell(1);
  EXPECT_EQ(on_disk(), 1U);
  EXPECT_EQ(appended, (std::array<RowId, kLaneCount>{1, 1}));
  recorder.record(ping(), record(std::uint64_t{2}));
  tell(2);
  EXPECT_EQ(on_disk(), 1U);
  EXPECT_EQ(recorder.waiting(), 1U);
  clock.advance(seconds(60));
  until([&] { return appended[1] == 2; });
  EXPECT_EQ(on_disk(), 2U);
}

TEST_F(RecorderTest, EventsAreOnTheDiskBeforeTheirSourceIsTold) {
  bool told = false;
  auto take = [&]() -> boost::asio::awaitable<void> {
    std::vector<Pending> events;
    events.push_back(Pending{dossier(), record("H22-1")});
    auto result = co_await recorder.record_events(std::move(events), "file", "1 row");
    EXPECT_TRUE(result);
    told = true;
  };
  boost::asio::co_spawn(loop, take(), boost::asio::detached);
  until([&] { return told; });
  EXPECT_EQ(appended[0], 1U);
  EXPECT_EQ(outbox->depth(Lane::events)->last, 1U);
  EXPECT_EQ(outbox->note("file").value(), "1 row");
}

TEST_F(RecorderTest, FlushingAtTheEndKeepsWhatWasTaken) {
  recorder.record(ping(), record(std::uint64_t{1}));
  bool flushed = false;
  auto flush = [&]() -> boost::asio::awaitable<void> {
    co_await recorder.flush();
    flushed = true;
  };
  boost::asio::co_spawn(loop, flush(), boost::asio::detached);
  until([&] { return flushed; });
  EXPECT_EQ(outbox->depth(Lane::measurements)->last, 1U);
}

}  // namespace
}  // namespace xalink
