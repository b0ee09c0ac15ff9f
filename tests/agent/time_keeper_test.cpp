#include "agent/time_keeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/agent/recorder_bench.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The fake clock begins its boot an hour before.
class TimeKeeperTest : public test::RecorderBench {
 protected:
  TimeKeeper keeper() {
    return TimeKeeper(clock, [this] { return kernel; }, "boot-1", built_, memory, {});
  }

  ClockQuality kernel = ClockQuality::unset;
  WallTime built_ = clock.wall();
  std::string memory;
};

TEST_F(TimeKeeperTest, TheBuildLiesBehindAndNotLongAgo) {
  // 2025-01-01: nobody built this before it was written.
  EXPECT_GT(built_at(), WallTime(seconds(1'735'689'600)));
}

TEST_F(TimeKeeperTest, NothingIsStampedIn1970) {
  clock.set_wall(WallTime(seconds(30)));
  auto time = keeper();
  const auto stamp = time.stamp();
  EXPECT_EQ(stamp.wall, built_);
  EXPECT_EQ(stamp.boot_time, clock.boot());
  EXPECT_EQ(stamp.boot_id, "boot-1");
  EXPECT_EQ(stamp.quality, ClockQuality::unset);
  EXPECT_EQ(time.now().wall, built_);
  EXPECT_EQ(time.system_time(), WallTime(seconds(30)));
}

TEST_F(TimeKeeperTest, StatementsAndWhatIsRememberedOfThemAreRecordedTogether) {
  clock.set_wall(WallTime(seconds(30)));
  auto time = keeper();
  boost::asio::co_spawn(loop, time.run(recorder), boost::asio::detached);
  until([&] { return last_row(Lane::events) == 1; });
  static_cast<void>(time.stamp());
  clock.set_wall(built_ + hours(5));
  kernel = ClockQuality::synchronised;
  clock.advance(seconds(31));
  until([&] { return last_row(Lane::events) == 2; });
  const auto batch = outbox->read(Lane::events, 1, 10).value();
  const auto opening = read_boot_clock(batch.schemas[0], batch.items[0].record);
  const auto tie = read_boot_clock(batch.schemas[0], batch.items[1].record);
  ASSERT_TRUE(opening && *opening && tie && *tie);
  EXPECT_EQ((*opening)->quality, ClockQuality::unset);
  EXPECT_EQ((*tie)->quality, ClockQuality::synchronised);
  EXPECT_EQ(WallTime(clock.boot() + (*tie)->offset), clock.wall());
  const auto kept = outbox->note(std::string(kBootBookNote)).value();
  ASSERT_TRUE(kept);
  const BootBook book(*kept);
  ASSERT_NE(book.find("boot-1"), nullptr);
  EXPECT_EQ(book.find("boot-1")->clock, **tie);
}

TEST_F(TimeKeeperTest, AGatewaysAnswerSetsTheTime) {
  clock.set_wall(WallTime(seconds(30)));
  auto time = keeper();
  const auto asked = clock.boot();
  clock.advance(seconds(4));
  time.answered({asked, clock.boot(), built_ + hours(3)});
  const auto now = time.now();
  EXPECT_EQ(now.quality, ClockQuality::holdover);
  EXPECT_LE(std::chrono::abs(now.wall - (built_ + hours(3))), seconds(5));
  ASSERT_TRUE(now.bounds && now.bounds->latest);
}

TEST(BootBook, SurvivesItsText) {
  BootBook book;
  RememberedBoot boot;
  boot.clock = BootClock{
      "boot-1", Milliseconds(5), Milliseconds(-7), {Milliseconds(-9), std::nullopt}, ClockQuality::unset};
  boot.last = Milliseconds(99);
  book.add(boot);
  boot.clock.boot_id = "boot-2";
  boot.clock.bounds.latest = Milliseconds(3);
  boot.tie = boot.clock;
  book.add(boot);
  EXPECT_EQ(BootBook(book.to_text()).boots(), book.boots());
}

TEST(BootBook, LeavesOutWhatItCannotRead) {
  EXPECT_TRUE(BootBook("").boots().empty());
  EXPECT_TRUE(BootBook("boots 9\nboot-1 1 2 3 4 5 0").boots().empty());
  const BootBook book(
      "boots 1\nboot-1 1 2 3 4\nboot-2 1 2 3 4 - 0\nboot-3 1 2 3 4 5 9\n\nboot-4 x 2 3 4 5 0\n"
      "boot-5 1 2 3 99999999999999999999 5 0\nboot-2 1 2 3 4 - 1");
  ASSERT_EQ(book.boots().size(), 1U);
  EXPECT_EQ(book.boots()[0].clock.boot_id, "boot-2");
}

TEST(BootBook, ForgetsTheOldestOfTooMany) {
  BootBook book;
  for (int i = 0; i < 1000; ++i) {
    RememberedBoot boot;
    boot.clock.boot_id = "boot-" + std::to_string(i);
    book.add(boot);
  }
  EXPECT_EQ(book.boots().size(), 400U);
  EXPECT_NE(book.find("boot-999"), nullptr);
}

}  // namespace
}  // namespace xalink
