// A store that was put back from an older copy knows what it lacks, and says what came back and what did not.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <string>

#include "gateway/boards.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

/// A birth of a board that believes rows of measurements up to `claimed` safe.
Fact born_believing(RowId claimed, std::int64_t at, const std::string& epoch = kEpochA) {
  auto birth = std::get<fact::NodeBorn>(born(1, at, epoch));
  birth.claimed[index(Lane::measurements)] = claimed;
  return birth;
}

Fact gap_arrived(RowId first, RowId last, const std::string& reason, std::int64_t at = kNoon) {
  Batch batch;
  batch.epoch = kEpochA;
  batch.lane = Lane::measurements;
  batch.schemas.push_back(gap_schema(batch.lane));
  batch.items.push_back(make_gap(0, first, last, last - first + 1, reason, record_of(last + 1).stamp));
  return arrived(std::move(batch), kSite, at);
}

class RecoveryTest : public StoreTest {
 protected:
  [[nodiscard]] Fleet fleet() {
    auto fleet = read_fleet(file());
    EXPECT_TRUE(fleet.has_value());
    return fleet ? *fleet : Fleet{};
  }
  [[nodiscard]] Board board() { return fleet().boards.at(0); }
};

TEST_F(RecoveryTest, ABirthThatBelievesNoMoreThanIsHereIsNoNews) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 40)), born_believing(40, kNoon + 1)});
  EXPECT_TRUE(board().recoveries.empty());
  EXPECT_EQ(missing_as_text(fleet(), at_ms(kNoon), Language::english), "");
}

TEST_F(RecoveryTest, TellsWhatIsStillToComeAndWhatIsGoneForGood) {
  commit({arrived(rows(kEpochA, 1, 40)), born_believing(100, kNoon + 1)});
  auto one = board();
  ASSERT_EQ(one.recoveries.size(), 1U);
  EXPECT_EQ(one.recoveries[0].first, 41U);
  EXPECT_EQ(one.recoveries[0].last, 100U);
  EXPECT_EQ(one.recoveries[0].found, at_ms(kNoon + 1));
  EXPECT_EQ(one.recoveries[0].to_come, 60U);
  EXPECT_FALSE(one.recoveries[0].settled);

  commit({gap_arrived(41, 55, "forgotten"), arrived(rows(kEpochA, 56, 80))});
  one = board();
  EXPECT_EQ(one.recoveries[0].gone, 15U);
  EXPECT_EQ(one.recoveries[0].back, 25U);
  EXPECT_EQ(one.recoveries[0].to_come, 20U);
  const auto half = missing_as_text(fleet(), at_ms(kNoon), Language::english);
  EXPECT_NE(half.find("VN-03/site-a  measurements: rows 41 to 100"), std::string::npos) << half;
  EXPECT_NE(half.find("25 came back, 15 gone for good, 20 to come"), std::string::npos) << half;

  commit({arrived(rows(kEpochA, 81, 130), kSite, kNoon + 9)});
  one = board();
  EXPECT_EQ(one.recoveries[0].settled, at_ms(kNoon + 9));
  EXPECT_EQ(one.recoveries[0].back, 45U);
  EXPECT_EQ(one.recoveries[0].gone, 15U);
  EXPECT_EQ(one.recoveries[0].to_come, 0U);
  ASSERT_EQ(one.gone.size(), 1U);
  EXPECT_EQ(one.gone[0].reason, "forgotten");
  EXPECT_EQ(one.gone[0].records, 15U);
  EXPECT_EQ(one.gone[0].gaps, 1U);
  EXPECT_EQ(one.gone[0].since, record_of(40).stamp.wall);
  EXPECT_EQ(one.gone[0].until, record_of(56).stamp.wall);
  const auto text = missing_as_text(fleet(), at_ms(kNoon), Language::vietnamese);
  EXPECT_NE(text.find("số đo: dòng 41 đến 100"), std::string::npos) << text;
  EXPECT_NE(text.find("Mất hẳn:"), std::string::npos) << text;
  EXPECT_NE(text.find("15 bản ghi"), std::string::npos) << text;
  EXPECT_NE(text.find("không còn giữ"), std::string::npos) << text;
  const auto table = boards_as_table(fleet(), at_ms(kNoon), Language::english);
  EXPECT_NE(table.find("the board no longer held them"), std::string::npos) << table;
  const auto json = boards_as_json(fleet(), at_ms(kNoon));
  EXPECT_NE(json.find(R"("recoveries":[{"lane":1,"first":41,"last":100,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("back":45,"gone":15,"to_come":0,"replaced":false}])"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("gone":[{"lane":1,"reason":"forgotten","records":15,"gaps":1,)"), std::string::npos)
      << json;
}

TEST_F(RecoveryTest, CountsAGapThatReachesBeyondTheHoleOnlyWithinIt) {
  commit({arrived(rows(kEpochA, 1, 40)), born_believing(100, kNoon + 1), gap_arrived(41, 160, "forgotten")});
  const auto one = board();
  EXPECT_EQ(one.recoveries[0].gone, 60U);
  EXPECT_EQ(one.recoveries[0].back, 0U);
  EXPECT_TRUE(one.recoveries[0].settled);
  EXPECT_EQ(one.gone[0].records, 120U);
  EXPECT_FALSE(one.gone[0].until) << "nothing came after it yet";
}

TEST_F(RecoveryTest, TakesPartsOfAGapThatTouchForOne) {
  commit({arrived(rows(kEpochA, 1, 40)), gap_arrived(41, 50, "lost"), gap_arrived(51, 60, "lost"),
          arrived(rows(kEpochA, 61, 70)), gap_arrived(71, 72, "lost"), arrived(rows(kEpochA, 73, 80))});
  const auto one = board();
  ASSERT_EQ(one.gone.size(), 1U);
  EXPECT_EQ(one.gone[0].records, 22U);
  EXPECT_EQ(one.gone[0].gaps, 2U);
  EXPECT_EQ(one.gone[0].since, record_of(40).stamp.wall);
  EXPECT_EQ(one.gone[0].until, record_of(73).stamp.wall);
}

TEST_F(RecoveryTest, SurvivesRestartsAndRebirths) {
  commit({arrived(rows(kEpochA, 1, 40)), born_believing(100, kNoon + 1)});
  restart();
  // The board goes on from where it was in sending again, and believes less for now.
  commit({arrived(rows(kEpochA, 41, 60)), born_believing(60, kNoon + 2)});
  restart();
  commit({born_believing(120, kNoon + 3)});
  auto one = board();
  ASSERT_EQ(one.recoveries.size(), 1U) << "one hole";
  EXPECT_EQ(one.recoveries[0].last, 120U);
  EXPECT_EQ(one.recoveries[0].back, 20U);
  restart();
  commit({arrived(rows(kEpochA, 61, 120), kSite, kNoon + 4)});
  one = board();
  EXPECT_EQ(one.recoveries[0].back, 80U);
  EXPECT_EQ(one.recoveries[0].settled, at_ms(kNoon + 4));
  EXPECT_TRUE(one.gone.empty());
}

TEST_F(RecoveryTest, SaysThatTheRestOfAReplacedOutboxComesByHandOnly) {
  commit({arrived(rows(kEpochA, 1, 40)), born_believing(100, kNoon + 1), born(2, kNoon + 2, kEpochB),
          arrived(rows(kEpochB, 1, 5), kSite, kNoon + 3)});
  auto one = board();
  ASSERT_EQ(one.recoveries.size(), 1U);
  EXPECT_TRUE(one.recoveries[0].replaced);
  EXPECT_NE(missing_as_text(fleet(), at_ms(kNoon), Language::english).find("xalink-gateway import"),
            std::string::npos);
  // A file from the old card brings them after all.
  commit({arrived(rows(kEpochA, 41, 100), kSite, kNoon + 5)});
  one = board();
  EXPECT_TRUE(one.recoveries[0].settled);
  EXPECT_FALSE(one.recoveries[0].replaced);
  EXPECT_EQ(one.recoveries[0].back, 60U);
}

TEST_F(RecoveryTest, AnOlderStoreIsBroughtUpToDate) {
  commit({arrived(rows(kEpochA, 1, 40)), gap_arrived(41, 50, "lost"), arrived(rows(kEpochA, 51, 60))});
  restart();
  {
    SQLite::Database older(file().string(), SQLite::OPEN_READWRITE);
    older.exec(kDropRollups);
    older.exec(
        "DROP VIEW record_time; DROP TABLE boot_use; DROP TABLE boot_clock; "
        "DROP TABLE continuation; DROP TABLE recovery; DROP INDEX gap; PRAGMA user_version = 2");
  }
  commit({born_believing(100, kNoon + 1)});
  const auto one = board();
  EXPECT_EQ(one.gone.at(0).records, 10U);
  EXPECT_EQ(one.recoveries.at(0).first, 61U);
}

TEST_F(RecoveryTest, DoesNotBelieveRowsThatNoStoreCanNumber) {
  commit({born_believing(~RowId{0}, kNoon)});
  EXPECT_TRUE(board().recoveries.empty());
}

}  // namespace
}  // namespace xalink::test
