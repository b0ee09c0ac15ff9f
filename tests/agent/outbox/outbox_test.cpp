#include "agent/outbox/outbox.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/agent/outbox/outbox_fixture.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/database_view.hpp"

namespace xalink {
namespace {

constexpr std::size_t kEvents = index(Lane::events);
constexpr std::size_t kMeasurements = index(Lane::measurements);

TEST_F(OutboxTest, GivesBackWhatWasAppendedWithRowIdsFromOne) {
  const std::vector<Pending> records{ping(1), ping(2, "internet"), ping(3)};
  EXPECT_EQ(append(records), 3U);
  const auto batch = read(Lane::measurements, 1, 100);
  EXPECT_EQ(batch.epoch, outbox_->epoch());
  EXPECT_EQ(batch.lane, Lane::measurements);
  ASSERT_EQ(batch.items.size(), 3U);
  ASSERT_EQ(batch.schemas.size(), 2U) << "one for each shape, however many records";
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(batch.items[i].first, i + 1);
    EXPECT_EQ(batch.items[i].last, i + 1);
    EXPECT_EQ(batch.schemas[batch.items[i].schema], records[i].schema);
    EXPECT_EQ(batch.items[i].record, records[i].record);
  }
}

TEST_F(OutboxTest, NumbersEachLaneByItself) {
  const auto rows = outbox_->append({dossier_event(1), ping(1), ping(2), dossier_event(2), ping(3)});
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[kEvents], 2U);
  EXPECT_EQ((*rows)[kMeasurements], 3U);
  const auto more = outbox_->append({dossier_event(3)});
  ASSERT_TRUE(more);
  EXPECT_EQ((*more)[kEvents], 3U);
  EXPECT_EQ((*more)[kMeasurements], 3U) << "the other lane stays where it was";
  EXPECT_EQ(read(Lane::events, 1, 10).items.size(), 3U);
  EXPECT_EQ(read(Lane::events, 3, 10).items.front().record, dossier_event(3).record);
}

TEST_F(OutboxTest, KeepsRowIdsAndEpochAcrossARestart) {
  append({ping(1), ping(2)});
  const auto epoch = outbox_->epoch();
  EXPECT_EQ(epoch.size(), 36U);
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_EQ(append({ping(3)}), 3U);
  EXPECT_EQ(read(Lane::measurements, 1, 10).items.size(), 3U);
}

TEST_F(OutboxTest, NeverReusesARowIdEvenWhenAllRowsAreGone) {
  append({ping(1), ping(2), ping(3)});
  change("DELETE FROM lane_1");
  reopen();
  EXPECT_EQ(append({ping(4)}), 4U);
}

TEST_F(OutboxTest, OfEachFileHasAnEpochOfItsOwn) {
  std::set<std::string> epochs{outbox_->epoch()};
  for (int i = 0; i < 20; ++i) {
    auto other = Outbox::open(folder_ / ("other-" + std::to_string(i)));
    ASSERT_TRUE(other);
    EXPECT_TRUE(epochs.insert((*other)->epoch()).second);
  }
}

TEST_F(OutboxTest, CountsBdSeqFromZeroTo255AndAgainAcrossRestarts) {
  for (int expected = 0; expected < 260; ++expected) {
    if (expected % 50 == 7) reopen();
    const auto bdseq = outbox_->next_bdseq();
    ASSERT_TRUE(bdseq) << bdseq.error().to_string();
    ASSERT_EQ(*bdseq, expected % 256);
  }
}

TEST_F(OutboxTest, ReadsNoMoreThanWasAskedFor) {
  std::vector<Pending> records;
  for (std::uint64_t i = 1; i <= 50; ++i) records.push_back(ping(i));
  append(records);
  const auto batch = read(Lane::measurements, 11, 7);
  EXPECT_EQ(batch.items.size(), 7U);
  EXPECT_EQ(batch.first(), 11U);
  EXPECT_EQ(batch.last(), 17U);
  EXPECT_TRUE(read(Lane::measurements, 51, 7).empty());
  EXPECT_TRUE(read(Lane::measurements, 1, 0).empty());
  EXPECT_TRUE(read(Lane::events, 1, 7).empty());
  EXPECT_EQ(read(Lane::measurements, 0, 1).first(), 1U) << "there is no row 0";
}

TEST_F(OutboxTest, GivesRowsBelowTheOldestAsOneGap) {
  append({ping(1), ping(2), ping(3), ping(4), ping(5)});
  change("DELETE FROM lane_1 WHERE row_id <= 3");
  reopen();
  const auto batch = read(Lane::measurements, 2, 10);
  ASSERT_EQ(batch.items.size(), 3U);
  const auto& gap = batch.items.front();
  EXPECT_EQ(batch.schemas[gap.schema], gap_schema(Lane::measurements));
  EXPECT_EQ(gap, make_gap(gap.schema, 2, 3, 2, "forgotten", ping(4).record.stamp));
  EXPECT_EQ(batch.items[1].record, ping(4).record);
  EXPECT_EQ(read(Lane::measurements, 1, 1).items.size(), 1U) << "a gap counts as an item";
  EXPECT_EQ(depth(Lane::measurements).oldest_held, 4U);
}

TEST_F(OutboxTest, GivesAnEmptiedLaneAsOneGapWithATimeThatWas) {
  append({ping(1), ping(2)});
  change("DELETE FROM lane_1");
  reopen();
  const auto batch = read(Lane::measurements, 1, 10);
  ASSERT_EQ(batch.items.size(), 1U);
  EXPECT_EQ(batch.items[0], make_gap(0, 1, 2, 2, "forgotten", ping(1).record.stamp));
  EXPECT_EQ(depth(Lane::measurements).oldest_held, 0U);
}

TEST_F(OutboxTest, GivesRowsMissingInTheMiddleOrAtTheEndAsLost) {
  append({ping(1), ping(2), ping(3), ping(4), ping(5)});
  change("DELETE FROM lane_1 WHERE row_id IN (2, 3, 5)");
  reopen();
  const auto batch = read(Lane::measurements, 1, 10);
  ASSERT_EQ(batch.items.size(), 4U);
  EXPECT_EQ(batch.items[1], make_gap(1, 2, 3, 2, "lost", ping(4).record.stamp));
  EXPECT_EQ(batch.items[2].record, ping(4).record);
  EXPECT_EQ(batch.items[3], make_gap(1, 5, 5, 1, "lost", ping(4).record.stamp));
}

TEST_F(OutboxTest, GivesUnreadableRowsAsGapsAndGoesOn) {
  append({ping(1), ping(2), ping(3), ping(4)});
  change("UPDATE lane_1 SET body = x'ff00' WHERE row_id = 2; UPDATE lane_1 SET schema = 99 WHERE row_id = 3");
  reopen();
  const auto batch = read(Lane::measurements, 1, 10);
  ASSERT_EQ(batch.items.size(), 4U);
  EXPECT_EQ(batch.items[1], make_gap(1, 2, 2, 1, "damaged", ping(2).record.stamp));
  EXPECT_EQ(batch.items[2], make_gap(1, 3, 3, 1, "damaged", ping(3).record.stamp));
  EXPECT_EQ(batch.items[3].record, ping(4).record);
}

TEST_F(OutboxTest, GivesARowThatChangedInPlaceAsAGap) {
  const std::vector<std::string> changes{"wall_ms = wall_ms + 1", "boot_ms = boot_ms + 1",
                                         "quality = 1",           "body = CAST(body || x'00' AS BLOB)",
                                         "seal = seal + 1",       "body = zeroblob(length(body))"};
  append({ping(1), ping(2)});
  for (std::size_t i = 0; i < changes.size(); ++i) {
    append({dossier_event(i + 1)});
    change("UPDATE lane_0 SET " + changes[i] + " WHERE row_id = " + std::to_string(i + 1));
    reopen();
    const auto batch = read(Lane::events, i + 1, 10);
    ASSERT_EQ(batch.items.size(), 1U) << changes[i];
    EXPECT_EQ(batch.schemas[batch.items[0].schema], gap_schema(Lane::events)) << changes[i];
  }
  const auto batch = read(Lane::measurements, 1, 10);
  ASSERT_EQ(batch.items.size(), 2U);
  EXPECT_EQ(batch.items[0].record, ping(1).record);
  EXPECT_EQ(batch.items[1].record, ping(2).record);
}

TEST_F(OutboxTest, GivesStoredGapsAlsoFromTheirMiddle) {
  append({ping(1), ping(2), ping(3), ping(4)});
  // What thinning leaves: rows 1..3 as one.
  change(
      "DELETE FROM lane_1 WHERE row_id < 3;"
      // Columns First 1, Last 3, Count 3, Reason "age".
      "UPDATE lane_1 SET first = 1, schema = NULL, body = x'0f01030303616765', seal = NULL WHERE row_id = 3");
  reopen();
  const auto whole = read(Lane::measurements, 1, 10);
  ASSERT_EQ(whole.items.size(), 2U);
  EXPECT_EQ(whole.items[0], make_gap(0, 1, 3, 3, "age", ping(3).record.stamp));
  EXPECT_EQ(whole.items[1].record, ping(4).record);
  EXPECT_EQ(depth(Lane::measurements).oldest_held, 1U);
  const auto rest = read(Lane::measurements, 3, 10);
  ASSERT_EQ(rest.items.size(), 2U);
  EXPECT_EQ(rest.items[0], make_gap(0, 3, 3, 1, "age", ping(3).record.stamp));
}

TEST_F(OutboxTest, RaisesTheMarkAndNeverLowersIt) {
  append({ping(1), ping(2), ping(3), ping(4), ping(5)});
  EXPECT_EQ(depth(Lane::measurements).acknowledged, 0U);
  EXPECT_EQ(depth(Lane::measurements).oldest_unacknowledged, ping(1).record.stamp.wall);
  EXPECT_TRUE(outbox_->acknowledge(Lane::measurements, 3));
  EXPECT_TRUE(outbox_->acknowledge(Lane::measurements, 2));
  EXPECT_EQ(depth(Lane::measurements).acknowledged, 3U);
  EXPECT_EQ(depth(Lane::measurements).oldest_unacknowledged, ping(4).record.stamp.wall);
  EXPECT_EQ(depth(Lane::events).acknowledged, 0U);
  EXPECT_TRUE(outbox_->acknowledge(Lane::measurements, 5));
  EXPECT_EQ(depth(Lane::measurements).oldest_unacknowledged, std::nullopt);
  EXPECT_EQ(depth(Lane::measurements).last, 5U);
}

TEST_F(OutboxTest, KeepsAcknowledgedRowsAsSpares) {
  append({ping(1), ping(2)});
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 2));
  EXPECT_EQ(depth(Lane::measurements).oldest_held, 1U);
  EXPECT_EQ(read(Lane::measurements, 1, 10).items.size(), 2U);
}

TEST_F(OutboxTest, KeepsTheMarkAcrossARestart) {
  append({ping(1), ping(2)});
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 2));
  reopen();
  EXPECT_EQ(depth(Lane::measurements).acknowledged, 2U);
}

TEST_F(OutboxTest, RefusesAnAcknowledgementOfRowsThatNeverWere) {
  append({ping(1)});
  const auto beyond = outbox_->acknowledge(Lane::measurements, 2);
  ASSERT_FALSE(beyond);
  EXPECT_NE(beyond.error().what.find("row 2 of lane 1"), std::string::npos) << beyond.error().what;
  EXPECT_EQ(depth(Lane::measurements).acknowledged, 0U);
}

TEST_F(OutboxTest, AppendsAllOrNothing) {
  append({ping(1)});
  auto wrong = ping(3);
  wrong.record.values.pop_back();
  const auto refused = outbox_->append({ping(2, "new target"), wrong});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("network/Ping/gateway has 6 values for 7 columns"), std::string::npos)
      << refused.error().what;
  EXPECT_EQ(depth(Lane::measurements).last, 1U);
  EXPECT_EQ(append({ping(2)}), 2U);
}

TEST_F(OutboxTest, RefusesASchemaThatCouldNotBeReadBack) {
  const Pending wrong{Schema{"d", "g", Lane::events, {{"c", DataType::data_set, ""}}},
                      Record{stamp_at(0), {Value{}}}};
  EXPECT_FALSE(outbox_->append({wrong}));
  reopen();
  EXPECT_TRUE(outbox_->schemas()->empty());
}

TEST_F(OutboxTest, AppendsNothingWithoutTouchingTheDisk) {
  append({ping(1)});
  const auto rows = outbox_->append({});
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[kMeasurements], 1U);
}

TEST_F(OutboxTest, KeepsNotesWithTheirRecords) {
  EXPECT_EQ(outbox_->note("file.csv").value(), std::nullopt);
  const auto rows = outbox_->append_with_note({dossier_event(1)}, "file.csv", "taken");
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[kEvents], 1U);
  ASSERT_TRUE(outbox_->append_with_note({}, "other.csv", ""));
  reopen();
  EXPECT_EQ(outbox_->note("file.csv").value(), "taken");
  EXPECT_EQ(outbox_->note("other.csv").value(), "");
  ASSERT_TRUE(outbox_->append_with_note({}, "file.csv", "moved"));
  EXPECT_EQ(outbox_->note("file.csv").value(), "moved");
  auto wrong = dossier_event(2);
  wrong.record.values.clear();
  EXPECT_FALSE(outbox_->append_with_note({wrong}, "file.csv", "not this"));
  EXPECT_EQ(outbox_->note("file.csv").value(), "moved");
}

TEST_F(OutboxTest, KnowsTheShapesOfItsRecordsAcrossARestart) {
  append({ping(1), dossier_event(1), ping(2, "internet"), ping(3)});
  reopen();
  const std::vector<Schema> expected{ping_to("gateway"), dossier(), ping_to("internet")};
  EXPECT_EQ(outbox_->schemas().value(), expected);
  append({ping(4)});
  EXPECT_EQ(outbox_->schemas()->size(), 3U);
}

TEST_F(OutboxTest, TakesAChangedShapeForAnother) {
  append({ping(1)});
  auto changed = ping(2);
  changed.schema.columns.back().unit = "new";
  append({changed});
  const auto batch = read(Lane::measurements, 1, 10);
  EXPECT_EQ(batch.schemas.size(), 2U);
  EXPECT_EQ(batch.schemas[batch.items[1].schema], changed.schema);
}

TEST_F(OutboxTest, KnowsTheNewestRecordOfEachShapeHoweverOld) {
  append({dossier_event(1), ping(1, "gone since"), ping(2), dossier_event(2)});
  for (std::uint64_t i = 3; i < 2'000; i += 500) {
    std::vector<Pending> records;
    for (std::uint64_t k = i; k < i + 500; ++k) records.push_back(ping(k));
    append(records);
  }
  reopen();
  const auto latest = outbox_->latest();
  ASSERT_TRUE(latest);
  ASSERT_EQ(latest->size(), 3U);
  EXPECT_EQ((*latest)[0].record, dossier_event(2).record);
  EXPECT_EQ((*latest)[1].schema, ping_to("gone since"));
  EXPECT_EQ((*latest)[1].record, ping(1).record);
  EXPECT_EQ((*latest)[2].record, ping(2'002).record);
}

TEST_F(OutboxTest, HasNoNewestRecordOnceItIsForgotten) {
  append({ping(1, "gone since"), ping(2)});
  change("DELETE FROM lane_1 WHERE row_id = 1");
  reopen();
  const auto latest = outbox_->latest();
  ASSERT_TRUE(latest);
  ASSERT_EQ(latest->size(), 1U);
  EXPECT_EQ(latest->front().schema, ping_to("gateway"));
}

TEST_F(OutboxTest, TellsBootsAndClocksApart) {
  auto first = ping(1);
  auto second = ping(2);
  auto third = ping(3);
  second.record.stamp = Stamp{WallTime(Milliseconds(-5)), BootTime(0), "", ClockQuality::unset};
  third.record.stamp.boot_id = "another boot";
  third.record.stamp.quality = ClockQuality::holdover;
  append({first, second, third, first});
  reopen();
  append({third});
  const auto batch = read(Lane::measurements, 1, 10);
  ASSERT_EQ(batch.items.size(), 5U);
  EXPECT_EQ(batch.items[0].record, first.record);
  EXPECT_EQ(batch.items[1].record, second.record);
  EXPECT_EQ(batch.items[2].record, third.record);
  EXPECT_EQ(batch.items[3].record, first.record);
  EXPECT_EQ(batch.items[4].record, third.record);
}

TEST_F(OutboxTest, CountsWhatWasGivenUpByReason) {
  EXPECT_TRUE(outbox_->given_up()->empty());
  change("INSERT INTO given_up VALUES (0, 'age', 2), (1, 'age', 3), (1, 'space', 4)");
  reopen();
  const std::map<std::string, std::uint64_t> expected{{"age", 5}, {"space", 4}};
  EXPECT_EQ(outbox_->given_up().value(), expected);
}

TEST_F(OutboxTest, IsHeldAloneAndACopyOfItCanBeLookedInto) {
  append({ping(1), dossier_event(1)});
  EXPECT_GT(outbox_->bytes_on_disk(), 4'096U);
  // What the index of the WAL lies in otherwise: the kernel would write it to the card over and over.
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outbox.db-shm"));
  EXPECT_THROW(SQLite::Database(file_.string(), SQLite::OPEN_READONLY).execAndGet("SELECT epoch FROM meta"),
               SQLite::Exception);
  test::DatabaseView copy(file_);
  SQLite::Statement rows(copy.database(),
                         "SELECT lane, row_id, device, metric_group, wall_time FROM records ORDER BY lane");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(2).getString(), "dossiers");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(0).getInt(), 1);
  EXPECT_EQ(rows.getColumn(3).getString(), "Ping/gateway");
  EXPECT_EQ(rows.getColumn(4).getString(), "2026-09-21T14:13:21.000Z");
  EXPECT_EQ(append({ping(2)}), 2U) << "a reader must not be in the way";
}

TEST_F(OutboxTest, CanBeReadWhereItLiesOnceItIsClosed) {
  append({ping(1), dossier_event(1)});
  outbox_.reset();
  SQLite::Database reader(file_.string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM records").getInt(), 2);
}

TEST_F(OutboxTest, TakesAwayTheSharedMemoryOfAProgramThatWasCutOff) {
  append({ping(1)});
  outbox_.reset();
  folder_.write("outbox.db-shm", std::string(32'768, '\x5a'));
  reopen();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outbox.db-shm"));
  EXPECT_EQ(read(Lane::measurements, 1, 9).items[0].record, ping(1).record);
}

}  // namespace
}  // namespace xalink
