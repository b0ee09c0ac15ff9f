#include "gateway/meaning/rollup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "gateway/rollups.hpp"
#include "sparkplug/boot_clock.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/gateway/meaning/board_story.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using meaning::Hour;
using meaning::Rollup;
using meaning::RollupBuilder;
using meaning::Series;
using std::chrono::minutes;

const Series kRtt{"network", "Ping/anchor/RTT mean", "us"};

Record ping_row(const Schema& schema, std::uint64_t rtt, std::uint64_t runs) {
  Record record;
  record.values.resize(schema.columns.size());
  record.values[*column_index(schema, "RTT mean")] = rtt;
  if (const auto place = column_index(schema, "Runs")) record.values[*place] = runs;
  return record;
}

store::StoredRecord stored(const Schema& schema, Record record, const std::string& at,
                           ClockQuality quality = ClockQuality::synchronised) {
  store::StoredRecord all;
  all.schema = &schema;
  all.values = std::move(record.values);
  all.time = local(at);
  all.boot = "b";
  all.boot_time = all.time - local("2024-09-01 00:00");
  all.quality = quality;
  return all;
}

// Hour 07:00-08:00 of Vietnam, by hand:
//   06:50  9000 us   belongs to the hour before
//   07:10  1000 us   stands for 3: the next row has Runs 3
//   07:40  4000 us   stands for 2
//   07:45  2000 us   stands for 5: the next row, in the next hour, has Runs 5
//   08:05  8000 us   belongs to the next hour
// count 10, sum 3 * 1000 + 2 * 4000 + 5 * 2000 = 21000, least 1000, greatest 4000
TEST(RollupBuilderTest, CountsARowAsOftenAsItStandsFor) {
  const auto schema = with_runs(ping_schema("anchor"));
  std::vector<store::StoredRecord> records;
  records.push_back(stored(schema, ping_row(schema, 9'000, 1), "2024-09-05 06:50"));
  records.push_back(stored(schema, ping_row(schema, 1'000, 20), "2024-09-05 07:10"));
  records.push_back(stored(schema, ping_row(schema, 4'000, 3), "2024-09-05 07:40"));
  records.push_back(stored(schema, ping_row(schema, 2'000, 2), "2024-09-05 07:45"));
  records.push_back(stored(schema, ping_row(schema, 8'000, 5), "2024-09-05 08:05"));
  records.push_back(stored(schema, ping_row(schema, 77, 1), "2024-09-05 07:30", ClockQuality::unset));
  std::mt19937 random(5);
  const Hour hour = meaning::hour_of(local("2024-09-05 07:00"));
  for (int again = 0; again < 4; ++again) {
    RollupBuilder builder(hour, hour);
    for (const auto& record : records) builder.take(record);
    const auto hours = builder.finish();
    ASSERT_EQ(hours.size(), 1U);
    const auto& found = hours.at(hour).series;
    ASSERT_EQ(found.size(), 1U) << "Runs itself is no measurement";
    const auto& rtt = found.at(kRtt);
    EXPECT_EQ(rtt.count, 10U);
    EXPECT_EQ(rtt.sum, 21'000.0);
    EXPECT_EQ(rtt.least, 1'000.0);
    EXPECT_EQ(rtt.greatest, 4'000.0);
    EXPECT_NEAR(*rtt.sketch.quantile(0.5), 2'000, 20);
    EXPECT_EQ(hours.at(hour).boots, std::set<std::string>{"b"});
    std::ranges::shuffle(records, random);
  }
}

TEST(RollupBuilderTest, CountsAnHourlySummaryAsItsMeasurements) {
  const auto schema = ping_schema("anchor");
  HourlySummary summary(schema);
  for (const std::uint64_t rtt : {1'000U, 2'000U, 6'000U}) summary.add(ping_row(schema, rtt, 1));
  const auto shape = summary_schema(schema);
  RollupBuilder builder(0, 1'000'000);
  builder.take(stored(shape, summary.finish(1, 3), "2024-09-05 07:10"));
  const auto hours = builder.finish();
  ASSERT_EQ(hours.size(), 1U);
  const auto& rtt = hours.begin()->second.series.at(kRtt);
  EXPECT_EQ(rtt.count, 3U);
  EXPECT_EQ(rtt.sum, 9'000.0);
  EXPECT_EQ(rtt.least, 1'000.0);
  EXPECT_EQ(rtt.greatest, 6'000.0);
}

TEST(RollupDays, BeginAtMidnightInVietnam) {
  const auto day = meaning::day_of_hour(meaning::hour_of(local("2024-09-05 00:00")));
  EXPECT_EQ(meaning::day_of_hour(meaning::hour_of(local("2024-09-04 23:00"))), day - 1);
  EXPECT_EQ(meaning::start_of_hour(meaning::first_hour_of(day)), local("2024-09-05 00:00"));
}

class RollupsTest : public StoreTest {
 protected:
  Rollups rollups() {
    auto opened = Rollups::open(file());
    if (!opened) throw std::runtime_error(opened.error().to_string());
    return std::move(*opened);
  }
  static void work_off(Rollups& rollups) {
    while (true) {
      const auto step = rollups.step();
      ASSERT_TRUE(step.has_value()) << step.error().to_string();
      if (!step->more) return;
    }
  }
  // Everything that the rollups hold, without the numbers that depend on the order of arrival.
  std::string dump() const {
    std::string all;
    for (const auto& [table, when] : {std::pair("rollup_hour", "hour"), std::pair("rollup_day", "day")}) {
      all +=
          text("SELECT coalesce(group_concat(line, char(10)), '') FROM (SELECT n.node || ' ' || " +
               std::string(when) +
               " || ' ' || s.device || ' ' || s.metric || ' ' || s.unit || ' ' || count || ' ' || "
               "quote(sum) || ' ' || quote(least) || ' ' || quote(greatest) || ' ' || hex(sketch) AS line "
               "FROM " +
               table +
               " AS t JOIN node AS n ON n.id = t.node JOIN rollup_series AS s ON s.id = series ORDER BY 1)") +
          "\n";
    }
    return all +
           text(
               "SELECT coalesce(group_concat(line, char(10)), '') FROM (SELECT b.uuid || ' ' || hour AS line "
               "FROM rollup_boot JOIN boot AS b ON b.id = boot ORDER BY 1)");
  }
  // One row each ten minutes or so from `from` on.
  Batch pings(const std::string& epoch, const std::string& boot, WallTime from, RowId first, RowId last,
              ClockQuality quality = ClockQuality::synchronised) {
    Batch batch;
    batch.epoch = epoch;
    batch.lane = Lane::measurements;
    batch.schemas = {with_runs(ping_schema("anchor"))};
    for (RowId row = first; row <= last; ++row) {
      auto record = ping_row(batch.schemas[0], 1'000 + row * 7'919 % 5'000, 1 + row % 9);
      const auto since = minutes(10 * static_cast<std::int64_t>(row));
      record.stamp =
          Stamp{quality == ClockQuality::unset ? at_ms(5'000) + since : from + since, since, boot, quality};
      batch.items.push_back(Batch::Item{0, row, row, std::move(record)});
    }
    return batch;
  }
  void expect_rebuild_finds_the_same(Rollups& rollups) {
    const auto before = dump();
    std::uint64_t told = 0;
    const auto rebuilt = rollups.rebuild([&](std::uint64_t done, std::uint64_t of) {
      EXPECT_LE(done, of);
      told = done;
    });
    ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().to_string();
    EXPECT_EQ(told, *rebuilt);
    EXPECT_EQ(dump(), before);
    EXPECT_GT(before.size(), 100U);
  }
};

TEST_F(RollupsTest, HoldEveryMeasurementOnceByHourAndByDay) {
  const auto start = local("2024-09-04 22:00");
  commit({arrived(pings(kEpochA, "b", start, 1, 30))});  // 22:10 to 03:00 of the next day
  auto work = rollups();
  work_off(work);
  const auto hours = *work.hours(kSite, 0, 1'000'000);
  const auto days = *work.days(kSite, 0, 1'000'000);
  // 22:10..22:50, then six an hour, and 03:00.
  ASSERT_EQ(hours.size(), 6U);
  ASSERT_EQ(days.size(), 2U);
  std::uint64_t all = 0;
  std::uint64_t of_days = 0;
  for (const auto& [hour, series] : hours) all += series.at(kRtt).count;
  for (const auto& [day, series] : days) of_days += series.at(kRtt).count;
  // Each row stands for the Runs of the next: sum of 1 + row % 9 over rows 2..30, and the last for itself.
  std::uint64_t by_hand = 1;
  for (RowId row = 2; row <= 30; ++row) by_hand += 1 + row % 9;
  EXPECT_EQ(all, by_hand);
  EXPECT_EQ(of_days, by_hand);
  const auto first_day = meaning::day_of_hour(meaning::hour_of(start));
  Rollup before_midnight;
  for (const auto& [hour, series] : hours) {
    if (meaning::day_of_hour(hour) == first_day) before_midnight += series.at(kRtt);
  }
  EXPECT_EQ(days.at(first_day).at(kRtt), before_midnight);
  EXPECT_FALSE(work.step()->more);
  expect_rebuild_finds_the_same(work);
}

TEST_F(RollupsTest, RecordsThatComeWeeksLateOrInPartsMakeTheSameBytesAsAllAtOnce) {
  const auto start = local("2024-08-01 00:00");
  commit({arrived(pings(kEpochB, "late", start, 1, 40))});
  auto work = rollups();
  work_off(work);
  // The same hours again from another outbox of the board, in parts that end in the middle of hours.
  std::mt19937 random(11);
  for (RowId next = 1; next <= 700;) {
    const RowId last = std::min<RowId>(700, next + random() % 60);
    commit({arrived(pings(kEpochA, "b", start, next, last))});
    next = last + 1;
    if (random() % 3 == 0) work_off(work);
  }
  commit({arrived(pings(kEpochB, "late", start, 41, 300))});
  work_off(work);
  expect_rebuild_finds_the_same(work);
}

TEST_F(RollupsTest, MoveTheRecordsOfABootWhoseTimeIsStatedLater) {
  const auto start = local("2024-09-04 00:00");
  commit({arrived(pings(kEpochA, "b", start, 1, 20, ClockQuality::unset))});
  auto work = rollups();
  work_off(work);
  EXPECT_TRUE(work.hours(kSite, 0, 1'000'000)->empty()) << "a time within bounds is in no hour";
  const auto state = [&](RowId row, WallTime begin) {
    Batch batch;
    batch.epoch = kEpochA;
    batch.lane = Lane::events;
    batch.schemas = {boot_clock_schema()};
    const Milliseconds offset = begin.time_since_epoch();
    const BootClock clock{"b",
                          minutes(300),
                          offset,
                          {offset - Milliseconds(9), offset + Milliseconds(9)},
                          ClockQuality::synchronised};
    batch.items = {Batch::Item{0, row, row, boot_clock_record(clock, Stamp{start, minutes(300), "b", {}})}};
    commit({arrived(batch)});
    work_off(work);
  };
  state(1, start);
  auto hours = *work.hours(kSite, 0, 1'000'000);
  EXPECT_EQ(hours.begin()->first, meaning::hour_of(start));
  expect_rebuild_finds_the_same(work);
  // Put right by a day: nothing stays where it was.
  state(2, start + std::chrono::hours(24));
  hours = *work.hours(kSite, 0, 1'000'000);
  EXPECT_EQ(hours.begin()->first, meaning::hour_of(start) + 24);
  expect_rebuild_finds_the_same(work);
}

TEST_F(RollupsTest, GoOnWhereTheyWereWhenTheProgramEndedInBetween) {
  commit({arrived(pings(kEpochA, "b", local("2024-08-01 00:00"), 1, 9'000))});
  {
    auto work = rollups();
    EXPECT_TRUE(work.step()->more);
  }
  auto work = rollups();
  work_off(work);
  expect_rebuild_finds_the_same(work);
}

}  // namespace
}  // namespace xalink::test
