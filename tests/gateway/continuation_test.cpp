// Boards whose damaged outbox was salvaged into one with a new epoch: each record once, whichever way it
// came.

#include <gtest/gtest.h>

#include "gateway/boards.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

const std::string kEpochC = "00000000-0000-4000-8000-00000000000c";

class ContinuationTest : public StoreTest {
 protected:
  static Fact born_again(const std::string& epoch, std::vector<Predecessor> continues) {
    auto fact = born(2, kNoon + 1, epoch);
    std::get<fact::NodeBorn>(fact).continues = std::move(continues);
    return fact;
  }
  RowId mark_after(const Fact& birth, Lane lane = Lane::measurements) {
    return commit({birth})[index(lane)].mark;
  }
};

TEST_F(ContinuationTest, TakesNoRowTwiceUnderTheNewEpoch) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 70))});
  // 90 rows could be salvaged; the gateway has 70 of them.
  EXPECT_EQ(mark_after(born_again(kEpochB, {{kEpochA, {0, 90}}})), 70U);
  const auto mark = commit_one(rows(kEpochB, 71, 100));
  EXPECT_EQ(mark.mark, 100U);
  EXPECT_FALSE(mark.hole);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 100);
  EXPECT_EQ(number("SELECT count(DISTINCT row_id) FROM record"), 100);
  EXPECT_EQ(number("SELECT sum(records) FROM mark"), 100);
  const auto fleet = read_fleet(file());
  ASSERT_TRUE(fleet) << fleet.error().to_string();
  EXPECT_EQ(fleet->boards.at(0).lanes[index(Lane::measurements)].records, 100U);
  EXPECT_EQ(fleet->boards.at(0).salvaged_from, std::vector<std::string>{kEpochA});
  const auto table = boards_as_table(*fleet, at_ms(kNoon), Language::english);
  EXPECT_NE(table.find(to_string(kSite) + ": its outbox was damaged"), std::string::npos) << table;
  EXPECT_NE(table.find("goes on from 1 earlier"), std::string::npos) << table;
  const auto translated = boards_as_table(*fleet, at_ms(kNoon), Language::vietnamese);
  EXPECT_NE(translated.find("nối tiếp từ 1 outbox trước"), std::string::npos) << translated;
}

TEST_F(ContinuationTest, TakesWhatTheOldOutboxCouldNotSave) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 70))});
  // Its last rows are gone: 61.. of the new one are others than those of the old one.
  EXPECT_EQ(mark_after(born_again(kEpochB, {{kEpochA, {0, 60}}})), 60U);
  EXPECT_EQ(commit_one(rows(kEpochB, 61, 80)).mark, 80U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 90);
}

TEST_F(ContinuationTest, SkipsOldRowsThatComeByHandLater) {
  commit({born_again(kEpochB, {{kEpochA, {0, 50}}}), arrived(rows(kEpochB, 1, 80))});
  const auto late = commit_one(rows(kEpochA, 1, 60));
  EXPECT_EQ(late.mark, 60U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 90) << "51..60 are rows that the new outbox lost";
}

TEST_F(ContinuationTest, FollowsSeveralDamagesInARowAlsoAfterARestart) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 30))});
  restart();
  // The gateway never heard of the second outbox.
  EXPECT_EQ(mark_after(born_again(kEpochC, {{kEpochB, {0, 50}}, {kEpochA, {0, 40}}})), 30U);
  restart();
  EXPECT_EQ(commit_one(rows(kEpochC, 31, 60)).mark, 60U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 60);
}

TEST_F(ContinuationTest, IsOfOneBoardOnly) {
  const NodeId other{"VN-03", "site-b"};
  commit({born(1, kNoon, kEpochA, other), arrived(rows(kEpochA, 1, 30), other)});
  EXPECT_EQ(mark_after(born_again(kEpochB, {{kEpochA, {0, 30}}})), 0U) << "another board's rows";
}

}  // namespace
}  // namespace xalink::test
