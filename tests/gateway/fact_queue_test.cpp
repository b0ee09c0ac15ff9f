#include "gateway/fact_queue.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

Fact set_aside(std::size_t bytes) {
  return fact::SetAside{"topic", std::string(bytes, 'x'), "reason", at_ms(kNoon)};
}
Fact died() {
  return fact::NodeDied{kSite, at_ms(kNoon), "death certificate"};
}

TEST(FactQueue, GivesFactsInTheOrderTheyCame) {
  FactQueue queue{FactQueueLimits{}};
  EXPECT_TRUE(queue.push(born(1, kNoon)));
  EXPECT_TRUE(queue.push(arrived(rows(kEpochA, 1, 3))));
  EXPECT_TRUE(queue.push(died()));
  EXPECT_EQ(queue.records(), 3U);
  const auto taken = queue.take();
  ASSERT_EQ(taken->size(), 3U);
  EXPECT_TRUE(std::holds_alternative<fact::NodeBorn>((*taken)[0]));
  EXPECT_TRUE(std::holds_alternative<fact::NodeDied>((*taken)[2]));
  EXPECT_TRUE(queue.empty());
}

TEST(FactQueue, BoundsOneCommitButAlwaysGivesAFact) {
  FactQueueLimits limits;
  limits.records_of_one_commit = 10;
  FactQueue queue(limits);
  for (RowId row = 1; row <= 12; row += 4) EXPECT_TRUE(queue.push(arrived(rows(kEpochA, row, row + 3))));
  EXPECT_TRUE(queue.push(arrived(rows(kEpochA, 13, 40))));
  EXPECT_EQ(queue.take()->size(), 2U);
  EXPECT_EQ(queue.take()->size(), 1U);
  EXPECT_EQ(queue.take()->size(), 1U);
  EXPECT_EQ(queue.records(), 0U);
}

TEST(FactQueue, CountsWhatIsBeingCommittedUntilItIsDone) {
  FactQueue queue{FactQueueLimits{}};
  EXPECT_TRUE(queue.push(set_aside(1000)));
  const auto bytes = queue.bytes();
  EXPECT_GE(bytes, 1000U);
  const auto taken = queue.take();
  EXPECT_EQ(queue.bytes(), bytes);
  queue.done();
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(FactQueue, RefusesRecordsFirstThenMessagesThenPresence) {
  FactQueueLimits limits;
  limits.bytes = 100'000;
  FactQueue queue(limits);
  while (queue.push(arrived(rows(kEpochA, 1, 10)))) {
  }
  EXPECT_LE(queue.bytes(), 100'000U);
  EXPECT_EQ(queue.refused().records, 10U);
  EXPECT_EQ(queue.refused().others, 0U);
  while (queue.push(set_aside(2000))) {
  }
  EXPECT_LE(queue.bytes(), 125'000U);
  EXPECT_EQ(queue.refused().others, 1U);
  EXPECT_TRUE(queue.push(died()));
  while (queue.push(died())) {
  }
  EXPECT_LE(queue.bytes(), 150'000U);
  EXPECT_EQ(queue.refused().others, 2U);
}

}  // namespace
}  // namespace xalink::test
