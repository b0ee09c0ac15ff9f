#include "sparkplug/boot_clock.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

using std::chrono::days;
using std::chrono::hours;

BootClock statement() {
  return BootClock{"boot-1",
                   hours(2),
                   Milliseconds(1'790'000'000'000),
                   {Milliseconds(1'789'999'997'000), Milliseconds(1'790'000'003'000)},
                   ClockQuality::synchronised};
}

TEST(BootClock, TravelsAsARecord) {
  const auto clock = statement();
  const auto record = boot_clock_record(clock, {});
  const auto back = read_boot_clock(boot_clock_schema(), record);
  ASSERT_TRUE(back && *back);
  EXPECT_EQ(**back, clock);
}

TEST(BootClock, TravelsWithoutAnUpperBound) {
  auto clock = statement();
  clock.bounds.latest.reset();
  clock.quality = ClockQuality::unset;
  auto schema = boot_clock_schema();
  auto record = boot_clock_record(clock, {});
  // Nulls do not travel: the column is not there at all.
  const auto latest = 4;
  ASSERT_EQ(schema.columns[latest].name, "Latest");
  schema.columns.erase(schema.columns.begin() + latest);
  record.values.erase(record.values.begin() + latest);
  const auto back = read_boot_clock(schema, record);
  ASSERT_TRUE(back && *back);
  EXPECT_EQ(**back, clock);
}

TEST(BootClock, IsNothingElse) {
  auto schema = boot_clock_schema();
  schema.group = "Board";
  const auto other = read_boot_clock(schema, boot_clock_record(statement(), {}));
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other);
}

TEST(BootClock, RefusesWhatMakesNoSense) {
  const auto read_with = [](std::size_t column, Value value) {
    auto record = boot_clock_record(statement(), {});
    record.values[column] = std::move(value);
    return read_boot_clock(boot_clock_schema(), record).has_value();
  };
  EXPECT_FALSE(read_with(0, std::monostate{}));
  EXPECT_FALSE(read_with(1, ~std::uint64_t{0}));
  EXPECT_FALSE(read_with(2, std::numeric_limits<std::int64_t>::max()));
  EXPECT_FALSE(read_with(3, std::numeric_limits<std::int64_t>::min()));
  EXPECT_FALSE(read_with(4, std::int64_t{0})) << "latest before earliest";
  EXPECT_FALSE(read_with(5, std::uint64_t{3}));
  EXPECT_FALSE(read_with(2, std::string("now")));
}

TEST(BootClock, BoundsWidenWithTheDriftOnBothSides) {
  const auto clock = statement();
  EXPECT_GE(drift_in(days(1)), Milliseconds(17'280));
  EXPECT_LE(drift_in(days(1)), Milliseconds(17'281));
  EXPECT_EQ(drift_in(-days(1)), drift_in(days(1)));
  for (const auto when : {clock.at + days(1), clock.at - days(1)}) {
    const auto bounds = bounds_at(clock, when);
    EXPECT_EQ(bounds.earliest, clock.bounds.earliest - drift_in(days(1)));
    ASSERT_TRUE(bounds.latest);
    EXPECT_EQ(*bounds.latest, *clock.bounds.latest + drift_in(days(1)));
  }
}

}  // namespace
}  // namespace xalink
