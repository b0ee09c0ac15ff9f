#include "gateway/retention.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gateway/boards.hpp"
#include "gateway/rollups.hpp"
#include "gateway/site_reading.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/throughput_schema.hpp"
#include "tests/gateway/meaning/board_story.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const WallTime kStart = local("2024-09-01 06:00");
const WallTime kLongAfter = local("2025-06-01 00:00");

// A board's days: pings with runs, answers of a service, speed, power, access, an outage, a night off.
class Days {
 public:
  explicit Days(std::string epoch = kEpochA, std::string boot = "boot")
      : epoch_(std::move(epoch)), boot_(std::move(boot)) {}

  // Rows of `count` times 10 minutes from `from` on, received a minute after the last.
  std::vector<Fact> tell(WallTime from, int count, ClockQuality quality = ClockQuality::synchronised) {
    std::map<Lane, Batch> batches;
    for (int i = 0; i < count; ++i) {
      const auto at = from + minutes(10 * i);
      const auto number = static_cast<std::uint64_t>(random_() % 1'000);
      add(batches, with_runs(ping_schema("anchor")), at, quality,
          {{"RTT mean", 20'000 + number},
           {"Loss", static_cast<double>(number % 7) / 3.0},
           {"Runs", 1 + number % 12}});
      if (i % 3 == 0)
        add(batches, with_runs(reach_schema("portal")), at + std::chrono::seconds(1), quality,
            {{"Success", number % 5 != 0}, {"Runs", 1 + number % 4}});
      if (i % 20 == 5)
        add(batches, throughput_schema(), at + std::chrono::seconds(2), quality,
            {{"Download", 10'000'000 + number}, {"Upload", 5'000'000 + number}});
      if (i % 50 == 7)
        add(batches, with_runs(access_schema()), at + std::chrono::seconds(3), quality,
            {{"Interface", std::string("eth0")}, {"Technology", std::string(i % 100 == 7 ? "fibre" : "4g")}});
      if (i % 40 == 9) {
        const auto schema = ping_schema("anchor");
        HourlySummary summary(schema);
        Record one;
        one.values.resize(schema.columns.size());
        one.values[*column_index(schema, "RTT mean")] = std::uint64_t{30'000} + number;
        summary.add(one);
        summary.add(one);
        const auto shape = summary_schema(schema);
        put(batches, shape, at + std::chrono::seconds(4), quality, summary.finish(1, 2).values);
      }
    }
    std::vector<Fact> facts;
    for (auto& [lane, batch] : batches)
      facts.push_back(fact::Arrived{kSite, from + minutes(10 * count + 1), std::move(batch)});
    return facts;
  }
  void reboot(std::string boot, WallTime at) {
    boot_ = std::move(boot);
    boot_start_ = at;
  }

 private:
  using Set = std::vector<std::pair<const char*, Value>>;
  void add(std::map<Lane, Batch>& batches, const Schema& schema, WallTime at, ClockQuality quality,
           const Set& set) {
    std::vector<Value> values(schema.columns.size());
    for (const auto& [name, value] : set) {
      const auto place = *column_index(schema, name);
      const auto* whole = std::get_if<std::uint64_t>(&value);
      const bool real =
          schema.columns[place].type == DataType::float64 || schema.columns[place].type == DataType::float32;
      values[place] = whole != nullptr && real ? Value(static_cast<double>(*whole)) : value;
    }
    put(batches, schema, at, quality, std::move(values));
  }
  void put(std::map<Lane, Batch>& batches, const Schema& schema, WallTime at, ClockQuality quality,
           std::vector<Value> values) {
    auto& batch = batches[schema.lane];
    batch.epoch = epoch_;
    batch.lane = schema.lane;
    batch.schemas.push_back(schema);
    Record record;
    record.values = std::move(values);
    const auto since = std::chrono::duration_cast<BootTime>(at - boot_start_);
    record.stamp = Stamp{quality == ClockQuality::unset ? WallTime(since) : at, since, boot_, quality};
    const RowId row = ++rows_[schema.lane];
    batch.items.push_back(Batch::Item{batch.schemas.size() - 1, row, row, std::move(record)});
  }

  std::string epoch_;
  std::string boot_;
  WallTime boot_start_ = kStart;
  std::map<Lane, RowId> rows_;
  std::mt19937 random_{7};
};

class RetentionTest : public StoreTest {
 protected:
  void roll_up() {
    auto work = Rollups::open(file());
    ASSERT_TRUE(work.has_value());
    while (true) {
      const auto step = work->step();
      ASSERT_TRUE(step.has_value()) << step.error().to_string();
      if (!step->more) return;
    }
  }
  std::uint64_t remove(WallTime before) {
    auto work = Retention::open(file());
    EXPECT_TRUE(work.has_value());
    std::uint64_t removed = 0;
    while (work) {
      const auto step = work->step(before);
      EXPECT_TRUE(step.has_value()) << (step ? "" : step.error().to_string());
      if (!step) break;
      removed += step->removed;
      if (!step->more) break;
    }
    return removed;
  }
  // Everything that reports on a span rest on, as text.
  std::string figures(WallTime from, WallTime to) const {
    auto query = store::RecordQuery::open(file());
    const meaning::Interval span{from, to};
    auto read = read_site_figures(*query, span, kLongAfter);
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().to_string());
    std::string all;
    const auto ms = [](WallTime at) { return std::to_string(at.time_since_epoch().count()) + " "; };
    for (const auto& [site, each] : *read) {
      all += site + "\n";
      for (const auto& segment : each.line.timeline.segments)
        all += ms(segment.span.begin) + ms(segment.span.end) +
               std::to_string(static_cast<int>(segment.state)) + " " +
               std::to_string(static_cast<int>(segment.cause)) + segment.subject +
               (segment.estimated ? "~" : "") + "\n";
      for (const auto& outage : each.line.outages)
        all += outage.id + " " + ms(outage.span.begin) + ms(outage.span.end) + "\n";
      for (const auto& [day, counts] : each.line.records)
        all += std::to_string(day.time_since_epoch().count()) + " " + std::to_string(counts.records) + " " +
               std::to_string(counts.estimated) + " " + std::to_string(counts.undated) + "\n";
      if (each.line.last_seen) all += ms(*each.line.last_seen) + "\n";
      for (const auto* values : {&each.measured.rtt_ms, &each.measured.loss_percent,
                                 &each.measured.download_mbps, &each.measured.upload_mbps}) {
        all += std::to_string(values->count());
        for (const double share : {0.01, 0.1, 0.5, 0.77, 0.9, 0.99})
          all += " " + std::to_string(values->quantile(share).value_or(-1));
        all += " " + std::to_string(values->mean().value_or(-1)) + "\n";
      }
      for (const auto& [name, ratio] : each.measured.services)
        all += name + " " + std::to_string(ratio.yes) + "/" + std::to_string(ratio.of) + "\n";
      all += each.measured.technology + std::to_string(each.measured.summarised) + "\n";
    }
    return all;
  }
  std::string whole() const { return figures(kStart - hours(24), kStart + hours(24 * 60)); }
  std::string hours_and_days() {
    auto work = Rollups::open(file());
    std::string all;
    const auto list = [&](const Rollups::Table& table) {
      for (const auto& [when, rollups] : table) {
        for (const auto& [series, rollup] : rollups)
          all += std::to_string(when) + " " + series.metric + " " + std::to_string(rollup.count) + " " +
                 std::to_string(rollup.sum) + " " + std::to_string(rollup.least) + " " +
                 std::to_string(rollup.greatest) + " " + std::to_string(*rollup.sketch.quantile(0.5)) + "\n";
      }
    };
    list(*work->hours(kSite, 0, 1'000'000));
    list(*work->days(kSite, 0, 1'000'000));
    return all;
  }
  [[nodiscard]] std::int64_t rows_left() const {
    return number("SELECT count(*) FROM record WHERE lane = 1");
  }
};

TEST_F(RetentionTest, ReportsAndRollupsSayOfAMonthWithoutRowsWhatTheySaidBefore) {
  Days days;
  for (int day = 0; day < 20; ++day) {
    commit(days.tell(kStart + hours(24 * day), 80));  // nothing from 19:20 to 06:00
    if (day == 9) days.reboot("second", kStart + hours(24 * 10));
  }
  commit(days.tell(kStart + hours(24 * 20), 30, ClockQuality::unset));
  commit(days.tell(kStart + hours(24 * 21), 30, ClockQuality::holdover));
  roll_up();
  const auto before = whole();
  const auto part_before = figures(kStart + hours(50), kStart + hours(75));
  const auto rollups_before = hours_and_days();
  const auto all = rows_left();
  std::uint64_t removed = 0;
  for (const int day : {3, 4, 12, 20, 40}) {
    removed += remove(kStart + hours(24 * day) + minutes(700));
    EXPECT_EQ(rows_left() + static_cast<std::int64_t>(removed), all) << day;
    EXPECT_EQ(whole(), before) << day;
    EXPECT_EQ(figures(kStart + hours(50), kStart + hours(75)), part_before) << day;
    EXPECT_EQ(hours_and_days(), rollups_before) << day;
  }
  EXPECT_GT(removed, 2'000U);
  // The last hour may still be told of by what comes next.
  EXPECT_GT(rows_left(), 0);
  EXPECT_LT(rows_left(), 40);
  EXPECT_EQ(number("SELECT sum(records) FROM removed_block"), static_cast<std::int64_t>(removed));
  auto work = Rollups::open(file());
  ASSERT_TRUE(work->rebuild().has_value());
  EXPECT_EQ(hours_and_days(), rollups_before) << "made anew beside what is kept";
}

TEST_F(RetentionTest, WaitsForTheRollupsAndForTheDaysToPass) {
  Days days;
  commit(days.tell(kStart, 200));
  EXPECT_EQ(remove(kLongAfter), 0U) << "nothing is rolled up yet";
  roll_up();
  EXPECT_EQ(remove(kStart + hours(2)), 0U) << "received later than that";
  EXPECT_GT(remove(kLongAfter), 0U);
}

TEST_F(RetentionTest, WhatWasTakenOnceIsNotTakenAgainWhenItsRowsAreGone) {
  Days days;
  const auto told = days.tell(kStart, 200);
  commit(told);
  roll_up();
  ASSERT_GT(remove(kLongAfter), 200U);
  const auto left = rows_left();
  const auto before = whole();
  const auto marks = commit(told);
  EXPECT_FALSE(marks.front().hole);
  restart();
  commit(told);
  EXPECT_EQ(rows_left(), left);
  EXPECT_EQ(whole(), before);
}

TEST_F(RetentionTest, RecordsThatComeLateForDaysWithoutRowsCountOnceAndGoInTheirTurn) {
  Days days;
  Days other(kEpochB, "other boot");
  commit(days.tell(kStart, 300));
  auto late = other.tell(kStart + hours(20), 100);
  for (auto& fact : late) std::get<fact::Arrived>(fact).at = kStart + hours(24 * 40);
  // The same in a store that removes nothing.
  commit(late);
  roll_up();
  const auto wanted = whole();
  const auto wanted_rollups = hours_and_days();
  restart();
  for (const char* end : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(file().string() + end);

  Days again;
  commit(again.tell(kStart, 300));
  roll_up();
  ASSERT_GT(remove(kStart + hours(24 * 30)), 300U);
  commit(late);
  roll_up();
  EXPECT_EQ(whole(), wanted);
  EXPECT_EQ(hours_and_days(), wanted_rollups);
  EXPECT_EQ(remove(kStart + hours(24 * 30)), 0U) << "they came later";
  EXPECT_GT(remove(kLongAfter), 50U);
  EXPECT_EQ(whole(), wanted);
  EXPECT_EQ(hours_and_days(), wanted_rollups);
  auto work = Rollups::open(file());
  ASSERT_TRUE(work->rebuild().has_value());
  EXPECT_EQ(hours_and_days(), wanted_rollups);
}

TEST_F(RetentionTest, LeavesEventsAndGapsAndSaysOfAGapWhenItWas) {
  Days days;
  auto facts = days.tell(kStart, 300);
  auto& batch = std::get<fact::Arrived>(facts.back()).batch;
  ASSERT_EQ(batch.lane, Lane::measurements);
  const auto stamp = batch.items[110].record.stamp;
  std::erase_if(batch.items, [](const Batch::Item& item) { return item.first >= 101 && item.first <= 110; });
  batch.schemas.push_back(gap_schema(Lane::measurements));
  batch.items.insert(batch.items.begin() + 100,
                     make_gap(batch.schemas.size() - 1, 101, 110, 10, "lost", stamp));
  commit(facts);
  BoardStory story;
  story.boot("boot", kStart);
  story.outage("boot", "internet", kStart + hours(5), kStart + hours(6));
  Batch events;
  events.epoch = kEpochB;
  events.lane = Lane::events;
  events.schemas = {*story.records().front().schema};
  for (const auto& told : story.records()) {
    const auto row = static_cast<RowId>(events.items.size() + 1);
    events.items.push_back(Batch::Item{
        0, row, row, Record{Stamp{told.wall, told.boot_time, told.boot, told.quality}, told.values}});
  }
  commit({arrived(events)});
  roll_up();
  const auto before = whole();
  const auto events_before = number("SELECT count(*) FROM record WHERE lane = 0");
  EXPECT_GE(events_before, 2);
  const auto gone_before = read_fleet(file())->boards.at(0).gone.at(0);
  ASSERT_GT(remove(kLongAfter), 300U);
  EXPECT_EQ(whole(), before);
  EXPECT_EQ(number("SELECT count(*) FROM record WHERE lane = 0"), events_before);
  EXPECT_EQ(number("SELECT count(*) FROM record WHERE first IS NOT NULL"), 1);
  const auto gone = read_fleet(file())->boards.at(0).gone.at(0);
  EXPECT_EQ(gone.records, 10U);
  EXPECT_EQ(gone.since, gone_before.since);
  EXPECT_EQ(gone.until, gone_before.until);
}

TEST_F(RetentionTest, KilledWhileItRemovesItHasRemovedAllOfABlockOrNothing) {
  Days days;
  for (int day = 0; day < 40; ++day) commit(days.tell(kStart + hours(24 * day), 130));
  restart();
  roll_up();
  const auto before = whole();
  const auto rollups_before = hours_and_days();
  const auto all = rows_left();
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 4; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      auto work = Retention::open(file());
      if (!work) std::_Exit(3);
      for (;;) {
        const auto step = work->step(kLongAfter);
        if (!step) std::_Exit(4);
        const char more = step->more ? 'm' : 'e';
        if (::write(ends[1], &more, 1) != 1 || !step->more) std::_Exit(0);
      }
    }
    ::close(ends[1]);
    char told = 0;
    EXPECT_EQ(::read(ends[0], &told, 1), 1);
    ::usleep(std::uniform_int_distribution<useconds_t>(0, 60'000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ::close(ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    EXPECT_EQ(number("SELECT count(*) + (SELECT coalesce(sum(records), 0) FROM removed_block) FROM record "
                     "WHERE lane = 1"),
              all);
    EXPECT_EQ(whole(), before) << round;
    EXPECT_EQ(hours_and_days(), rollups_before) << round;
    EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
  }
  (void)remove(kLongAfter);
  EXPECT_EQ(whole(), before);
  EXPECT_EQ(hours_and_days(), rollups_before);
}

}  // namespace
}  // namespace xalink::test
