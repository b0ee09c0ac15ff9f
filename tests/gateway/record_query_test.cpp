#include "gateway/store/record_query.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sparkplug/boot_clock.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using store::RecordQuery;
using store::RecordSelection;
using store::StoredRecord;

constexpr std::int64_t kHour = 3'600'000;

class RecordQueryTest : public StoreTest {
 protected:
  RecordQuery query() {
    auto opened = RecordQuery::open(file());
    if (!opened) throw std::runtime_error(opened.error().to_string());
    return std::move(*opened);
  }
  std::vector<RowId> rows_of(const RecordSelection& selection) {
    std::vector<RowId> found;
    auto asked = query();
    const auto visited = asked.for_each(selection, [&](const StoredRecord& record) {
      found.push_back(record.row);
      return true;
    });
    EXPECT_TRUE(visited.has_value()) << (visited ? "" : visited.error().to_string());
    EXPECT_EQ(visited.value_or(0), found.size());
    return found;
  }
  // One record an hour, from kNoon on.
  static Batch hourly(RowId count, ClockQuality quality, Lane lane = Lane::measurements) {
    Batch batch = rows(kEpochA, 1, count, lane);
    for (auto& item : batch.items) {
      const auto hours = static_cast<std::int64_t>(item.first) * kHour;
      item.record.stamp = Stamp{at_ms(kNoon + hours), Milliseconds(hours), "boot-one", quality};
    }
    return batch;
  }
};

TEST_F(RecordQueryTest, GivesEveryValueByItsNameWithTimeAndOrigin) {
  commit({arrived(rows(kEpochA, 1, 4))});
  std::vector<StoredRecord> seen;
  auto asked = query();
  ASSERT_TRUE(asked.for_each({}, [&](const StoredRecord& record) {
    EXPECT_EQ(record.number("RTT mean"), static_cast<double>(record.row));
    EXPECT_EQ(record.count("Ping/gateway/RTT mean"), record.row);
    EXPECT_EQ(record.text("Address"), "10.0.0." + std::to_string(record.row));
    EXPECT_EQ(record.value("Reached"), Value(record.row % 2 == 0));
    EXPECT_EQ(record.number("Drift"), -static_cast<double>(record.row));
    EXPECT_EQ(record.number("Address"), std::nullopt);
    EXPECT_EQ(record.number("Loss").has_value(), record.row % 3 != 0);
    EXPECT_TRUE(is_null(record.value("No Such")));
    EXPECT_EQ(record.schema->device, "network");
    EXPECT_EQ(record.schema->lane, Lane::measurements);
    seen.push_back(record);
    return true;
  }));
  ASSERT_EQ(seen.size(), 4U);
  const auto& second = seen[1];
  EXPECT_EQ(second.node, kSite);
  EXPECT_EQ(second.epoch, kEpochA);
  EXPECT_EQ(second.boot, "boot-one");
  EXPECT_EQ(second.boot_time, Milliseconds(20));
  EXPECT_EQ(second.time, at_ms(kNoon + 2));
  EXPECT_EQ(second.quality, ClockQuality::synchronised);
  EXPECT_EQ(second.earliest, at_ms(kNoon + 2 - 3'000));
  EXPECT_EQ(second.latest, at_ms(kNoon + 2 + 3'000));
  EXPECT_EQ(second.received, at_ms(kNoon));
  EXPECT_EQ(seen[0].quality, ClockQuality::unset);
  EXPECT_EQ(seen[0].latest, std::nullopt);
}

TEST_F(RecordQueryTest, EachRecordLiesInOneOfTwoPeriodsThatTouch) {
  for (const auto quality : {ClockQuality::synchronised, ClockQuality::holdover, ClockQuality::unset}) {
    restart();
    std::filesystem::remove(file());
    std::filesystem::remove(file().string() + "-wal");
    std::filesystem::remove(file().string() + ".lock");
    commit({arrived(hourly(500, quality), kSite, kNoon + 600 * kHour)});
    for (const std::int64_t border : {-5, 0, 1, 2, 77, 250, 499, 500, 501, 900}) {
      const auto when = at_ms(kNoon + border * kHour);
      RecordSelection before;
      before.to = when;
      RecordSelection after;
      after.from = when;
      const auto early = rows_of(before);
      const auto late = rows_of(after);
      const auto expected = static_cast<std::size_t>(std::clamp<std::int64_t>(border - 1, 0, 500));
      EXPECT_EQ(early.size(), expected) << border;
      EXPECT_EQ(early.size() + late.size(), 500U) << border;
      EXPECT_EQ(late.empty() ? expected + 1 : late.front(), expected + 1) << border;
    }
  }
}

// Clocks that say that they are synchronised and are hours or months off, now and then, forth and back.
TEST_F(RecordQueryTest, FindsEachRecordOfAPeriodThoughClocksWereWrong) {
  std::mt19937 random(3);
  Batch batch = rows(kEpochA, 1, 6'000);
  std::vector<std::int64_t> times;
  std::int64_t error = 0;
  for (auto& item : batch.items) {
    const auto taken = static_cast<std::int64_t>(item.first) * 60'000;
    if (random() % 200 == 0)
      error = random() % 2 == 0 ? 0 : (static_cast<std::int64_t>(random() % 2'000) - 1'000) * kHour;
    item.record.stamp =
        Stamp{at_ms(kNoon + taken + error), Milliseconds(taken), "boot-one", ClockQuality::synchronised};
    times.push_back(kNoon + taken + error);
  }
  commit({arrived(batch)});
  for (int i = 0; i < 40; ++i) {
    const auto from = times[random() % times.size()];
    const auto to = from + static_cast<std::int64_t>(random() % 50) * kHour;
    RecordSelection period;
    period.from = at_ms(from);
    period.to = at_ms(to);
    std::vector<RowId> expected;
    for (std::size_t row = 0; row < times.size(); ++row) {
      if (times[row] >= from && times[row] < to) expected.push_back(row + 1);
    }
    EXPECT_EQ(rows_of(period), expected);
  }
}

TEST_F(RecordQueryTest, ALaterStatementOfTheClockMovesARecordIntoItsPeriod) {
  auto batch = hourly(3, ClockQuality::unset);
  for (auto& item : batch.items) item.record.stamp.wall = at_ms(1'000);  // a board that woke in 1970
  commit({arrived(batch)});
  RecordSelection day;
  day.from = at_ms(kNoon);
  day.to = at_ms(kNoon + 24 * kHour);
  EXPECT_TRUE(rows_of(day).empty());
  Batch statement;
  statement.epoch = kEpochA;
  statement.lane = Lane::events;
  statement.schemas = {boot_clock_schema()};
  const Milliseconds offset{kNoon};
  const BootClock clock{"boot-one",
                        Milliseconds(4 * kHour),
                        offset,
                        {offset - Milliseconds(10), offset + Milliseconds(10)},
                        ClockQuality::synchronised};
  statement.items = {Batch::Item{0, 1, 1, boot_clock_record(clock, batch.items[0].record.stamp)}};
  commit({arrived(statement)});
  day.lane = Lane::measurements;
  EXPECT_EQ(rows_of(day), (std::vector<RowId>{1, 2, 3}));
}

TEST_F(RecordQueryTest, SaysOfEveryRecordWhatTheViewRecordTimeSays) {
  auto batch = hourly(60, ClockQuality::unset);
  for (auto& item : batch.items) item.record.stamp.quality = static_cast<ClockQuality>(item.first % 3);
  Batch statement;
  statement.epoch = kEpochA;
  statement.lane = Lane::events;
  statement.schemas = {boot_clock_schema()};
  const Milliseconds offset{kNoon + 7'000};
  const BootClock clock{"boot-one",
                        Milliseconds(4 * kHour),
                        offset,
                        {offset - Milliseconds(10), offset + Milliseconds(10)},
                        ClockQuality::holdover};
  statement.items = {Batch::Item{0, 1, 1, boot_clock_record(clock, batch.items[0].record.stamp)}};
  commit({fact::Arrived{kSite, at_ms(kNoon + 61 * kHour), batch, ClockQuality::synchronised},
          arrived(statement)});
  auto asked = query();
  std::uint64_t compared = 0;
  ASSERT_TRUE(asked.for_each({}, [&](const StoredRecord& record) {
    const auto of = [&](const std::string& column) {
      return number("SELECT coalesce(" + column + ", -1) FROM record_time WHERE lane = " +
                    std::to_string(xalink::index(record.schema->lane)) +
                    " AND row_id = " + std::to_string(record.row));
    };
    const auto ms = [](std::optional<WallTime> time) { return time ? time->time_since_epoch().count() : -1; };
    EXPECT_EQ(ms(record.time), of("time_ms")) << record.row;
    EXPECT_EQ(ms(record.earliest), of("earliest_ms")) << record.row;
    EXPECT_EQ(ms(record.latest), of("latest_ms")) << record.row;
    EXPECT_EQ(static_cast<std::int64_t>(record.quality), of("quality")) << record.row;
    ++compared;
    return true;
  }));
  EXPECT_EQ(compared, 61U);
}

TEST_F(RecordQueryTest, SelectsByNodeDeviceGroupAndLane) {
  const NodeId other{"VN-03", "site-b"};
  commit({arrived(rows(kEpochA, 1, 2)), arrived(rows(kEpochA, 1, 3, Lane::events)),
          arrived(rows(kEpochB, 1, 4), other)});
  EXPECT_EQ(rows_of({}).size(), 9U);
  RecordSelection one;
  one.node = "site-b";
  EXPECT_EQ(rows_of(one).size(), 4U);
  RecordSelection lane;
  lane.lane = Lane::events;
  EXPECT_EQ(rows_of(lane).size(), 3U);
  RecordSelection family;
  family.metric_groups = {"Ping"};
  EXPECT_EQ(rows_of(family).size(), 9U);
  family.metric_groups = {"Pin", "Outage"};
  EXPECT_TRUE(rows_of(family).empty());
  RecordSelection device;
  device.device = "board";
  EXPECT_TRUE(rows_of(device).empty());
  auto asked = query();
  EXPECT_EQ(*asked.nodes(), (std::vector<NodeId>{kSite, other}));
}

TEST_F(RecordQueryTest, OneSelectionLeavesNothingBehindForTheNext) {
  commit({arrived(rows(kEpochA, 1, 2))});
  auto asked = query();
  const auto count = [&](const StoredRecord&) { return true; };
  RecordSelection none;
  none.metric_groups = {"Outage"};
  EXPECT_EQ(asked.for_each(none, count).value_or(9), 0U);
  EXPECT_EQ(asked.for_each({}, count).value_or(9), 2U);
}

TEST_F(RecordQueryTest, TellsGapsToThoseWhoAskForThem) {
  auto batch = rows(kEpochA, 1, 2);
  batch.items[1].first = 2;
  batch.items[1].last = 9;
  commit({arrived(batch)});
  EXPECT_EQ(rows_of({}), (std::vector<RowId>{1}));
  RecordSelection all;
  all.with_gaps = true;
  EXPECT_EQ(rows_of(all), (std::vector<RowId>{1, 9}));
}

TEST_F(RecordQueryTest, ReadsBesideAGatewayAndSeesWhatItCommitsNext) {
  commit({arrived(rows(kEpochA, 1, 2))});
  auto asked = query();
  std::uint64_t met = 0;
  const auto count = [&](const StoredRecord&) { return ++met, true; };
  EXPECT_EQ(asked.for_each({}, count).value_or(0), 2U);
  commit({arrived(rows(kEpochA, 3, 5))});
  EXPECT_EQ(asked.for_each({}, count).value_or(0), 5U);
  EXPECT_EQ(met, 7U);
}

TEST_F(RecordQueryTest, SaysWhereAStoreOughtToBeThatIsNot) {
  const auto opened = RecordQuery::open(file());
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().where, file().string());
  EXPECT_FALSE(opened.error().next.empty());
}

}  // namespace
}  // namespace xalink::test
