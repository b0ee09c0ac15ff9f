// The outbox whose card loses its power during each step of a scripted life, one after the other.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

using Rows = std::array<RowId, kLaneCount>;

/// What the outbox had told when the disk stood at `step`: from then on it must hold.
struct Told {
  std::size_t step = 0;
  Rows durable{};          ///< rows whose source was told
  Rows begun{};            ///< rows that a call was given; they may be there too
  Rows acknowledged{};     ///< by the gateway: a mark must never be above
  std::uint64_t note = 0;  ///< number in the note that a source was told to be durable
  std::uint64_t note_begun = 0;
  std::optional<std::uint8_t> bdseq;  ///< of the last CONNECT
};

/// A board's life: what it does with its outbox, and what it was told at each step of the disk.
class Life {
 public:
  Life(FaultyDisk& disk, std::filesystem::path file) : disk_(disk), file_(std::move(file)) { tell(); }

  void open() {
    auto opened = Outbox::open(file_);
    ASSERT_TRUE(opened) << opened.error().to_string();
    outbox_ = std::move(*opened);
  }
  void close() { outbox_.reset(); }

  void measure(std::uint64_t count) {
    std::vector<Pending> records;
    auto& begun = now_.begun[index(Lane::measurements)];
    for (std::uint64_t i = 0; i < count; ++i) {
      ++begun;
      records.push_back(ping(begun, target(begun)));
    }
    tell();
    const auto rows = outbox_->append(records);
    ASSERT_TRUE(rows) << rows.error().to_string();
    now_.durable = *rows;
    tell();
  }
  void take_dossiers(std::uint64_t count) {
    std::vector<Pending> records;
    auto& begun = now_.begun[index(Lane::events)];
    for (std::uint64_t i = 0; i < count; ++i) records.push_back(dossier_event(++begun));
    ++now_.note_begun;
    tell();
    const auto rows = outbox_->append_with_note(records, "source", std::to_string(begun));
    ASSERT_TRUE(rows) << rows.error().to_string();
    now_.durable = *rows;
    now_.note = begun;
    tell();
  }
  void connect() {
    const auto bdseq = outbox_->next_bdseq();
    ASSERT_TRUE(bdseq);
    now_.bdseq = *bdseq;
    tell();
  }
  void acknowledge(Lane lane, RowId mark) {
    now_.acknowledged[index(lane)] = std::max(now_.acknowledged[index(lane)], mark);
    tell();
    ASSERT_TRUE(outbox_->acknowledge(lane, mark));
  }
  [[nodiscard]] RowId durable(Lane lane) const { return now_.durable[index(lane)]; }

  /// The last word before `step` was done.
  [[nodiscard]] const Told& told(std::size_t step) const {
    const auto after = std::upper_bound(told_.begin(), told_.end(), step,
                                        [](std::size_t at, const Told& each) { return at < each.step; });
    return *std::prev(after);
  }

  /// A shape that is new in some batches: schemas are part of the transaction too.
  static std::string target(std::uint64_t number) { return "target " + std::to_string(number / 60); }

 private:
  void tell() {
    now_.step = disk_.steps();
    told_.push_back(now_);
  }

  FaultyDisk& disk_;
  std::filesystem::path file_;
  std::unique_ptr<Outbox> outbox_;
  Told now_;
  std::vector<Told> told_;
};

void live(Life& life, std::uint64_t big) {
  life.open();
  life.connect();
  life.measure(11);
  life.take_dossiers(3);
  life.measure(30);
  life.acknowledge(Lane::measurements, 20);
  life.take_dossiers(1);
  life.acknowledge(Lane::events, 2);
  life.close();
  life.open();
  life.connect();
  life.take_dossiers(40);
  for (int i = 0; i < 6; ++i) life.measure(13);
  life.acknowledge(Lane::measurements, life.durable(Lane::measurements));
  life.connect();
  life.take_dossiers(2);
  if (big > 0) life.measure(big);
  life.acknowledge(Lane::events, life.durable(Lane::events));
  life.measure(1);
  life.close();
  life.open();
  life.measure(5);
  life.take_dossiers(1);
  life.close();
}

Pending record_of(Lane lane, RowId row) {
  return lane == Lane::events ? dossier_event(row) : ping(row, Life::target(row));
}

void expect_rows(Outbox& outbox, Lane lane, RowId last) {
  RowId next = 1;
  while (next <= last) {
    const auto batch = outbox.read(lane, next, 1'000);
    ASSERT_TRUE(batch) << batch.error().to_string();
    ASSERT_FALSE(batch->empty());
    for (const auto& item : batch->items) {
      ASSERT_EQ(item.first, next);
      ASSERT_EQ(item.last, next);
      const auto expected = record_of(lane, next);
      ASSERT_EQ(batch->schemas[item.schema], expected.schema) << "row " << next;
      ASSERT_EQ(item.record, expected.record) << "row " << next;
      ++next;
    }
  }
}

void expect_kept(const std::filesystem::path& file, const Told& told, bool go_on) {
  auto opened = Outbox::open(file);
  ASSERT_TRUE(opened) << opened.error().to_string();
  auto& outbox = **opened;
  Rows last{};
  for (const auto lane : kLanes) {
    const auto depth = outbox.depth(lane);
    ASSERT_TRUE(depth) << depth.error().to_string();
    last[index(lane)] = depth->last;
    ASSERT_GE(depth->last, told.durable[index(lane)]) << "a row is gone whose source was told";
    ASSERT_LE(depth->last, told.begun[index(lane)]) << "a row from nowhere";
    ASSERT_TRUE(depth->last == told.durable[index(lane)] || depth->last == told.begun[index(lane)])
        << "half a transaction";
    ASSERT_LE(depth->acknowledged, told.acknowledged[index(lane)]) << "a mark that no gateway gave";
    expect_rows(outbox, lane, depth->last);
    if (testing::Test::HasFatalFailure()) return;
  }
  const auto note = outbox.note("source");
  ASSERT_TRUE(note);
  const std::uint64_t noted = *note ? std::stoull(**note) : 0;
  ASSERT_EQ(noted, last[index(Lane::events)]) << "the note is of another moment than its records";
  ASSERT_GE(noted, told.note);
  const auto bdseq = outbox.next_bdseq();
  ASSERT_TRUE(bdseq);
  if (told.bdseq) {
    ASSERT_NE(*bdseq, *told.bdseq) << "a bdSeq came twice";
  }
  const auto mended = outbox.predecessors();
  ASSERT_TRUE(mended);
  ASSERT_TRUE(mended->empty()) << "a power cut was taken for damage";
  const auto given_up = outbox.given_up();
  ASSERT_TRUE(given_up);
  ASSERT_TRUE(given_up->empty()) << given_up->begin()->first;
  if (!go_on) return;
  auto [events, measurements] = last;
  const auto rows =
      outbox.append({dossier_event(events + 1), ping(measurements + 1, Life::target(measurements + 1))});
  ASSERT_TRUE(rows) << rows.error().to_string();
  ASSERT_EQ(*rows, (Rows{events + 1, measurements + 1}));
  expect_rows(outbox, Lane::events, events + 1);
  expect_rows(outbox, Lane::measurements, measurements + 1);
}

TEST(PowerCut, DuringAnyStepCostsNothingThatWasTold) {
  const auto seeds = test::fault_seeds(1);
  std::size_t cuts = 0;
  std::size_t steps = 0;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    FaultyDisk disk;
    const ScratchFolder folder;
    Life life(disk, folder / "outbox.db");
    // Now and then so much that the WAL goes into the database by itself.
    live(life, seed % 20 == 0 ? 40'000 : 0);
    ASSERT_FALSE(testing::Test::HasFatalFailure());
    steps = disk.steps();
    std::mt19937_64 random(seed);
    const std::size_t stride = std::max<std::size_t>(1, steps / 2'000);
    for (std::size_t step = test::below(random, stride); step <= steps; step += stride) {
      for (const auto survivors : {FaultyDisk::Survivors::none, FaultyDisk::Survivors::all,
                                   FaultyDisk::Survivors::any, FaultyDisk::Survivors::any}) {
        SCOPED_TRACE("seed " + std::to_string(seed) + ", cut during step " + std::to_string(step) + " of " +
                     std::to_string(steps) + ", survivors " + std::to_string(static_cast<int>(survivors)));
        disk.lay_out(step, survivors, random);
        // Written when an outbox had been opened for the first time.
        if (!life.told(step).bdseq) std::filesystem::remove(folder / "outbox.db.lock");
        expect_kept(folder / "outbox.db", life.told(step), /*go_on=*/step % 7 == 0);
        if (testing::Test::HasFatalFailure()) return;
        ++cuts;
      }
    }
  }
  test::print_table("power-cuts-outbox", "Power cuts, outbox: " + std::to_string(cuts) +
                                             " cards laid out, cut during each step of a life of " +
                                             std::to_string(steps) + " steps; nothing that was told is gone");
}

}  // namespace
}  // namespace xalink
