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
                     [this](const std::array<RowId, kLaneCount>& last) { appended = last; }});
    boost::asio::co_spawn(loop, recorder.run(), boost::asio::detached);
  }

  std::vector<std::string> took;
  std::array<RowId, kLaneCount> appended{};
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
