#include "gateway/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "gateway/store/database.hpp"
#include "sparkplug/packed_values.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using LedgerTest = StoreTest;

std::vector<std::pair<RowId, Record>> stored(const std::filesystem::path& file) {
  const SQLite::Database database(file.string(), SQLite::OPEN_READONLY, 5000);
  SQLite::Statement all(database,
                        "SELECT row_id, wall_ms, boot_ms, uuid, quality, columns, body FROM record "
                        "JOIN schema ON schema.id = record.schema JOIN boot ON boot.id = record.boot "
                        "ORDER BY epoch, lane, row_id");
  std::vector<std::pair<RowId, Record>> records;
  while (all.executeStep()) {
    const auto blob = [&](int column) {
      const auto value = all.getColumn(column);
      const auto size = static_cast<std::size_t>(value.getBytes());
      return std::string(static_cast<const char*>(value.getBlob()), size);
    };
    Record record;
    record.stamp.wall = at_ms(all.getColumn(1).getInt64());
    record.stamp.boot_time = Milliseconds(all.getColumn(2).getInt64());
    record.stamp.boot_id = all.getColumn(3).getString();
    record.stamp.quality = static_cast<ClockQuality>(all.getColumn(4).getInt());
    const auto columns = unpack_columns(blob(5));
    EXPECT_TRUE(columns.has_value());
    auto values = unpack(*columns, blob(6));
    EXPECT_TRUE(values.has_value());
    if (values) record.values = std::move(*values);
    records.emplace_back(static_cast<RowId>(all.getColumn(0).getInt64()), std::move(record));
  }
  return records;
}

void expect_rows(const std::filesystem::path& file, RowId first, RowId last) {
  const auto records = stored(file);
  ASSERT_EQ(records.size(), last - first + 1);
  for (RowId row = first; row <= last; ++row) {
    EXPECT_EQ(records[row - first].first, row);
    EXPECT_EQ(records[row - first].second, record_of(row)) << "row " << row;
  }
}

TEST_F(LedgerTest, KeepsExactlyWhatWasSent) {
  const auto mark = commit_one(rows(kEpochA, 1, 120));
  EXPECT_EQ(mark.mark, 120U);
  EXPECT_FALSE(mark.hole);
  EXPECT_EQ(mark.node, kSite);
  EXPECT_EQ(mark.epoch, kEpochA);
  EXPECT_EQ(mark.lane, Lane::measurements);
  expect_rows(file(), 1, 120);
}

TEST_F(LedgerTest, AnswersARepetitionWithTheSameMark) {
  commit_one(rows(kEpochA, 1, 10));
  const auto again = commit_one(rows(kEpochA, 1, 10));
  EXPECT_EQ(again.mark, 10U);
  EXPECT_FALSE(again.hole);
  expect_rows(file(), 1, 10);
}

TEST_F(LedgerTest, StoresOnlyTheNewPartOfAnOverlap) {
  commit_one(rows(kEpochA, 1, 10));
  EXPECT_EQ(commit_one(rows(kEpochA, 6, 15)).mark, 15U);
  expect_rows(file(), 1, 15);
}

TEST_F(LedgerTest, KeepsNothingAboveAHole) {
  commit_one(rows(kEpochA, 1, 10));
  const auto mark = commit_one(rows(kEpochA, 12, 20));
  EXPECT_EQ(mark.mark, 10U);
  EXPECT_TRUE(mark.hole);
  expect_rows(file(), 1, 10);
}

TEST_F(LedgerTest, KeepsWhatStandsBeforeAHoleInsideABatch) {
  auto batch = rows(kEpochA, 1, 9);
  batch.items.erase(batch.items.begin() + 4);
  const auto mark = commit_one(batch);
  EXPECT_EQ(mark.mark, 4U);
  EXPECT_TRUE(mark.hole);
  expect_rows(file(), 1, 4);
}

TEST_F(LedgerTest, RefusesTheFirstBatchWhenItDoesNotBeginAtOne) {
  const auto mark = commit_one(rows(kEpochA, 2, 5));
  EXPECT_EQ(mark.mark, 0U);
  EXPECT_TRUE(mark.hole);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 0);
}

TEST_F(LedgerTest, EndsWithEveryRecordOnceWhateverTheOrderOfBatches) {
  const auto seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr RowId kLast = 400;
  RowId mark = 0;
  for (int round = 0; mark < kLast && round < 100'000; ++round) {
    const auto first = std::uniform_int_distribution<RowId>(mark < 20 ? 1 : mark - 19, mark + 10)(random);
    const auto last = std::min(kLast, first + std::uniform_int_distribution<RowId>(0, 30)(random));
    if (first > last) continue;
    const auto answer = commit_one(rows(kEpochA, first, last));
    EXPECT_EQ(answer.hole, first > mark + 1);
    EXPECT_GE(answer.mark, mark);
    mark = answer.mark;
    if (round % 16 == 0) restart();
  }
  expect_rows(file(), 1, kLast);
}

TEST_F(LedgerTest, NumbersTwoEpochsOfOneNodeApart) {
  commit_one(rows(kEpochA, 1, 5));
  EXPECT_EQ(commit_one(rows(kEpochB, 1, 3)).mark, 3U);
  EXPECT_EQ(commit_one(rows(kEpochA, 6, 7)).mark, 7U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 10);
}

TEST_F(LedgerTest, NumbersLanesApart) {
  EXPECT_EQ(commit_one(rows(kEpochA, 1, 5, Lane::events)).mark, 5U);
  EXPECT_EQ(commit_one(rows(kEpochA, 1, 3, Lane::measurements)).mark, 3U);
  EXPECT_EQ(commit_one(rows(kEpochA, 6, 6, Lane::events)).mark, 6U);
}

TEST_F(LedgerTest, KeepsNodesWithTheSameEpochApart) {
  // A board whose disk was copied: same epoch, other node.
  const NodeId other{"VN-03", "site-b"};
  EXPECT_EQ(commit_one(rows(kEpochA, 1, 5)).mark, 5U);
  EXPECT_EQ(commit_one(rows(kEpochA, 1, 2), other).mark, 2U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 7);
}

TEST_F(LedgerTest, AnswersEachLaneOnceWithItsLastMark) {
  const auto marks = commit({born(1, kNoon), arrived(rows(kEpochA, 1, 4)), arrived(rows(kEpochA, 5, 9)),
                             arrived(rows(kEpochA, 30, 31)), arrived(rows(kEpochA, 10, 10))});
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].lane, Lane::events);
  EXPECT_EQ(marks[0].mark, 0U);
  EXPECT_FALSE(marks[0].hole);
  EXPECT_EQ(marks[1].lane, Lane::measurements);
  EXPECT_EQ(marks[1].mark, 10U);
  EXPECT_TRUE(marks[1].hole);
}

TEST_F(LedgerTest, AnswersABirthWithTheMarksOfItsEpochAfterARestart) {
  commit_one(rows(kEpochA, 1, 42));
  restart();
  const auto marks = commit({born(3, kNoon)});
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[1].mark, 42U);
}

TEST_F(LedgerTest, AnswersNoMarksForANodeWithoutDelivery) {
  EXPECT_TRUE(commit({born(3, kNoon, "")}).empty());
}

Batch gap(RowId first, RowId last, std::uint64_t count) {
  Batch batch;
  batch.epoch = kEpochA;
  batch.lane = Lane::measurements;
  batch.schemas.push_back(gap_schema(Lane::measurements));
  batch.items.push_back(make_gap(0, first, last, count, "space", record_of(last).stamp));
  return batch;
}

TEST_F(LedgerTest, LetsAGapStandForItsRows) {
  commit_one(rows(kEpochA, 1, 10));
  EXPECT_EQ(commit_one(gap(11, 500, 490)).mark, 500U);
  EXPECT_EQ(commit_one(rows(kEpochA, 501, 502)).mark, 502U);
  EXPECT_EQ(number("SELECT first FROM record WHERE row_id = 500"), 11);
  EXPECT_EQ(number("SELECT count(*) FROM record WHERE first IS NOT NULL"), 1);
  EXPECT_EQ(number("SELECT records FROM mark"), 12);
  EXPECT_EQ(number("SELECT given_up FROM mark"), 490);
}

TEST_F(LedgerTest, StoresTheNewPartOfAGapThatBeginsBelowTheMark) {
  commit_one(rows(kEpochA, 1, 10));
  EXPECT_EQ(commit_one(gap(1, 30, 30)).mark, 30U);
  EXPECT_EQ(number("SELECT first FROM record WHERE row_id = 30"), 11);
  EXPECT_EQ(number("SELECT given_up FROM mark"), 20);
}

TEST_F(LedgerTest, SkipsAGapBelowTheMarkAndRefusesOneAboveAHole) {
  commit_one(rows(kEpochA, 1, 10));
  EXPECT_EQ(commit_one(gap(3, 9, 7)).mark, 10U);
  const auto above = commit_one(gap(12, 20, 9));
  EXPECT_EQ(above.mark, 10U);
  EXPECT_TRUE(above.hole);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 10);
}

TEST_F(LedgerTest, CountsAGapOfOneRowAsAGap) {
  EXPECT_EQ(commit_one(gap(1, 1, 1)).mark, 1U);
  EXPECT_EQ(number("SELECT given_up FROM mark"), 1);
  EXPECT_EQ(number("SELECT records FROM mark"), 0);
}

TEST_F(LedgerTest, KeepsNothingOfAnItemThatIsNoRecord) {
  auto batch = rows(kEpochA, 1, 3);
  batch.items[1].record.values.pop_back();
  const auto mark = commit_one(batch);
  EXPECT_EQ(mark.mark, 1U);
  EXPECT_TRUE(mark.hole);
  auto endless = gap(2, std::numeric_limits<RowId>::max(), 1);
  EXPECT_EQ(commit_one(endless).mark, 1U);
}

TEST_F(LedgerTest, RefusesASecondGatewayOnOneStore) {
  ledger();
  const auto second = Ledger::open(file());
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().what.find("in use"), std::string::npos);
  EXPECT_FALSE(second.error().next.empty());
}

TEST_F(LedgerTest, RefusesADatabaseOfSomebodyElse) {
  {
    SQLite::Database other(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE letters(text)");
  }
  const auto opened = Ledger::open(file());
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().what.find("not a store"), std::string::npos);
}

TEST_F(LedgerTest, RefusesAStoreOfANewerVersion) {
  ledger();
  restart();
  {
    SQLite::Database newer(file().string(), SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 1000");
  }
  const auto opened = Ledger::open(file());
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().what.find("newer"), std::string::npos);
}

TEST_F(LedgerTest, ExplainsAFolderThatIsNotThere) {
  const auto opened = Ledger::open(file().parent_path() / "absent" / "gateway.db");
  ASSERT_FALSE(opened.has_value());
  EXPECT_FALSE(opened.error().next.empty());
}

}  // namespace
}  // namespace xalink::test
