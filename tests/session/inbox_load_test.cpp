#include <gtest/gtest.h>

#include "sparkplug/mqtt_connection.hpp"

namespace xalink {
namespace {

constexpr SteadyTime kNow{std::chrono::hours(1)};

// The first letter is the source, '!' at the end makes it precious, '?' leaves it out of the meter.
MessageClass classify(std::string_view topic) {
  return {static_cast<std::size_t>(topic.front()), topic.back() == '!', topic.back() != '?'};
}

InboxBounds bounds() {
  InboxBounds bounds;
  bounds.messages = 20;
  bounds.bytes = 10'000;
  bounds.classify = classify;
  bounds.share_messages = 8;
  bounds.share_bytes = 1000;
  return bounds;
}

TEST(InboxLoad, LeavesRoomForOthersWhenOneSourceFloods) {
  InboxLoad load(bounds());
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += load.add("a", 10, kNow) ? 1 : 0;
  EXPECT_EQ(taken, 8);
  EXPECT_TRUE(load.add("b", 10, kNow));
  EXPECT_EQ(load.dropped(), 92U);
  const auto dropped = load.take_dropped();
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].topic, "a");
  EXPECT_EQ(dropped[0].no_room, 92U);
  EXPECT_TRUE(load.take_dropped().empty());
}

TEST(InboxLoad, BoundsASourcesBytesButAlwaysTakesOneMessage) {
  InboxLoad load(bounds());
  EXPECT_TRUE(load.add("a", 5000, kNow));
  EXPECT_FALSE(load.add("a", 1, kNow));
  load.take_away("a", 5000);
  EXPECT_TRUE(load.add("a", 900, kNow));
  EXPECT_FALSE(load.add("a", 200, kNow));
  EXPECT_TRUE(load.add("a", 100, kNow));
}

TEST(InboxLoad, KeepsSomeRoomForWhatIsPrecious) {
  InboxLoad load(bounds());
  while (load.add("a", 10, kNow)) {
  }
  EXPECT_TRUE(load.add("a!", 10, kNow)) << "a death must not be lost in its own board's flood";
  int more = 0;
  while (load.add("a!", 10, kNow)) ++more;
  EXPECT_LE(more, 3);
}

TEST(InboxLoad, TakesAgainWhatWasTakenAway) {
  InboxLoad load(bounds());
  for (int round = 0; round < 1000; ++round) {
    ASSERT_TRUE(load.add("a", 100, kNow)) << round;
    ASSERT_TRUE(load.add("b!", 100, kNow)) << round;
    load.take_away("a", 100);
    load.take_away("b!", 100);
  }
  EXPECT_EQ(load.dropped(), 0U);
}

TEST(InboxLoad, MetersEachSourceForItself) {
  InboxBounds metered = bounds();
  metered.share_rate = 10;
  metered.share_burst = 5;
  InboxLoad load(metered);
  const auto taken = [&](const char* topic, SteadyTime now) {
    int count = 0;
    for (int i = 0; i < 100; ++i) {
      if (!load.add(topic, 10, now)) continue;
      ++count;
      load.take_away(topic, 10);  // there is always room
    }
    return count;
  };
  EXPECT_EQ(taken("a", kNow), 5);
  EXPECT_EQ(taken("b", kNow), 5);
  EXPECT_EQ(taken("a?", kNow), 100) << "what must not be missed is not metered";
  EXPECT_EQ(taken("a", kNow + std::chrono::milliseconds(250)), 2);
  EXPECT_EQ(load.dropped(), 0U) << "nothing came faster than it was taken";
  const auto dropped = load.take_dropped();
  ASSERT_EQ(dropped.size(), 2U);
  EXPECT_EQ(dropped[0].topic, "a");
  EXPECT_EQ(dropped[0].too_many, 95U + 98U);
  EXPECT_EQ(dropped[0].no_room, 0U);
  EXPECT_EQ(dropped[1].too_many, 95U);
}

TEST(InboxLoad, KnowsNoSourcesWhereNobodyTellsThemApart) {
  InboxBounds all = bounds();
  all.classify = nullptr;
  InboxLoad load(all);
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += load.add("a", 10, kNow) ? 1 : 0;
  EXPECT_EQ(taken, 20);
  EXPECT_EQ(load.dropped(), 80U);
  EXPECT_TRUE(load.take_dropped().empty());
}

}  // namespace
}  // namespace xalink
