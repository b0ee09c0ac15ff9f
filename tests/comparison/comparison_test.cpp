// The judge is judged: each kind of loss is put into a store by hand and has to be found.

#include "tests/comparison/comparison.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "sparkplug/packed_values.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

std::string schema_text(const char* file) {
  std::ifstream in(std::string(XALINK_SOURCES "/") + file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Comparing : public testing::Test {
 protected:
  Comparing() {
    outbox_.exec(schema_text("agent/outbox/schema.sql"));
    // Of format 3, whose other changes add columns that nothing here looks at.
    outbox_.exec(
        "CREATE TABLE predecessor(id INTEGER PRIMARY KEY, epoch TEXT, last_0 INTEGER, last_1 INTEGER)");
    store_.exec(schema_text("gateway/store/schema.sql"));
    const std::vector<Column> taken = {{"RTT mean", DataType::uint32, "us"},
                                       {"Loss", DataType::float32, "%"}};
    // As it arrives: without units, and absent columns left out.
    const std::vector<Column> kept = {{"RTT mean", DataType::uint32, ""}};
    outbox_.exec("INSERT INTO meta VALUES(1, 'e', 0); INSERT INTO boot VALUES(1, 'b', 0, 0, 2)");
    add_shape(outbox_, "INSERT INTO schema VALUES(1, 'network', 'Ping/gateway', 1, ?)", taken);
    store_.exec(
        "INSERT INTO node VALUES(1, 'VN-03', 'one', 0), (2, 'VN-03', 'two', 0);"
        "INSERT INTO epoch VALUES(7, 1, 'e', 0), (8, 1, 'another', 0); INSERT INTO boot VALUES(5, 'b')");
    add_shape(store_, "INSERT INTO schema VALUES(9, 'network', 'Ping/gateway', ?)", kept);
    for (std::int64_t row = 1; row <= 5; ++row) take(row, 100 + row);
  }

  static void add_shape(SQLite::Database& database, const char* sql, const std::vector<Column>& columns) {
    SQLite::Statement insert(database, sql);
    const std::string packed = pack_columns(columns);
    insert.bind(1, packed.data(), static_cast<int>(packed.size()));
    insert.exec();
  }

  void take(std::int64_t row, std::int64_t rtt) {
    const std::vector<Column> columns = {{"RTT mean", DataType::uint32, ""}, {"Loss", DataType::float32, ""}};
    const std::vector<Value> values = {static_cast<std::uint64_t>(rtt), std::monostate{}};
    const std::string body = pack(columns, values);
    SQLite::Statement insert(outbox_, "INSERT INTO lane_1 VALUES(?, NULL, 1, 1, ?, ?, 2, ?)");
    insert.bind(1, row);
    insert.bind(2, 10 * row);
    insert.bind(3, 1000 * row);
    insert.bind(4, body.data(), static_cast<int>(body.size()));
    insert.exec();
    outbox_.exec("UPDATE position SET row_id = max(row_id, " + std::to_string(row) +
                 ") WHERE lane = 1 AND what = 'last'");
  }

  /// `like`: the row of the outbox whose times it has.
  void keep(std::int64_t row, std::int64_t rtt, std::int64_t like, std::int64_t epoch = 7) {
    const std::vector<Column> columns = {{"RTT mean", DataType::uint32, ""}};
    const std::vector<Value> values = {static_cast<std::uint64_t>(rtt)};
    const std::string body = pack(columns, values);
    SQLite::Statement insert(store_, "INSERT INTO record VALUES(?, 1, ?, NULL, 9, 5, ?, ?, 2, 0, ?)");
    insert.bind(1, epoch);
    insert.bind(2, row);
    insert.bind(3, 10 * like + 400);  // time since boot is carried once for a run: a little off
    insert.bind(4, 1000 * like);
    insert.bind(5, body.data(), static_cast<int>(body.size()));
    insert.exec();
  }
  void keep(std::int64_t row) { keep(row, 100 + row, row); }

  Comparison compare(StoreState state = StoreState::settled) {
    auto comparison = compare_stores(folder_ / "outbox.db", folder_ / "store.db", state);
    EXPECT_TRUE(comparison) << (comparison ? "" : comparison.error().to_string());
    return comparison.value_or(Comparison{});
  }

  ScratchFolder folder_;
  SQLite::Database outbox_{(folder_ / "outbox.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  SQLite::Database store_{(folder_ / "store.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

TEST_F(Comparing, HoldsWhenEachRecordIsThereOnce) {
  for (std::int64_t row = 1; row <= 5; ++row) keep(row);
  EXPECT_TRUE(compare().holds());
  EXPECT_EQ(compare().to_string(), "5 records committed, 0 missing, 0 duplicated");
}

TEST_F(Comparing, FindsRowsMissingInTheMiddleAndAtTheEnd) {
  keep(1);
  keep(4);
  EXPECT_EQ(compare().missing, 3U);
  EXPECT_EQ(compare().committed, 2U);
  EXPECT_FALSE(compare().holds());
}

TEST_F(Comparing, FindsEverythingMissingInAStoreThatNeverHeardOfTheOutbox) {
  store_.exec("DELETE FROM epoch WHERE uuid = 'e'");
  EXPECT_EQ(compare().missing, 5U);
}

TEST_F(Comparing, FindsForgottenRowsByTheirNumber) {
  outbox_.exec("DELETE FROM lane_1 WHERE row_id <= 3");
  for (const std::int64_t row : {1, 3, 4, 5}) keep(row);
  EXPECT_EQ(compare().missing, 1U);
}

TEST_F(Comparing, FindsARecordKeptUnderTwoRowIds) {
  for (std::int64_t row = 1; row <= 4; ++row) keep(row);
  keep(5, 104, 4);
  const Comparison found = compare();
  EXPECT_EQ(found.duplicated, 1U);
  EXPECT_EQ(found.altered, 1U) << "and row 5 is not what was taken";
}

TEST_F(Comparing, AllowsARecordThatWasTakenTwice) {
  SQLite::Statement twice(outbox_,
                          "INSERT INTO lane_1 SELECT 6, first, schema, boot, boot_ms, wall_ms, quality, body "
                          "FROM lane_1 WHERE row_id = 5");
  twice.exec();
  outbox_.exec("UPDATE position SET row_id = 6 WHERE lane = 1 AND what = 'last'");
  for (std::int64_t row = 1; row <= 5; ++row) keep(row);
  keep(6, 105, 5);
  EXPECT_EQ(compare().to_string(), "6 records committed, 0 missing, 0 duplicated");
}

TEST_F(Comparing, TellsRowsStillToBeSentFromLostOnes) {
  outbox_.exec("UPDATE position SET row_id = 4 WHERE lane = 1 AND what = 'acknowledged'");
  for (const std::int64_t row : {1, 2, 3}) keep(row);
  const Comparison found = compare();
  EXPECT_EQ(found.missing, 2U);
  ASSERT_EQ(found.examples.size(), 2U);
  EXPECT_EQ(found.examples[0], "lane 1 row 4 to 4 missing");
  EXPECT_EQ(found.examples[1], "lane 1 row 5 to 5 missing, not acknowledged: still to be sent");
}

TEST_F(Comparing, FindsAnEpochKeptForTwoNodes) {
  store_.exec("INSERT INTO epoch VALUES(10, 2, 'e', 0)");
  for (std::int64_t row = 1; row <= 5; ++row) keep(row);
  keep(1, 101, 1, /*epoch=*/10);
  EXPECT_EQ(compare().duplicated, 1U);
}

TEST_F(Comparing, FindsAnAlteredValueAndAnAlteredTime) {
  for (std::int64_t row = 1; row <= 3; ++row) keep(row);
  keep(4, 999, 4);
  keep(5);
  store_.exec("UPDATE record SET wall_ms = wall_ms + 1 WHERE row_id = 5");
  EXPECT_EQ(compare().altered, 2U);
  EXPECT_EQ(compare().committed, 3U);
}

TEST_F(Comparing, CountsWhatAGapStandsForAsGivenUpAndNotAsMissing) {
  keep(1);
  store_.exec("INSERT INTO record VALUES(7, 1, 4, 2, 9, 5, 0, 0, 2, 0, x'')");
  keep(5);
  EXPECT_TRUE(compare().holds());
  EXPECT_EQ(compare().given_up, 3U);
}

TEST_F(Comparing, FindsRowsThatWereNeverGivenOutUnlessTheOutboxIsAnOlderCopy) {
  for (std::int64_t row = 1; row <= 6; ++row) keep(row);
  EXPECT_EQ(compare().unknown, 1U);
  EXPECT_FALSE(compare().holds());
  EXPECT_TRUE(compare(StoreState::ahead_allowed).holds());
}

TEST_F(Comparing, CountsRowsOfAnEpochThatTheOutboxContinues) {
  outbox_.exec("INSERT INTO predecessor VALUES(1, 'another', 0, 3)");
  for (std::int64_t row = 1; row <= 3; ++row) keep(row, 100 + row, row, /*epoch=*/8);
  keep(4, 7, 7, /*epoch=*/8);  // of the old epoch alone
  keep(4);
  EXPECT_FALSE(compare().holds()) << "row 5 is missing";
  keep(5);
  EXPECT_TRUE(compare().holds());
  keep(3);
  EXPECT_FALSE(compare().holds()) << "row 3 is there under both";
}

TEST_F(Comparing, LeavesOtherEpochsAlone) {
  for (std::int64_t row = 1; row <= 5; ++row) keep(row);
  keep(1, 7, 7, /*epoch=*/8);
  EXPECT_TRUE(compare().holds());
}

}  // namespace
}  // namespace xalink
