// Outboxes that were harmed in every way, and what is left of them.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "tests/agent/outbox/outbox_fixture.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"

namespace xalink {
namespace {

constexpr std::uint64_t kEvents = 60;
constexpr std::uint64_t kPings = 600;
constexpr RowId kEventMark = 10;
constexpr RowId kPingMark = 200;

/// Longer than a page: the rest lies on pages of its own.
Pending long_event(std::uint64_t number) {
  auto event = dossier_event(number);
  event.record.values[0] = std::string(2'500, static_cast<char>('a' + number % 26)) + std::to_string(number);
  return event;
}
Pending event(std::uint64_t number) {
  return number % 10 == 0 ? long_event(number) : dossier_event(number);
}

class SalvageTest : public OutboxTest {
 protected:
  SalvageTest() { spdlog::set_level(spdlog::level::off); }
  ~SalvageTest() override { spdlog::set_level(spdlog::level::info); }

  /// A board's outbox in mid-life, closed, its last commits still in the WAL when `in_wal`.
  void fill(bool in_wal) {
    (void)outbox_->next_bdseq();
    std::vector<Pending> records;
    for (std::uint64_t i = 1; i <= kPings - 20; ++i)
      records.push_back(ping(i, i % 5 == 0 ? "office" : "gateway"));
    for (std::uint64_t i = 1; i <= kEvents - 2; ++i) records.push_back(event(i));
    ASSERT_TRUE(outbox_->append_with_note(records, "source", "58 taken"));
    ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, kPingMark));
    ASSERT_TRUE(outbox_->acknowledge(Lane::events, kEventMark));
    reopen();
    ASSERT_TRUE(outbox_->trust_row_ids(outbox_->epoch()));  // the gateway was heard
    bdseq_ = outbox_->next_bdseq().value();
    for (std::uint64_t i = kPings - 19; i <= kPings; ++i)
      append({ping(i, i % 5 == 0 ? "office" : "gateway")});
    for (std::uint64_t i = kEvents - 1; i <= kEvents; ++i) {
      ASSERT_TRUE(outbox_->append_with_note({event(i)}, "source", std::to_string(i) + " taken"));
    }
    epoch_ = outbox_->epoch();
    if (in_wal) {
      // As a power cut leaves it: nothing was closed.
      const auto copy = folder_ / "copy";
      std::filesystem::create_directory(copy);
      for (const char* part : {"outbox.db", "outbox.db-wal"})
        std::filesystem::copy_file(folder_ / part, copy / part);
      outbox_.reset();
      for (const char* part : {"outbox.db", "outbox.db-wal"})
        std::filesystem::rename(copy / part, folder_ / part);
    } else {
      outbox_.reset();
    }
    for (const char* part : {"outbox.db", "outbox.db-wal"}) {
      if (std::filesystem::exists(folder_ / part)) whole_[part] = folder_.read(part);
    }
  }
  /// The outbox as fill() left it, before the next harm.
  void restore() {
    outbox_.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().filename() != "outbox.db.lock") std::filesystem::remove_all(entry.path());
    }
    for (const auto& [part, bytes] : whole_) folder_.write(part, bytes);
  }

  [[nodiscard]] std::optional<Salvage> salvage() {
    const auto note = outbox_->note(std::string(kSalvageNote));
    if (!note || !*note) return std::nullopt;
    auto salvage = decode_salvage(**note);
    return salvage ? std::optional(std::move(*salvage)) : std::nullopt;
  }

  /// A WAL that is cut or gone takes commits back, and the file tells nothing of them: the gateway's marks
  /// do, as the edge node hears them.
  void hear_the_gateway() {
    if (outbox_->epoch() != epoch_) return;
    const auto events = depth(Lane::events);
    const auto pings = depth(Lane::measurements);
    ASSERT_TRUE(events.sure_up_to && pings.sure_up_to) << "it was found, not made";
    if (kEvents <= *events.sure_up_to && kPings <= *pings.sure_up_to) {
      ASSERT_TRUE(outbox_->trust_row_ids(epoch_));
      return;
    }
    ASSERT_TRUE(whole_.contains("outbox.db-wal")) << "commits of the database itself are forgotten";
    ASSERT_TRUE(outbox_->begin_epoch(epoch_));
    ASSERT_NE(outbox_->epoch(), epoch_);
    const std::vector<Predecessor> predecessors{{epoch_, {events.last, pings.last}}};
    ASSERT_EQ(outbox_->predecessors().value(), predecessors);
  }

  /// The WAL is gone and the database is whole: nothing in it tells of what was lost.
  void lose_the_wal() {
    outbox_.reset();
    std::filesystem::remove(folder_ / "outbox.db-wal");
    reopen();
    ASSERT_EQ(outbox_->epoch(), epoch_);
    ASSERT_LT(depth(Lane::measurements).last, kPings) << "the WAL held commits";
  }

  /// Whatever was harmed: every row that is there is what was written, what is missing is a gap, and no
  /// row id is given out twice. Gives how many records are there.
  std::array<std::uint64_t, kLaneCount> expect_nothing_wrong() {
    std::array<std::uint64_t, kLaneCount> found{};
    const auto renewed = outbox_->epoch() != epoch_;
    for (const Lane lane : kLanes) {
      const auto depth_now = depth(lane);
      const RowId most = lane == Lane::events ? kEvents : kPings;
      // A renewed outbox may count on from where it can still see; an epoch that stays must know all.
      if (renewed) {
        EXPECT_LE(depth_now.last, most);
      } else {
        EXPECT_EQ(depth_now.last, most) << "a row id that was given out is forgotten";
      }
      EXPECT_LE(depth_now.acknowledged, depth_now.last);
      for (RowId next = 1; next <= depth_now.last;) {
        const auto batch = outbox_->read(lane, next, 500);
        EXPECT_TRUE(batch) << (batch ? "" : batch.error().to_string());
        if (!batch || batch->empty()) break;
        for (const auto& item : batch->items) {
          EXPECT_EQ(item.first, next) << "lane " << index(lane);
          if (item.first != next) return found;
          next = item.last + 1;
          if (batch->schemas[item.schema] == gap_schema(lane)) continue;
          const auto expected = lane == Lane::events
                                    ? event(item.last)
                                    : ping(item.last, item.last % 5 == 0 ? "office" : "gateway");
          EXPECT_EQ(batch->schemas[item.schema], expected.schema) << "row " << item.last;
          EXPECT_EQ(item.record.values, expected.record.values) << "row " << item.last;
          EXPECT_EQ(item.record.stamp.wall, expected.record.stamp.wall) << "row " << item.last;
          ++found[index(lane)];
        }
      }
    }
    const auto rows = outbox_->append({ping(kPings + 1), dossier_event(kEvents + 1)});
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().to_string());
    const auto bdseq = outbox_->next_bdseq();
    EXPECT_TRUE(bdseq);
    if (const auto told = salvage(); bdseq && (!told || told->bdseq_known)) {
      EXPECT_NE(*bdseq, bdseq_);
    }
    return found;
  }

  std::string epoch_;
  std::uint8_t bdseq_ = 0;
  std::map<std::string, std::string> whole_;
};

TEST_F(SalvageTest, LosesNothingWhenOnlyTheTreesAreBroken) {
  fill(/*in_wal=*/false);
  auto bytes = whole_["outbox.db"];
  bytes.replace(0, 100, std::string(100, '\0'));  // the header
  for (std::size_t page = 1; page * 1024 < bytes.size(); ++page) {
    // Inner pages of tables and indexes: all trees lose their branches.
    if (bytes[page * 1024] == 5 || bytes[page * 1024] == 2)
      bytes.replace(page * 1024, 1024, std::string(1024, '\7'));
  }
  folder_.write("outbox.db", bytes);
  reopen();
  const auto told = salvage();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->old_epoch, epoch_);
  EXPECT_EQ(told->new_epoch, outbox_->epoch());
  EXPECT_EQ(told->kept_as, "outbox.db.damaged-1");
  EXPECT_EQ(told->lost, (std::array<std::uint64_t, kLaneCount>{0, 0}));
  EXPECT_EQ(folder_.read("outbox.db.damaged-1"), bytes) << "set aside whole";
  EXPECT_EQ(depth(Lane::measurements).acknowledged, kPingMark);
  EXPECT_EQ(depth(Lane::events).acknowledged, kEventMark);
  EXPECT_EQ(outbox_->note("source").value(), "60 taken");
  const std::vector<Predecessor> predecessors{{epoch_, {kEvents, kPings}}};
  EXPECT_EQ(outbox_->predecessors().value(), predecessors);
  EXPECT_EQ(expect_nothing_wrong(), (std::array<std::uint64_t, kLaneCount>{kEvents, kPings}));
}

TEST_F(SalvageTest, CountsOnAndTellsGapsWhenPagesAreGone) {
  fill(false);
  auto bytes = whole_["outbox.db"];
  // The second half of the file.
  bytes.replace(bytes.size() / 2, bytes.size() / 2, std::string(bytes.size() - bytes.size() / 2, '\0'));
  folder_.write("outbox.db", bytes);
  reopen();
  const auto told = salvage();
  ASSERT_TRUE(told);
  const auto found = expect_nothing_wrong();
  EXPECT_GT(found[0] + found[1], 100U);
  EXPECT_GT(told->lost[0] + told->lost[1], 0U);
  const auto given_up = outbox_->given_up();
  ASSERT_TRUE(given_up);
  EXPECT_EQ(given_up->at("damaged"), told->lost[0] + told->lost[1]);
}

TEST_F(SalvageTest, BeginsAnewFromNothingAtAll) {
  fill(false);
  const std::size_t size = whole_["outbox.db"].size();
  const std::map<std::string, std::string> contents{{"empty", ""},
                                                    {"zeros", std::string(size, '\0')},
                                                    {"one byte", "S"},
                                                    {"noise", std::string(size, '\xA5')}};
  for (const auto& [name, content] : contents) {
    SCOPED_TRACE(name);
    restore();
    folder_.write("outbox.db", content);
    reopen();
    EXPECT_NE(outbox_->epoch(), epoch_);
    const auto told = salvage();
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->bdseq_known);
    EXPECT_EQ(folder_.read(told->kept_as), content);
    EXPECT_EQ(append({ping(1)}), 1U);
  }
}

TEST_F(SalvageTest, NoticesCommitsThatADamagedWalWouldTakeBack) {
  fill(/*in_wal=*/true);
  const auto wal = whole_["outbox.db-wal"];
  ASSERT_GT(wal.size(), 20U * 1024);
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch_) << "an intact WAL is no damage";
  EXPECT_EQ(depth(Lane::measurements).last, kPings);
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{5}, std::size_t{20}, std::size_t{60}, wal.size() / 3}) {
    SCOPED_TRACE("byte " + std::to_string(at));
    restore();
    auto harmed = wal;
    harmed[at] = static_cast<char>(harmed[at] ^ 0x10);
    folder_.write("outbox.db-wal", harmed);
    reopen();
    EXPECT_NE(outbox_->epoch(), epoch_) << "row ids of lost commits would be given out again";
    expect_nothing_wrong();
  }
}

TEST_F(SalvageTest, KeepsOnlyAFewDamagedFilesAndNeverOverwritesOne) {
  fill(false);
  for (int i = 1; i <= 6; ++i) {
    outbox_.reset();
    folder_.write("outbox.db", "damage " + std::to_string(i));
    reopen();
    const std::string name = "outbox.db.damaged-" + std::to_string(i);
    EXPECT_EQ(folder_.read(name), "damage " + std::to_string(i));
    EXPECT_EQ(std::filesystem::exists(folder_ / ("outbox.db.damaged-" + std::to_string(i - 3))), false);
  }
}

TEST_F(SalvageTest, CountsDamagedFilesWithinTheBound) {
  const auto on_disk = [&] {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().extension() != ".lock") bytes += entry.file_size();
    }
    return bytes;
  };
  outbox_.reset();
  OutboxOptions options;
  options.max_bytes = std::uint64_t{4} * 1024 * 1024;
  const auto open_again = [&] {
    outbox_.reset();
    auto opened = Outbox::open(file_, options);
    ASSERT_TRUE(opened) << opened.error().to_string();
    outbox_ = std::move(*opened);
  };
  std::filesystem::remove(folder_ / "outbox.db");
  for (const std::size_t kilobytes : {900U, 800U, 700U}) {
    outbox_.reset();
    folder_.write("outbox.db", std::string(kilobytes * 1024, '\xA5'));
    open_again();
    EXPECT_LE(on_disk(), options.max_bytes);
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "outbox.db.damaged-1")) << "there is room for all";
  std::uint64_t next = 1;
  std::vector<bool> held;
  for (int i = 0; i < 400; ++i) {
    std::vector<Pending> records;
    for (int n = 0; n < 250; ++n) records.push_back(ping(next++));
    append(records);
    ASSERT_LE(on_disk(), options.max_bytes) << "after " << next - 1 << " records";
    // The oldest goes first.
    for (const char* older : {"1", "2"}) {
      const auto name = "outbox.db.damaged-" + std::string(older);
      const auto newer = "outbox.db.damaged-" + std::to_string(std::stoi(older) + 1);
      if (std::filesystem::exists(folder_ / name)) {
        ASSERT_TRUE(std::filesystem::exists(folder_ / newer));
      }
    }
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outbox.db.damaged-1"));
}

TEST_F(SalvageTest, BeginsAnEpochThatContinuesTheOneWhoseLastCommitsWereLost) {
  fill(/*in_wal=*/true);
  lose_the_wal();
  const auto events = depth(Lane::events).last;
  const auto pings = depth(Lane::measurements).last;
  append({ping(pings + 1), ping(pings + 2)});
  int renewals = 0;
  outbox_->when_renewed([&] { ++renewals; });
  ASSERT_TRUE(outbox_->begin_epoch("another one"));
  EXPECT_EQ(renewals, 0);
  ASSERT_TRUE(outbox_->begin_epoch(epoch_));
  EXPECT_EQ(renewals, 1);
  EXPECT_NE(outbox_->epoch(), epoch_);
  const std::vector<Predecessor> predecessors{{epoch_, {events, pings}}};
  EXPECT_EQ(outbox_->predecessors().value(), predecessors);
  EXPECT_FALSE(depth(Lane::measurements).sure_up_to);
  const auto epoch = outbox_->epoch();
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_EQ(outbox_->predecessors().value(), predecessors);
  EXPECT_EQ(read(Lane::measurements, pings + 1, 10).items.size(), 2U);
  EXPECT_EQ(read(Lane::measurements, pings + 1, 10).epoch, epoch);
}

TEST_F(SalvageTest, DoubtsRowIdsOverStartsUntilTheGatewayIsHeard) {
  EXPECT_FALSE(depth(Lane::events).sure_up_to) << "made, not found";
  fill(/*in_wal=*/true);
  lose_the_wal();
  const auto events = depth(Lane::events).last;
  const auto pings = depth(Lane::measurements).last;
  for (int start = 0; start < 3; ++start) {
    append({ping(pings + 1 + static_cast<std::uint64_t>(start))});
    reopen();
    EXPECT_EQ(depth(Lane::events).sure_up_to, events);
    EXPECT_EQ(depth(Lane::measurements).sure_up_to, pings);
  }
  ASSERT_TRUE(outbox_->trust_row_ids("another one"));
  EXPECT_TRUE(depth(Lane::events).sure_up_to);
  ASSERT_TRUE(outbox_->trust_row_ids(epoch_));
  EXPECT_FALSE(depth(Lane::events).sure_up_to);
  append({ping(pings + 4)});
  EXPECT_FALSE(depth(Lane::measurements).sure_up_to);
  reopen();
  EXPECT_EQ(depth(Lane::measurements).sure_up_to, pings + 4) << "a doubt of its own";
  EXPECT_EQ(outbox_->epoch(), epoch_);
}

TEST_F(SalvageTest, NeverSharesDoubtfulRowsWithTheDamagedEpoch) {
  fill(/*in_wal=*/true);
  lose_the_wal();
  const auto events = depth(Lane::events).last;
  const auto pings = depth(Lane::measurements).last;
  append({ping(pings + 1), ping(pings + 2)});
  outbox_.reset();
  auto bytes = folder_.read("outbox.db");
  bytes[60] = '\x7f';  // the header: a format that never was
  folder_.write("outbox.db", bytes);
  reopen();
  EXPECT_NE(outbox_->epoch(), epoch_);
  EXPECT_EQ(depth(Lane::measurements).last, pings + 2);
  const std::vector<Predecessor> predecessors{{epoch_, {events, pings}}};
  EXPECT_EQ(outbox_->predecessors().value(), predecessors);
}

TEST_F(SalvageTest, GoesThroughSeveralDamagesInARow) {
  fill(false);
  std::vector<std::string> epochs{epoch_};
  for (int i = 0; i < 3; ++i) {
    outbox_.reset();
    auto bytes = folder_.read("outbox.db");
    bytes.replace(0, 100, std::string(100, '\0'));
    folder_.write("outbox.db", bytes);
    reopen();
    epochs.push_back(outbox_->epoch());
  }
  const auto predecessors = outbox_->predecessors();
  ASSERT_TRUE(predecessors);
  ASSERT_EQ(predecessors->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*predecessors)[i].epoch, epochs[2 - i]);
    EXPECT_EQ((*predecessors)[i].last, (std::array<RowId, kLaneCount>{kEvents, kPings}));
  }
}

TEST_F(SalvageTest, FinishesWhatACrashInterrupted) {
  fill(false);
  auto bytes = whole_["outbox.db"];
  bytes.replace(0, 100, std::string(100, '\0'));
  folder_.write("outbox.db", bytes);
  reopen();
  const auto epoch = outbox_->epoch();
  outbox_.reset();
  // After the damaged one moved and before the fresh one took its place.
  std::filesystem::rename(folder_ / "outbox.db", folder_ / "outbox.db.fresh");
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_EQ(depth(Lane::measurements).last, kPings);
  outbox_.reset();
  // Before: the fresh one is not to be trusted.
  folder_.write("outbox.db.fresh", "half of it");
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outbox.db.fresh"));
}

// The renames of a replacement, one after the other: a power cut leaves the folder as it was between two.
TEST_F(SalvageTest, APowerCutBetweenAnyTwoRenamesLosesNothing) {
  fill(true);
  ASSERT_TRUE(whole_.contains("outbox.db-wal"));
  auto damaged = whole_["outbox.db"];
  // Some rows, so that it is noticed: those of the WAL come over.
  const auto middle = damaged.size() / 2048 * 1024;
  damaged.replace(middle, 1024, std::string(1024, '\7'));
  whole_["outbox.db"] = damaged;
  restore();
  reopen();
  ASSERT_TRUE(salvage());
  outbox_.reset();
  const auto fresh = folder_.read("outbox.db");
  reopen();
  const auto saved = expect_nothing_wrong();
  EXPECT_GT(saved[index(Lane::measurements)], kPings / 2);
  const auto wal = whole_["outbox.db-wal"];
  using Files = std::map<std::string, std::string>;
  const std::vector<Files> folders = {
      {{"outbox.db", damaged},
       {"outbox.db-wal", wal},
       {"outbox.db.fresh", fresh.substr(0, fresh.size() / 2)}},
      {{"outbox.db", damaged}, {"outbox.db-wal", wal}, {"outbox.db.fresh", fresh}},
      {{"outbox.db.damaged-1", damaged}, {"outbox.db-wal", wal}, {"outbox.db.fresh", fresh}},
      {{"outbox.db.damaged-1", damaged}, {"outbox.db.damaged-1-wal", wal}, {"outbox.db.fresh", fresh}},
      {{"outbox.db.damaged-1", damaged}, {"outbox.db.damaged-1-wal", wal}, {"outbox.db", fresh}}};
  for (std::size_t i = 0; i < folders.size(); ++i) {
    SCOPED_TRACE("folder " + std::to_string(i));
    whole_ = folders[i];
    restore();
    reopen();
    EXPECT_EQ(expect_nothing_wrong(), saved);
    EXPECT_EQ(outbox_->note("source").value(), std::to_string(kEvents) + " taken")
        << "it is in the WAL alone";
    EXPECT_FALSE(std::filesystem::exists(folder_ / "outbox.db.fresh"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "outbox.db.damaged-1"));
  }
}

TEST_F(SalvageTest, MendsInTheMiddleOfWorkAndTells) {
  std::vector<Pending> records;
  for (std::uint64_t i = 1; i <= 40'000; ++i) records.push_back(ping(i));
  append(records);
  reopen();
  epoch_ = outbox_->epoch();
  int renewals = 0;
  outbox_->when_renewed([&] { ++renewals; });
  // The card changes pages under a running program, whose cache has few of them.
  {
    std::fstream file(folder_ / "outbox.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(400 * 1024);
    file << std::string(100 * 1024, '\x55');
  }
  std::uint64_t found = 0;
  for (RowId next = 1; next <= 40'000;) {
    const auto batch = read(Lane::measurements, next, 1'000);
    ASSERT_FALSE(batch.empty());
    for (const auto& item : batch.items) {
      ASSERT_EQ(item.first, next);
      next = item.last + 1;
      if (item.first != item.last || batch.schemas[item.schema] == gap_schema(Lane::measurements)) continue;
      ASSERT_EQ(item.record, ping(item.last).record);
      ++found;
    }
  }
  EXPECT_GT(found, 30'000U);
  EXPECT_LT(found, 40'000U);
  EXPECT_EQ(renewals, 1);
  EXPECT_NE(outbox_->epoch(), epoch_);
  EXPECT_EQ(append({ping(40'001)}), 40'001U);
  reopen();
  EXPECT_EQ(depth(Lane::measurements).last, 40'001U);
}

TEST_F(SalvageTest, GivesWhatWasWrittenOrAGapAfterAnyDamage) {
  const auto seeds = test::fault_seeds(60);
  std::uint64_t renewed = 0;
  std::uint64_t gone_through = 0;
  std::array<std::uint64_t, kLaneCount> kept{};
  fill(/*in_wal=*/seeds.first % 2 == 0);
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    restore();
    for (const auto& [part, whole] : whole_) {
      auto bytes = whole;
      switch (random() % 4) {
        case 0:
          // A WAL that is cut short looks like one that never was longer: the gateway's mark tells then.
          if (part == "outbox.db") bytes.resize(test::below(random, bytes.size()));
          break;
        case 1: bytes.replace(test::below(random, bytes.size()), 1024, std::string(1024, '\0')); break;
        default:
          for (auto flips = random() % 30 + 1; flips > 0; --flips) {
            auto& byte = bytes[test::below(random, bytes.size())];
            byte = static_cast<char>(byte ^ static_cast<char>(1U << random() % 8));
          }
      }
      folder_.write(part, bytes);
      if (random() % 2 == 0) break;
    }
    auto opened = Outbox::open(file_);
    ASSERT_TRUE(opened) << opened.error().to_string();
    outbox_ = std::move(*opened);
    hear_the_gateway();
    const auto found = expect_nothing_wrong();
    ++gone_through;
    if (testing::Test::HasFailure()) break;
    renewed += outbox_->epoch() != epoch_ ? 1 : 0;
    for (const Lane lane : kLanes) kept[index(lane)] += found[index(lane)];
  }
  const auto share = [&, gone_through](Lane lane, std::uint64_t of) {
    return std::to_string(100 * kept[index(lane)] / (of * gone_through)) + " %";
  };
  test::print_table(
      "damaged-outboxes",
      "Damaged outboxes: " + std::to_string(gone_through) + ", " + std::to_string(renewed) +
          " of them begun anew; " + share(Lane::events, kEvents) + " of the events and " +
          share(Lane::measurements, kPings) + " of the measurements kept, " +
          (HasFailure() ? "THE LAST ONE WRONG (seed " + std::to_string(seeds.first + gone_through - 1) + ")"
                        : std::string("none of them wrong")));
}

}  // namespace
}  // namespace xalink
