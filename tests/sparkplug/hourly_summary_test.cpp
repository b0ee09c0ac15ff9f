#include "sparkplug/hourly_summary.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

Value told(const HourlySummary& summary, std::string_view column) {
  const auto place = column_index(summary_schema(summary.of()), column);
  EXPECT_TRUE(place) << column;
  return place ? summary.finish(1, 9).values.at(*place) : Value();
}

// Eleven measurements: 1 ms, then one of 101 ms, then nine of 2 ms, in four rows.
TEST(HourlySummary, CountsMeasurementsWhereRowsAreRecordedByException) {
  const Schema schema = with_runs(Schema{"network",
                                         "Ping/anchor",
                                         Lane::measurements,
                                         {{"RTT mean", DataType::uint32, "us"},
                                          {"Up", DataType::boolean, {}},
                                          {"Status", DataType::string, {}}}});
  HourlySummary summary(schema);
  const auto add = [&](std::uint64_t rtt, bool up, const char* status, std::uint64_t runs) {
    Record record;
    record.values = {rtt, up, std::string(status), runs};
    summary.add(record);
  };
  add(1'000, true, "a", 7);  // what was measured before it belongs to another hour
  add(101'000, false, "b", 1);
  add(2'000, true, "c", 1);
  add(2'000, true, "c", 8);
  EXPECT_EQ(told(summary, "Records"), Value(std::uint64_t{4}));
  EXPECT_EQ(told(summary, "RTT mean count"), Value(std::uint64_t{11}));
  EXPECT_DOUBLE_EQ(std::get<double>(told(summary, "RTT mean mean")), (1'000.0 + 101'000 + 9 * 2'000) / 11);
  EXPECT_EQ(told(summary, "RTT mean max"), Value(std::uint64_t{101'000}));
  EXPECT_EQ(told(summary, "Up true"), Value(std::uint64_t{10}));
  EXPECT_EQ(told(summary, "Status commonest"), Value(std::string("c")));
  EXPECT_EQ(told(summary, "Status commonest count"), Value(std::uint64_t{9}));
  EXPECT_EQ(told(summary, "Runs count"), Value(std::uint64_t{4}));
}

TEST(HourlySummary, CountsRowsWhereEachIsOneMeasurement) {
  HourlySummary summary(Schema{"board", "Board", Lane::measurements, {{"Load 1m", DataType::float32, {}}}});
  for (const double load : {1.0, 2.0, 6.0}) summary.add(Record{{}, {load}});
  EXPECT_EQ(told(summary, "Load 1m count"), Value(std::uint64_t{3}));
  EXPECT_DOUBLE_EQ(std::get<double>(told(summary, "Load 1m mean")), 3.0);
}

}  // namespace
}  // namespace xalink
