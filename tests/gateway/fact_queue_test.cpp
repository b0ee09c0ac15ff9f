#include "gateway/fact_queue.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/fakes/fault_seeds.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

const NodeId kOther{"VN-03", "site-b"};

Fact set_aside(std::size_t bytes, const std::string& node = "site-a") {
  return fact::SetAside{"spBv1.0/VN-03/NDATA/" + node, std::string(bytes, 'x'), "reason", at_ms(kNoon), 0};
}
Fact died(const NodeId& node = kSite) {
  return fact::NodeDied{node, at_ms(kNoon), "death certificate"};
}
bool taken(const FactQueue::Refused& refused) {
  return refused.records + refused.others == 0;
}
NodeId board(std::size_t number) {
  return {"VN-03", "site-" + std::to_string(number)};
}

TEST(FactQueue, GivesFactsOfABoardInTheOrderTheyCame) {
  FactQueue queue{FactQueueLimits{}};
  EXPECT_TRUE(taken(queue.push(born(1, kNoon))));
  EXPECT_TRUE(taken(queue.push(arrived(rows(kEpochA, 1, 3)))));
  EXPECT_TRUE(taken(queue.push(died())));
  EXPECT_EQ(queue.records(), 3U);
  const auto facts = queue.take();
  ASSERT_EQ(facts->size(), 3U);
  EXPECT_TRUE(std::holds_alternative<fact::NodeBorn>((*facts)[0]));
  EXPECT_TRUE(std::holds_alternative<fact::NodeDied>((*facts)[2]));
  EXPECT_TRUE(queue.empty());
}

TEST(FactQueue, BoundsOneCommitButAlwaysGivesAFact) {
  FactQueueLimits limits;
  limits.rows_of_one_commit = 11;
  FactQueue queue(limits);
  for (RowId row = 1; row <= 12; row += 4)
    EXPECT_TRUE(taken(queue.push(arrived(rows(kEpochA, row, row + 3)))));
  EXPECT_TRUE(taken(queue.push(arrived(rows(kEpochA, 13, 40)))));
  EXPECT_EQ(queue.take()->size(), 2U);
  EXPECT_EQ(queue.take()->size(), 1U);
  EXPECT_EQ(queue.take()->size(), 1U);
  EXPECT_EQ(queue.records(), 0U);
  EXPECT_EQ(queue.rows(), 0U);
}

TEST(FactQueue, CountsWhatIsBeingCommittedUntilItIsDone) {
  FactQueue queue{FactQueueLimits{}};
  EXPECT_TRUE(taken(queue.push(set_aside(1000))));
  const auto bytes = queue.bytes();
  EXPECT_GE(bytes, 1000U);
  const auto facts = queue.take();
  EXPECT_EQ(queue.bytes(), bytes);
  EXPECT_EQ(queue.bytes_of(kSite), bytes) << "a message set aside is its board's";
  queue.done();
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(queue.bytes_of(kSite), 0U);
}

TEST(FactQueue, RefusesRecordsFirstThenMessagesThenPresence) {
  FactQueueLimits limits;
  limits.bytes = 1'000'000;
  limits.bytes_of_one_board = 100'000;
  FactQueue queue(limits);
  while (taken(queue.push(arrived(rows(kEpochA, 1, 10))))) {
  }
  EXPECT_LE(queue.bytes(), 100'000U);
  EXPECT_EQ(queue.refused().records, 10U);
  EXPECT_EQ(queue.refused().others, 0U);
  while (taken(queue.push(set_aside(2000)))) {
  }
  EXPECT_LE(queue.bytes(), 125'000U);
  EXPECT_EQ(queue.refused().others, 1U);
  EXPECT_TRUE(taken(queue.push(died())));
  while (taken(queue.push(died()))) {
  }
  EXPECT_LE(queue.bytes(), 150'000U);
  EXPECT_EQ(queue.refused().others, 2U);
}

TEST(FactQueue, LeavesRoomForOthersHoweverManyFlood) {
  FactQueueLimits limits;
  limits.bytes = 1'000'000;
  limits.bytes_of_one_board = 1'000'000;
  for (const std::size_t floods : {1U, 2U, 5U}) {
    FactQueue queue(limits);
    bool more = true;
    while (more) {
      more = false;
      for (std::size_t i = 0; i < floods; ++i)
        more |= taken(queue.push(arrived(rows(kEpochA, 1, 1), board(i))));
    }
    // Each has what is free: floods + 1 equal parts.
    EXPECT_NEAR(static_cast<double>(queue.bytes_of(board(0))), 1e6 / static_cast<double>(floods + 1), 3000.0);
    EXPECT_TRUE(taken(queue.push(arrived(rows(kEpochB, 1, 20), kOther)))) << floods << " floods";
  }
}

TEST(FactQueue, TakesALargeMessageOfABoardThatHasNothingElseThere) {
  FactQueueLimits limits;
  limits.bytes = 1'000'000;
  limits.bytes_of_one_board = 10'000;
  FactQueue queue(limits);
  EXPECT_TRUE(taken(queue.push(arrived(rows(kEpochA, 1, 500)))));
  EXPECT_FALSE(taken(queue.push(arrived(rows(kEpochA, 501, 501)))));
  EXPECT_EQ(queue.take()->size(), 1U) << "and it does not wait for ever for its turn";
}

TEST(FactQueue, GivesABoardWithLittleToSayItsTurnInTheNextCommit) {
  FactQueueLimits limits;
  limits.rows_of_one_commit = 1000;
  FactQueue queue(limits);
  for (RowId row = 1; row <= 20'000; row += 50) {
    ASSERT_TRUE(taken(queue.push(arrived(rows(kEpochA, row, row + 49)))));
  }
  static_cast<void>(queue.take());
  ASSERT_TRUE(taken(queue.push(arrived(rows(kEpochB, 1, 1), kOther))));
  const auto facts = queue.take();
  EXPECT_TRUE(
      std::any_of(facts->begin(), facts->end(), [](const Fact& fact) { return owner_of(fact) == kOther; }));
}

// Boards of every appetite push at random; some flood. Whatever is taken is each board's own order with
// nothing missing, bounds hold, and nobody waits for more than a few commits.
TEST(FactQueue, KeepsEachBoardsOrderAndStarvesNobody) {
  const auto seeds = fault_seeds(4);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    std::mt19937_64 random(seed);
    const auto up_to = [&](std::size_t most) { return random() % (most + 1); };
    FactQueueLimits limits;
    limits.bytes = 400'000;
    limits.bytes_of_one_board = 50'000 + up_to(350'000);
    limits.rows_of_one_commit = 50 + up_to(200);
    limits.bytes_of_one_turn = 1000 + up_to(30'000);
    FactQueue queue(limits);
    constexpr std::size_t kBoards = 8;
    std::vector<RowId> next(kBoards, 1);          // to push
    std::vector<RowId> expected(kBoards, 1);      // to take
    std::vector<std::size_t> waited(kBoards, 0);  // commits since something of it was waiting
    for (int step = 0; step < 2000; ++step) {
      const std::size_t who = up_to(kBoards - 1);
      const std::size_t many = who < 2 ? 30 : 1;
      for (std::size_t i = 0; i < many; ++i) {
        const RowId last = next[who] + (who < 2 ? up_to(20) : 0);
        if (taken(queue.push(arrived(rows(kEpochA, next[who], last), board(who))))) next[who] = last + 1;
        // Only who has much waiting is ever refused.
        else
          ASSERT_GT(queue.bytes_of(board(who)), 20'000U) << "seed " << seed;
      }
      ASSERT_LE(queue.bytes(), limits.bytes) << "seed " << seed;
      if (up_to(3) > 0) continue;
      const auto facts = queue.take();
      std::size_t rows_taken = 0;
      std::vector<bool> served(kBoards, false);
      for (const auto& fact : *facts) {
        const auto& batch = std::get<fact::Arrived>(fact).batch;
        const auto of = static_cast<std::size_t>(owner_of(fact).node.back() - '0');
        ASSERT_EQ(batch.first(), expected[of]) << "seed " << seed << ": " << owner_of(fact).node;
        expected[of] = batch.last() + 1;
        rows_taken += batch.items.size() + 1;
        served[of] = true;
      }
      ASSERT_TRUE(rows_taken <= limits.rows_of_one_commit || facts->size() == 1) << "seed " << seed;
      queue.done();
      for (std::size_t of = 0; of < kBoards; ++of) {
        waited[of] = served[of] || expected[of] == next[of] ? 0 : waited[of] + 1;
        // A turn of each other board at most: their bytes over what a commit holds, and a large fact saves
        // up.
        ASSERT_LE(waited[of], 60U) << "seed " << seed << ": site-" << of;
      }
    }
    while (!queue.empty()) {
      static_cast<void>(queue.take());
      queue.done();
    }
    EXPECT_EQ(queue.bytes(), 0U);
    EXPECT_EQ(queue.records(), 0U);
    EXPECT_EQ(queue.rows(), 0U);
  }
}

}  // namespace
}  // namespace xalink::test
