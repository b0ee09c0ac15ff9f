// The outbox within its bound: what it gives up, in which order, and that it says so.

#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "agent/dossiers/event_store.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "tests/agent/outbox/gateway_of_rows.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/database_view.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/fakes/watched_disk.hpp"

namespace xalink {
namespace {

constexpr std::uint64_t kBound = kLeastOutboxBytes;

std::uint64_t size_of_files(const std::filesystem::path& file) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
    std::error_code gone;
    const auto size = entry.file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

class OutboxBounds : public testing::Test {
 protected:
  OutboxBounds() : disk_([this] { look(); }) { reopen(); }
  ~OutboxBounds() override { outbox_.reset(); }

  // What is watched is the size, not the disk.
  static void SetUpTestSuite() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  }

  void look() {
    largest_ = std::max(largest_, size_of_files(file_));
    ++looks_;
  }
  void reopen() {
    outbox_.reset();
    auto opened = Outbox::open(file_, options_);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    outbox_ = std::move(*opened);
  }
  /// Some pings, one each 10 seconds, of two targets in turn.
  std::vector<Pending> pings(std::size_t count) {
    std::vector<Pending> records;
    for (std::size_t i = 0; i < count; ++i) {
      ++pings_;
      auto taken = ping(pings_, pings_ % 2 == 0 ? "gateway" : "anchor");
      taken.record.stamp = stamp_at(static_cast<std::int64_t>(pings_) * 10'000, boot_);
      if (pings_ % 7 == 0)
        taken.record.values = {{}, {}, {}, {}, std::uint64_t{5}, std::uint64_t{0}, "timeout"};
      records.push_back(std::move(taken));
    }
    return records;
  }
  std::vector<Pending> dossiers(std::size_t count) {
    std::vector<Pending> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(dossier_event(++dossiers_));
    return records;
  }
  void append(const std::vector<Pending>& records) {
    const auto rows = outbox_->append(records);
    ASSERT_TRUE(rows) << rows.error().to_string();
    last_ = *rows;
  }
  void append_pings(std::size_t count) {
    while (count > 0) {
      const auto now = std::min<std::size_t>(count, 500);
      append(pings(now));
      if (HasFatalFailure()) return;
      count -= now;
    }
  }
  /// Sends what a session would, to the end; nothing is acknowledged meanwhile.
  void send_all(Lane lane, GatewayOfRows& gateway) {
    while (gateway.mark < last_[index(lane)]) {
      const auto batch = outbox_->read(lane, gateway.mark + 1, 1'000);
      ASSERT_TRUE(batch) << batch.error().to_string();
      ASSERT_FALSE(batch->empty());
      gateway.take(*batch);
      if (HasFatalFailure()) return;
    }
  }
  std::uint64_t counted(std::string_view reason) {
    const auto given_up = outbox_->given_up().value();
    const auto found = given_up.find(std::string(reason));
    return found == given_up.end() ? 0 : found->second;
  }
  /// Each row id from the oldest held on stands in exactly one row, and the gaps are as the ledger says.
  void expect_account(Lane lane, std::uint64_t forgotten_gaps = 0) {
    test::DatabaseView view(file_);
    auto& database = view.database();
    SQLite::Statement rows(database, "SELECT coalesce(first, row_id), row_id, first IS NULL FROM lane_" +
                                         std::to_string(index(lane)) + " ORDER BY row_id");
    RowId next = 0;
    std::uint64_t in_gaps = 0;
    while (rows.executeStep()) {
      const auto first = static_cast<RowId>(rows.getColumn(0).getInt64());
      const auto last = static_cast<RowId>(rows.getColumn(1).getInt64());
      if (next != 0) {
        ASSERT_EQ(first, next);
      }
      if (rows.getColumn(2).getInt() == 0) in_gaps += last - first + 1;
      next = last + 1;
    }
    if (next != 0) {
      ASSERT_EQ(next, last_[index(lane)] + 1);
    }
    SQLite::Statement sum(
        database, "SELECT coalesce(sum(records), 0) FROM given_up WHERE lane = ? AND reason <> 'memory'");
    sum.bind(1, static_cast<std::int64_t>(index(lane)));
    ASSERT_TRUE(sum.executeStep());
    EXPECT_EQ(static_cast<std::uint64_t>(sum.getColumn(0).getInt64()), in_gaps + forgotten_gaps);
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "outbox.db";
  OutboxOptions options_{.max_bytes = kBound};
  std::uint64_t largest_ = 0;
  std::uint64_t looks_ = 0;
  WatchedDisk disk_;
  std::unique_ptr<Outbox> outbox_;
  std::string boot_ = "5f0d6a0e-6a3c-4a0e-9d0e-2f1f6a3c4a0e";
  std::uint64_t pings_ = 0;
  std::uint64_t dossiers_ = 0;
  std::array<RowId, kLaneCount> last_{};
};

TEST_F(OutboxBounds, ThinsTheOldestMeasurementsIntoSummariesThatAddUp) {
  append(dossiers(20));
  append_pings(80'000);
  append(dossiers(20));
  EXPECT_LE(largest_, kBound);
  EXPECT_GT(looks_, 1'000U);
  EXPECT_GT(counted(given_up::kThinned), 10'000U);
  EXPECT_EQ(counted(given_up::kSpace), 0U);
  EXPECT_EQ(outbox_->space()->pressure, OutboxSpace::Pressure::thinning);
  expect_account(Lane::measurements);

  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), 40U);
  GatewayOfRows gateway;
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.mark, 80'000U);
  EXPECT_EQ(gateway.records.size() + gateway.summarised, 80'000U) << "every ping is there, or in a summary";
  EXPECT_EQ(gateway.records.size() + gateway.summaries + gateway.given_up_in_all(), 80'000U);
  EXPECT_EQ(gateway.given_up["thinned"], counted(given_up::kThinned));
  // Oldest first: what is not thinned is the newest.
  EXPECT_GT(gateway.records.begin()->first, 10'000U);
  for (const auto& [row, record] : gateway.records) {
    if (row % 7 == 0) continue;
    ASSERT_EQ(std::get<std::uint64_t>(record.values[1]), 20'000 + row % 5'000) << row;
  }
}

TEST_F(OutboxBounds, GivesSparesUpBeforeAnythingElse) {
  append_pings(30'000);
  GatewayOfRows gateway;
  send_all(Lane::measurements, gateway);
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 30'000));
  append_pings(60'000);
  EXPECT_EQ(counted(given_up::kThinned), 0U);
  EXPECT_EQ(outbox_->space()->pressure, OutboxSpace::Pressure::spares_go);
  EXPECT_LT(outbox_->space()->spares[1], 30'000U);
  EXPECT_GT(outbox_->space()->spares[1], 0U);
  append_pings(30'000);
  EXPECT_GT(counted(given_up::kThinned), 0U) << "no spares are left";
  EXPECT_EQ(outbox_->space()->spares[1], 0U);
  EXPECT_LE(largest_, kBound);
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.records.size() + gateway.summarised, 120'000U);
  expect_account(Lane::measurements);
}

TEST_F(OutboxBounds, NeverThinsWhatMayBeAtTheGateway) {
  append_pings(20'000);
  GatewayOfRows gateway;
  // Half of it left the board and was committed, but the acknowledgement never came; then the power went.
  while (gateway.mark < 10'000)
    gateway.take(outbox_->read(Lane::measurements, gateway.mark + 1, 1'000).value());
  reopen();
  append_pings(100'000);
  EXPECT_GT(counted(given_up::kThinned), 10'000U);
  EXPECT_LE(largest_, kBound);
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.records.size() + gateway.summarised, 120'000U) << "none lost, none counted twice";
}

TEST_F(OutboxBounds, DropsTheOldestSummariesWhenEvenTheyAreTooMany) {
  // Events that nobody takes leave less and less room for measurements.
  append_pings(20'000);
  while (true) {
    const auto rows = outbox_->append(dossiers(400));
    if (!rows) {
      dossiers_ -= 400;
      break;
    }
    last_ = *rows;
    append_pings(100);
    ASSERT_FALSE(HasFailure());
    ASSERT_LE(largest_, kBound);
  }
  EXPECT_GT(counted(given_up::kSpace), 20'000U);
  expect_account(Lane::measurements);
  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), dossiers_) << "none of the events";
  GatewayOfRows gateway;
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.mark, pings_);
  EXPECT_EQ(gateway.given_up["space"], counted(given_up::kSpace));
  EXPECT_EQ(gateway.given_up["thinned"], counted(given_up::kThinned));
}

TEST_F(OutboxBounds, RefusesEventsThatDoNotFitAndTakesThemWhenTheGatewayHasTheOthers) {
  append_pings(1'000);
  Result<std::array<RowId, kLaneCount>> refused;
  std::uint64_t kept = 0;
  for (int i = 0; i < 1'000; ++i) {
    refused = outbox_->append(dossiers(400));
    if (!refused) break;
    last_ = *refused;
    kept += 400;
  }
  ASSERT_FALSE(refused);
  EXPECT_LE(largest_, kBound);
  EXPECT_GT(size_of_files(file_), kBound / 2);
  EXPECT_NE(refused.error().what.find("full of events"), std::string::npos) << refused.error().to_string();
  EXPECT_NE(refused.error().next.find("max_bytes"), std::string::npos);
  EXPECT_EQ(outbox_->space()->pressure, OutboxSpace::Pressure::events_refused);
  // Marks, sessions and the account of measurements go on.
  EXPECT_TRUE(outbox_->next_bdseq());
  for (int i = 0; i < 200; ++i) append(pings(500));
  EXPECT_EQ(last_[1], 101'000U);
  EXPECT_EQ(counted(given_up::kSpace), 101'000U) << "no room for any, each of them counted";
  expect_account(Lane::measurements);
  EXPECT_LE(largest_, kBound);
  reopen();
  EXPECT_FALSE(outbox_->append(dossiers(400)));

  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), kept);
  ASSERT_TRUE(outbox_->acknowledge(Lane::events, last_[0]));
  append(dossiers(400));
  append_pings(5'000);
  GatewayOfRows gateway;
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.records.size(), 5'000U);
  EXPECT_LE(largest_, kBound);
}

// Of a small bound the room for a write under way must not take what events could have.
TEST_F(OutboxBounds, IsNearlyFullWhenItSaysThatItIsFullOfEvents) {
  const auto at_once = rows_per_append(kBound);
  std::mt19937_64 digest(1);
  Result<Told> told;
  std::uint64_t kept = 0;
  for (int i = 0; i < 1'000; ++i) {
    const bool long_texts = i % 8 == 0;  // as much as a source hands over at once
    std::vector<Telling> tellings;
    for (auto& pending : dossiers(at_once)) {
      if (long_texts) std::get<std::string>(pending.record.values[0]).resize(1'000, '.');
      Telling telling;
      while (telling.subject.size() < Telling::kSubjectBytes) telling.subject += static_cast<char>(digest());
      telling.pending = std::move(pending);
      tellings.push_back(std::move(telling));
    }
    told = outbox_->append_news(tellings, "dossiers/a.csv", std::to_string(i), Outbox::NoteWhen::always, {});
    ASSERT_TRUE(told || i > 0) << told.error().to_string();
    if (!told && !long_texts) break;
    if (!told) continue;
    last_ = told->last;
    kept += at_once;
  }
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().what.find("full of events"), std::string::npos) << told.error().to_string();
  EXPECT_GE(size_of_files(file_) * 100, kBound * 86);
  EXPECT_LE(largest_, kBound);
  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), kept);
  // And comes out of it.
  ASSERT_TRUE(outbox_->acknowledge(Lane::events, last_[0]));
  append(dossiers(500));
  append_pings(5'000);
  EXPECT_LE(largest_, kBound);
}

TEST_F(OutboxBounds, RefusesOneAppendThatIsTooLargeAndStaysAsItWas) {
  const auto refused = outbox_->append(dossiers(100'000));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("too large"), std::string::npos) << refused.error().to_string();
  EXPECT_LE(largest_, kBound);
  dossiers_ = 0;
  append(dossiers(500));
  EXPECT_EQ(last_[0], 500U);
}

TEST_F(OutboxBounds, ASmallerBoundMakesAnOldOutboxFit) {
  options_.max_bytes = 16U << 20U;
  reopen();
  append(dossiers(100));
  append_pings(200'000);
  ASSERT_GT(largest_, kBound);
  options_.max_bytes = kBound;
  reopen();
  EXPECT_LE(size_of_files(file_), kBound);
  largest_ = 0;
  append_pings(20'000);
  EXPECT_LE(largest_, kBound);
  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), 100U);
  GatewayOfRows gateway;
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.records.size() + gateway.summarised, 220'000U);
  expect_account(Lane::measurements);
}

TEST_F(OutboxBounds, ForgetsSparesAndMeasurementsThatAreTooOldButNoEvent) {
  options_.max_age = std::chrono::hours(24) * 10;
  reopen();
  append(dossiers(5));
  append_pings(8'640 * 5);  // five days
  GatewayOfRows gateway;
  while (gateway.mark < 5'000)
    gateway.take(outbox_->read(Lane::measurements, gateway.mark + 1, 1'000).value());
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, gateway.mark));
  pings_ += 8'640 * 20;  // the board was off for twenty
  const auto before = pings_;
  for (int hour = 0; hour < 24; ++hour) append_pings(360);
  const auto after = pings_ - before;
  EXPECT_EQ(outbox_->space()->spares[1], 0U);
  send_all(Lane::measurements, gateway);
  EXPECT_EQ(gateway.given_up["age"], counted(given_up::kAge));
  EXPECT_GE(counted(given_up::kAge), 8'640U * 5 - 15'000U - 1'000U) << "but for what may have been sent";
  EXPECT_EQ(gateway.records.size() + gateway.given_up_in_all(), gateway.mark);
  EXPECT_GE(gateway.records.size(), after);
  GatewayOfRows events;
  send_all(Lane::events, events);
  EXPECT_EQ(events.records.size(), 5U);
}

TEST_F(OutboxBounds, CountsWhatNeverReachedTheDisk) {
  ASSERT_TRUE(outbox_->count_dropped(7));
  ASSERT_TRUE(outbox_->count_dropped(5));
  reopen();
  EXPECT_EQ(counted(given_up::kMemory), 12U);
}

// Everything at once, by a seed: whatever comes in which order, the bound holds and the account is right.
TEST_F(OutboxBounds, WhateverHappensEachRowIsAccountedForOnce) {
  const auto seeds = test::fault_seeds(1);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    outbox_.reset();
    for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + part);
    pings_ = dossiers_ = 0;
    last_ = {};
    largest_ = 0;
    reopen();
    std::array<GatewayOfRows, kLaneCount> gateway;
    for (int step = 0; step < 500; ++step) {
      switch (random() % 15) {
        case 0: reopen(); break;
        case 1: boot_ = "boot-" + std::to_string(step); [[fallthrough]];
        case 2: {
          const auto events = dossiers(test::below(random, 100) + 1);
          const auto rows = outbox_->append(events);
          rows ? void(last_ = *rows) : void(dossiers_ -= events.size());
          break;
        }
        case 3:
        case 4: {
          const Lane lane = kLanes[random() % 2];
          auto& to = gateway[index(lane)];
          for (auto reads = random() % 12; reads > 0 && to.mark < last_[index(lane)]; --reads) {
            const auto batch = outbox_->read(lane, to.mark + 1, test::below(random, 1'000) + 1);
            ASSERT_TRUE(batch) << batch.error().to_string();
            // Lost on the way, now and then.
            if (random() % 4 != 0) to.take(*batch);
          }
          if (random() % 3 == 0) {
            ASSERT_TRUE(outbox_->acknowledge(lane, to.mark));
          }
          break;
        }
        default:
          for (auto appends = random() % 3 + 1; appends > 0; --appends) {
            const auto records = pings(test::below(random, 500) + 1);
            const auto rows = outbox_->append(records);
            rows ? void(last_ = *rows) : void(pings_ -= records.size());
          }
      }
      ASSERT_LE(largest_, kBound) << "step " << step;
      if (HasFailure()) return;
    }
    append(pings(1));
    for (const Lane lane : kLanes) send_all(lane, gateway[index(lane)]);
    EXPECT_EQ(gateway[0].records.size(), dossiers_);
    EXPECT_EQ(gateway[0].given_up_in_all(), 0U);
    auto& all = gateway[1];
    EXPECT_EQ(all.records.size() + all.summaries + all.given_up_in_all(), last_[1]);
    EXPECT_EQ(all.given_up["lost"] + all.given_up["forgotten"] + all.given_up["unreadable"], 0U);
    if (counted(given_up::kSpace) == 0) {
      EXPECT_EQ(all.records.size() + all.summarised, pings_);
      EXPECT_EQ(all.given_up["thinned"], counted(given_up::kThinned));
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace xalink
