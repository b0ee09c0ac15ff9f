#include "agent/by_exception.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xalink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// A probe that is asked once a minute.
class Bench {
 public:
  explicit Bench(Schema measured, ByExceptionSettings settings = {})
      : schema(std::move(measured)), rule(std::move(settings)) {}

  std::optional<ByException::Row> measure(std::initializer_list<std::pair<std::string_view, Value>> values,
                                          Milliseconds step = minutes(1)) {
    at += step;
    Record record;
    record.stamp.boot_time = at;
    record.values.resize(schema.columns.size());
    for (const auto& [name, value] : values) record.values[*column_index(schema, name)] = value;
    return rule.step(schema, record, company);
  }
  std::optional<ByException::Row> ping(std::uint64_t mean, double loss = 0.0) {
    return measure({{"RTT mean", mean}, {"Loss", loss}, {"Sent", std::uint64_t{5}}});
  }
  std::optional<ByException::Row> failed_ping() {
    return measure({{"Loss", 100.0}, {"Sent", std::uint64_t{5}}, {"Reason", std::string("timeout")}});
  }

  Schema schema;
  ByException rule;
  BootTime at = minutes(3);
  ByException::Company company = ByException::Company::none;
};

std::uint64_t runs(const std::optional<ByException::Row>& row) {
  EXPECT_TRUE(row);
  EXPECT_EQ(row->schema.columns.back().name, "Runs");
  EXPECT_EQ(row->schema.columns.size(), row->record.values.size());
  return std::get<std::uint64_t>(row->record.values.back());
}

TEST(ByException, AHeartbeatComesUpToAQuarterEarlyToGoWithAnotherRow) {
  Bench bench(ping_schema("anchor"));
  EXPECT_TRUE(bench.ping(40'000));
  for (int minute = 1; minute < 11; ++minute) {
    bench.company = minute % 2 == 0 ? ByException::Company::waits : ByException::Company::none;
    EXPECT_FALSE(bench.ping(40'000)) << "minute " << minute;
  }
  bench.company = ByException::Company::none;
  EXPECT_FALSE(bench.ping(40'000)) << "11 min 30 s are three quarters, but nobody waits";
  bench.company = ByException::Company::waits;
  const auto row = bench.ping(40'000);
  EXPECT_EQ(runs(row), 12U);
  EXPECT_FALSE(row->news);
  bench.company = ByException::Company::none;
  for (int minute = 1; minute < 15; ++minute) EXPECT_FALSE(bench.ping(40'000)) << "minute " << minute;
  EXPECT_EQ(runs(bench.ping(40'000)), 15U) << "counted from there on";
}

TEST(ByException, RecordsTheFirstRunAndThenWhatLeavesItsDeadband) {
  Bench bench(ping_schema("anchor"));
  auto row = bench.ping(40'000);
  EXPECT_EQ(runs(row), 1U);
  EXPECT_TRUE(row->news);
  EXPECT_FALSE(bench.ping(50'000));  // a quarter of the recorded value
  EXPECT_FALSE(bench.ping(30'000));
  row = bench.ping(50'001);
  EXPECT_EQ(runs(row), 3U);
  EXPECT_FALSE(row->news);
  // Held against what was recorded, not against the run before: a creeping change is seen.
  EXPECT_FALSE(bench.ping(56'000));
  EXPECT_TRUE(bench.ping(63'000));
}

TEST(ByException, HasNoDeadbandForLoss) {
  Bench bench(ping_schema("anchor"));
  EXPECT_TRUE(bench.ping(40'000));
  const auto row = bench.ping(40'000, 20.0);
  EXPECT_EQ(runs(row), 1U);
  EXPECT_FALSE(row->news);
  EXPECT_TRUE(bench.ping(40'000, 0.0));
}

TEST(ByException, RecordsAFailureAtOnceAndTheReturn) {
  Bench bench(ping_schema("anchor"));
  EXPECT_TRUE(bench.ping(40'000));
  EXPECT_FALSE(bench.ping(40'000));
  auto row = bench.failed_ping();
  EXPECT_EQ(runs(row), 2U);
  EXPECT_TRUE(row->news);
  for (int minute = 1; minute < 5; ++minute) EXPECT_FALSE(bench.failed_ping()) << minute;
  row = bench.failed_ping();
  EXPECT_EQ(runs(row), 5U);
  EXPECT_FALSE(row->news);  // told already
  EXPECT_FALSE(bench.failed_ping());
  row = bench.measure({{"Loss", 100.0}, {"Sent", std::uint64_t{5}}, {"Reason", std::string("unreachable")}});
  EXPECT_EQ(runs(row), 2U);
  EXPECT_TRUE(row->news);
  row = bench.ping(40'000);
  EXPECT_EQ(runs(row), 1U);
  EXPECT_TRUE(row->news);
}

TEST(ByException, SilentColumnsAreWorthNoRow) {
  Bench bench(board_schema());
  const Value load = 0.5;
  EXPECT_TRUE(
      bench.measure({{"Load 1m", load}, {"Uptime", std::uint64_t{1}}, {"Boot Id", std::string("b")}}));
  EXPECT_FALSE(bench.measure({{"Load 1m", load}, {"Uptime", std::uint64_t{3}}}));
  EXPECT_TRUE(bench.measure({{"Load 1m", load}, {"Temperature", 40.0}}));
  EXPECT_FALSE(bench.measure({{"Load 1m", load}, {"Temperature", 45.0}}));
  EXPECT_TRUE(bench.measure({{"Load 1m", load}}));
}

TEST(ByException, AFlagThatChangesIsNews) {
  Bench bench(link_schema("eth0"));
  EXPECT_TRUE(bench.measure({{"Carrier", true}}));
  EXPECT_FALSE(bench.measure({{"Carrier", true}}));
  const auto row = bench.measure({{"Carrier", false}});
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->news);
}

TEST(ByException, TheHeartbeatComesWithTheRunNearestToIt) {
  for (const auto interval : {seconds(60), seconds(299), seconds(301), seconds(420)}) {
    Bench bench(ping_schema("anchor"));
    EXPECT_TRUE(bench.measure({{"RTT mean", std::uint64_t{40'000}}}, interval));
    const auto first = bench.at;
    while (!bench.measure({{"RTT mean", std::uint64_t{40'000}}}, interval)) {
      ASSERT_LT(bench.at - first, minutes(20)) << interval.count();
    }
    EXPECT_LE(bench.at - first, minutes(15) + interval / 2) << interval.count();
    EXPECT_GE(bench.at - first, minutes(15) - interval / 2) << interval.count();
  }
  Bench storage(storage_schema());
  EXPECT_TRUE(storage.measure({{"Errors", std::uint64_t{0}}}, std::chrono::hours(6)));
  EXPECT_TRUE(storage.measure({{"Errors", std::uint64_t{0}}}, std::chrono::hours(6)));
}

TEST(ByException, RunsOfAllRowsAreAllMeasurementsUpToTheLastRow) {
  Bench bench(ping_schema("anchor"));
  std::uint64_t counted = 0;
  std::uint64_t up_to_last_row = 0;
  for (std::uint64_t run = 1; run <= 1000; ++run) {
    const auto row = run % 7 == 0 ? bench.failed_ping() : bench.ping(run * run % 60'000);
    if (!row) continue;
    counted += runs(row);
    up_to_last_row = run;
  }
  EXPECT_EQ(counted, up_to_last_row);
}

TEST(ByException, LeavesAloneWhatItIsTold) {
  ByExceptionSettings some;
  some.every_run = {"Ping/anchor", "Reach"};
  for (const auto& schema : {ping_schema("anchor"), reach_schema("portal")}) {
    Bench bench(schema, some);
    for (int run = 0; run < 3; ++run) {
      const auto row = bench.measure({});
      ASSERT_TRUE(row);
      EXPECT_EQ(row->schema, schema);
      EXPECT_EQ(row->record.values.size(), schema.columns.size());
    }
  }
  Bench other(ping_schema("gateway"), some);
  EXPECT_TRUE(other.ping(1'000));
  EXPECT_FALSE(other.ping(1'000));
  ByExceptionSettings off;
  off.enabled = false;
  Bench all(ping_schema("gateway"), off);
  EXPECT_TRUE(all.ping(1'000));
  EXPECT_TRUE(all.ping(1'000));
  EXPECT_EQ(all.rule.recorded(all.schema), all.schema);
}

}  // namespace
}  // namespace xalink
