// Measurements that are sent and acknowledged before they are on the disk.

#include "agent/outbox/holding_outbox.hpp"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <memory>

#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

class HoldingOutboxTest : public testing::Test {
 protected:
  void open() { outbox_ = std::make_unique<HoldingOutbox>(std::move(Outbox::open(file_).value())); }
  /// As a power cut, or a kill: what is held is gone.
  void die() {
    outbox_.reset();
    open();
  }
  void hold(std::uint64_t first, std::uint64_t last) {
    std::vector<Pending> records;
    for (auto number = first; number <= last; ++number) records.push_back(ping(number));
    const auto held = outbox_->hold(records);
    ASSERT_TRUE(held) << held.error().to_string();
    EXPECT_EQ((*held)[1], last);
  }
  [[nodiscard]] LaneDepth depth() { return outbox_->depth(Lane::measurements).value(); }
  void expect_rows(RowId first, RowId last) {
    const auto batch = outbox_->read(Lane::measurements, first, 1000);
    ASSERT_TRUE(batch) << batch.error().to_string();
    ASSERT_EQ(batch->first(), first);
    ASSERT_EQ(batch->last(), last);
    for (const auto& item : batch->items) {
      EXPECT_EQ(item.record, ping(item.last).record) << "row " << item.last;
      EXPECT_EQ(batch->schemas[item.schema], ping(item.last).schema);
    }
    EXPECT_EQ(batch->epoch, outbox_->epoch());
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "outbox.db";
  std::unique_ptr<HoldingOutbox> outbox_ =
      std::make_unique<HoldingOutbox>(std::move(Outbox::open(file_).value()));
};

TEST_F(HoldingOutboxTest, HeldRowsAreReadSentAndAcknowledgedLikeAnyOther) {
  ASSERT_TRUE(outbox_->append({ping(1), ping(2), dossier_event(1)}));
  hold(3, 5);
  EXPECT_EQ(outbox_->held(), 3U);
  EXPECT_EQ(depth().last, 5U);
  expect_rows(3, 5);
  EXPECT_EQ(outbox_->read(Lane::measurements, 1, 1000)->last(), 2U);
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 4));
  EXPECT_EQ(depth().acknowledged, 4U);
  EXPECT_EQ(depth().oldest_unacknowledged, ping(5).record.stamp.wall);
  EXPECT_EQ(outbox_->unacknowledged(), 1U);
  EXPECT_FALSE(outbox_->acknowledge(Lane::measurements, 6)) << "nobody has that row";
  hold(6, 6);
  expect_rows(6, 6);
  const auto kept = outbox_->keep();
  ASSERT_TRUE(kept);
  EXPECT_EQ((*kept)[1], 6U);
  EXPECT_EQ(depth().acknowledged, 4U);
  expect_rows(1, 6);
  die();
  EXPECT_EQ(depth().last, 6U);
  expect_rows(1, 6);
}

TEST_F(HoldingOutboxTest, HeldRowsGoBeforeThoseThatAreAppended) {
  hold(1, 2);
  const auto appended = outbox_->append({ping(3)});
  ASSERT_TRUE(appended);
  EXPECT_EQ((*appended)[1], 3U);
  EXPECT_EQ(outbox_->held(), 0U);
  expect_rows(1, 3);
}

TEST_F(HoldingOutboxTest, ACommitOfWhateverKindTakesThemAlong) {
  hold(1, 2);
  const auto events = outbox_->append_with_note({dossier_event(1)}, "file", "1 row");
  ASSERT_TRUE(events);
  EXPECT_EQ(*events, (std::array<RowId, kLaneCount>{1, 2}));
  EXPECT_EQ(outbox_->held(), 0U);
  hold(3, 3);
  const auto noted = outbox_->append_with_note({}, "board/alive", "now");
  ASSERT_TRUE(noted);
  EXPECT_EQ((*noted)[1], 3U);
  EXPECT_EQ(outbox_->held(), 0U);
  die();
  expect_rows(1, 3);
  EXPECT_EQ(outbox_->note("file").value(), "1 row");
  EXPECT_EQ(outbox_->note("board/alive").value(), "now");
}

TEST_F(HoldingOutboxTest, APowerCutTakesWhatIsHeldAndLeavesTheRestInDoubt) {
  ASSERT_TRUE(outbox_->append({ping(1)}));
  const auto epoch = outbox_->epoch();
  hold(2, 3);
  expect_rows(2, 3);
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 3));
  die();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_EQ(depth().last, 1U);
  EXPECT_EQ(depth().sure_up_to, 1U) << "the gateway's mark, 3, will tell";
  ASSERT_TRUE(outbox_->append({ping(2)}));
  ASSERT_TRUE(outbox_->begin_epoch(epoch));
  const std::vector<Predecessor> predecessors{{epoch, {0, 1}}};
  EXPECT_EQ(outbox_->predecessors().value(), predecessors);
}

TEST_F(HoldingOutboxTest, ADamagedOutboxTakesWhatWasNeverSentAndGivesUpWhatMayBeAtTheGateway) {
  constexpr std::uint64_t kMany = 40'000;  // more than fits into the cache
  std::vector<Pending> first;
  for (std::uint64_t number = 1; number <= kMany; ++number) first.push_back(ping(number));
  ASSERT_TRUE(outbox_->append(first));
  die();
  const auto epoch = outbox_->epoch();
  hold(kMany + 1, kMany + 3);
  expect_rows(kMany + 1, kMany + 3);
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, kMany + 2));
  hold(kMany + 4, kMany + 5);
  {
    std::fstream raw(file_, std::ios::in | std::ios::out | std::ios::binary);
    raw.seekp(400 * 1024);
    raw << std::string(100 * 1024, '\x55');
  }
  for (RowId row = 1; row <= kMany && outbox_->epoch() == epoch; row += 1'000) {
    ASSERT_TRUE(outbox_->read(Lane::measurements, row, 1'000));
  }
  ASSERT_NE(outbox_->epoch(), epoch) << "it noticed";
  const auto kept = outbox_->keep();
  ASSERT_TRUE(kept) << kept.error().to_string();
  EXPECT_EQ(outbox_->held(), 0U);
  // The third was sent and is not confirmed: given up and counted. The first two are at the gateway.
  EXPECT_EQ(outbox_->given_up().value().at("memory"), 1U);
  const auto last = depth().last;
  const auto batch = outbox_->read(Lane::measurements, last - 1, 10);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->items.size(), 2U);
  EXPECT_EQ(batch->items[0].record.values, ping(kMany + 4).record.values);
  EXPECT_EQ(batch->items[1].record.values, ping(kMany + 5).record.values);
}

TEST_F(HoldingOutboxTest, HoldsOnlyMeasurementsAndOnlySoMany) {
  EXPECT_FALSE(outbox_->hold({dossier_event(1)}));
  std::vector<Pending> many(501, ping(1));
  EXPECT_FALSE(outbox_->hold(many));
  EXPECT_EQ(outbox_->held(), 0U);
  EXPECT_EQ(depth().last, 0U);
}

TEST_F(HoldingOutboxTest, WhatWasSentWhileHeldIsNeverThinned) {
  hold(1, 2);
  expect_rows(1, 2);
  ASSERT_TRUE(outbox_->keep());
  die();
  // The position says so on the disk.
  outbox_.reset();
  SQLite::Database database(file_.string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(database.execAndGet("SELECT row_id FROM position WHERE what = 'sent' AND lane = 1").getInt64(),
            2);
}

}  // namespace
}  // namespace xalink
