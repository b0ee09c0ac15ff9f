#include "agent/recorder.hpp"

#include <gtest/gtest.h>

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
                     [this] { return gateway_keeps_up; }});
    boost::asio::co_spawn(loop, recorder.run(), boost::asio::detached);
  }

  std::vector<std::string> took;
  std::array<RowId, kLaneCount> appended{};
  bool gateway_keeps_up = false;

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

TEST_F(RecorderTest, ANoteIsKeptWithEachFlushAndAloneWhenThereIsNothingElse) {
  std::string value = "first";
  recorder.keep_noting(
      "alive", [&] { return value; }, seconds(300));
  const auto noted = [&] {
    std::optional<std::string> note;
    bool answered = false;
    auto ask = [&]() -> boost::asio::awaitable<void> {
      auto reading = recorder.read_note("alive");
      auto read = co_await std::move(reading);
      note = read.value();
      answered = true;
    };
    boost::asio::co_spawn(loop, std::move(ask), boost::asio::detached);
    until([&] { return answered; });
    return note;
  };
  clock.advance(seconds(299));
  EXPECT_FALSE(noted());
  clock.advance(seconds(1));
  until([&] { return noted() == "first"; });
  value = "second";
  clock.advance(seconds(50));
  recorder.record(ping(), record(std::uint64_t{1}));
  EXPECT_EQ(noted(), "first");
  clock.advance(seconds(60));
  until([&] { return appended[1] == 1; });
  EXPECT_EQ(noted(), "second") << "in the flush of a record";
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
