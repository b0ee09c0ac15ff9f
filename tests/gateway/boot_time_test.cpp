// What the store makes of what boards state of their boots (gateway/store/schema_4.sql).

#include <gtest/gtest.h>

#include <string>

#include "gateway/boards.hpp"
#include "sparkplug/boot_clock.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

constexpr Milliseconds kOffset{kNoon};
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class BootTimeTest : public StoreTest {
 protected:
  void measure(BootTime at, ClockQuality quality, WallTime wall,
               ClockQuality host_clock = ClockQuality::unset, WallTime received = at_ms(kNoon)) {
    Batch batch;
    batch.epoch = kEpochA;
    batch.lane = Lane::measurements;
    batch.schemas = {ping_shape()};
    auto record = record_of(++row_);
    record.stamp = Stamp{wall, at, "boot-one", quality};
    batch.items = {Batch::Item{0, row_, row_, record}};
    commit({fact::Arrived{kSite, received, batch, host_clock}});
  }
  Batch statement(BootClock clock, RowId row) const {
    Batch batch;
    batch.epoch = kEpochA;
    batch.lane = Lane::events;
    batch.schemas = {boot_clock_schema()};
    batch.items = {Batch::Item{0, row, row, boot_clock_record(clock, record_of(row).stamp)}};
    return batch;
  }
  void state(BootClock clock) { commit({arrived(statement(std::move(clock), ++event_))}); }
  static BootClock tied(BootTime at, ClockQuality quality = ClockQuality::synchronised) {
    return BootClock{"boot-one", at, kOffset, {kOffset - seconds(3), kOffset + seconds(3)}, quality};
  }
  [[nodiscard]] std::int64_t of(const std::string& column, RowId row = 1) const {
    return number("SELECT coalesce(" + column +
                  ", -1) FROM record_time WHERE lane = 1 AND row_id = " + std::to_string(row));
  }
  RowId row_ = 0;
  RowId event_ = 0;
};

TEST_F(BootTimeTest, ASynchronisedRecordHasItsOwnTime) {
  measure(hours(1), ClockQuality::synchronised, at_ms(kNoon + 1'000));
  EXPECT_EQ(of("time_ms"), kNoon + 1'000);
  EXPECT_EQ(of("earliest_ms"), kNoon - 2'000);
  EXPECT_EQ(of("latest_ms"), kNoon + 4'000);
  EXPECT_EQ(of("quality"), 2);
}

TEST_F(BootTimeTest, AnUnsetRecordHasNoBoundsUntilSomethingIsStated) {
  measure(hours(1), ClockQuality::unset, at_ms(kNoon + 99'000));
  EXPECT_EQ(of("time_ms"), kNoon + 99'000);
  EXPECT_EQ(of("earliest_ms"), -1);
  EXPECT_EQ(of("latest_ms"), -1);
  EXPECT_EQ(of("quality"), 0);
}

TEST_F(BootTimeTest, ACorrectionReachesTheRecordsThatCameBefore) {
  measure(hours(1), ClockQuality::unset, at_ms(12'345));
  state(tied(hours(3)));
  EXPECT_EQ(of("time_ms"), (kOffset + hours(1)).count());
  EXPECT_EQ(of("quality"), 1);
  EXPECT_EQ(of("stamped"), 0);
  const auto slack = (seconds(3) + drift_in(hours(2)) + seconds(1)).count();
  EXPECT_EQ(of("earliest_ms"), (kOffset + hours(1)).count() - slack);
  EXPECT_EQ(of("latest_ms"), (kOffset + hours(1)).count() + slack);
  EXPECT_EQ(number("SELECT count(*) FROM record WHERE lane = 1"), 1);
}

TEST_F(BootTimeTest, TheSameStatementTwiceIsOne) {
  state(tied(hours(3)));
  commit({arrived(statement(tied(hours(3), ClockQuality::unset), 1))});  // row 1 again, altered on the way
  EXPECT_EQ(number("SELECT count(*) FROM boot_clock"), 1);
  EXPECT_EQ(number("SELECT quality FROM boot_clock"), 2);
}

TEST_F(BootTimeTest, StatementsOfANodeAreNotAnothersAffair) {
  measure(hours(1), ClockQuality::unset, at_ms(kNoon));
  const NodeId stranger{"VN-03", "site-b"};
  auto lie = statement(tied(hours(3)), 1);
  lie.epoch = kEpochB;
  commit({arrived(std::move(lie), stranger)});
  EXPECT_EQ(of("quality"), 0);
}

TEST_F(BootTimeTest, NonsenseStaysARecordAndTeachesNothing) {
  auto clock = tied(hours(3));
  clock.bounds.latest = Milliseconds(0);
  state(clock);
  EXPECT_EQ(number("SELECT count(*) FROM record WHERE lane = 0"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM boot_clock"), 0);
}

TEST_F(BootTimeTest, TimeOfReceptionIsABoundOnlyByASynchronisedClock) {
  measure(hours(1), ClockQuality::unset, at_ms(kNoon), ClockQuality::holdover, at_ms(kNoon + 10'000));
  EXPECT_EQ(of("latest_ms"), -1);
  measure(hours(2), ClockQuality::unset, at_ms(kNoon), ClockQuality::synchronised, at_ms(kNoon + 20'000));
  EXPECT_EQ(of("latest_ms", 2), kNoon + 22'002);
  // What is known of the boot bounds its other records too.
  EXPECT_EQ(of("latest_ms", 1), kNoon + 22'002 - 3'600'000 + 720);
  EXPECT_LE(of("time_ms", 1), of("latest_ms", 1));
}

TEST_F(BootTimeTest, ABootBetweenTwoOthersHasBothBounds) {
  const BootClock opening{
      "boot-one", minutes(1), kOffset, {kOffset - hours(5), std::nullopt}, ClockQuality::unset};
  const BootClock closing{
      "boot-one", hours(4), kOffset, {kOffset - hours(5), kOffset + hours(2)}, ClockQuality::unset};
  state(opening);
  state(closing);
  measure(hours(2), ClockQuality::unset, at_ms(kNoon));
  EXPECT_EQ(of("quality"), 0);
  EXPECT_NEAR(static_cast<double>(of("earliest_ms")), static_cast<double>((kOffset - hours(3)).count()),
              5'000);
  EXPECT_NEAR(static_cast<double>(of("latest_ms")), static_cast<double>((kOffset + hours(4)).count()), 5'000);
}

TEST_F(BootTimeTest, BoardsTellHowMuchRestsOnEstimatedTime) {
  measure(hours(1), ClockQuality::unset, at_ms(kNoon));
  measure(hours(1), ClockQuality::unset, at_ms(kNoon));
  measure(hours(2), ClockQuality::holdover, at_ms(kNoon));
  measure(hours(3), ClockQuality::synchronised, at_ms(kNoon));
  auto times = read_fleet(file())->boards.at(0).record_times;
  EXPECT_EQ(times.estimated, 2U);
  EXPECT_EQ(times.corrected, 0U);
  EXPECT_EQ(times.holdover, 1U);
  EXPECT_EQ(times.synchronised, 1U);
  state(tied(hours(3)));
  const auto fleet = read_fleet(file());
  times = fleet->boards.at(0).record_times;
  EXPECT_EQ(times.corrected, 3U);  // with the statement's own record
  const auto json = boards_as_json(*fleet, at_ms(kNoon));
  EXPECT_NE(json.find(R"("record_times":{"synchronised":1,"holdover":1,"corrected":3,"estimated":0})"),
            std::string::npos)
      << json;
}

TEST_F(BootTimeTest, AnOlderStoreIsBroughtUpToDateWithItsRecordsCounted) {
  commit({arrived(rows(kEpochA, 1, 10))});
  restart();
  {
    SQLite::Database older(file().string(), SQLite::OPEN_READWRITE);
    older.exec(kDropRollups);
    older.exec("DROP TABLE continuation");
    older.exec("DROP VIEW record_time");
    older.exec("DROP TABLE boot_use");
    older.exec("DROP TABLE boot_clock");
    older.exec("PRAGMA user_version = 3");
  }
  ledger();
  EXPECT_EQ(number("SELECT sum(unset) FROM boot_use"), 5);
  EXPECT_EQ(number("SELECT sum(synchronised) FROM boot_use"), 5);
}

}  // namespace
}  // namespace xalink::test
