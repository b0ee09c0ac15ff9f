// The ledger whose disk loses its power during each step of a scripted run, one after the other.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/boards.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using Place = std::tuple<std::string, std::string, Lane>;  ///< node, epoch, lane
using Marks = std::map<Place, RowId>;

const NodeId kOther{"VN-03", "site-b"};

/// What the ledger had answered when the disk stood at `step`.
struct Told {
  std::size_t step = 0;
  Marks marks;  ///< acknowledged: the board may forget these rows
  Marks begun;  ///< rows that a commit was given
  std::int64_t set_aside = 0;
};

class Script {
 public:
  Script(FaultyDisk& disk, std::filesystem::path file) : disk_(disk), file_(std::move(file)) { tell(); }

  void open() {
    auto opened = Ledger::open(file_);
    ASSERT_TRUE(opened) << opened.error().to_string();
    ledger_ = std::move(*opened);
    if (!first_open_) first_open_ = disk_.steps();
    ASSERT_TRUE(ledger_->close_open_sessions(at_ms(kNoon), "restarted"));
  }
  void close() { ledger_.reset(); }

  void commit(const std::vector<Fact>& facts) {
    for (const auto& fact : facts) {
      const auto* arrived = std::get_if<fact::Arrived>(&fact);
      if (arrived == nullptr) continue;
      auto& row = now_.begun[{arrived->node.node, arrived->batch.epoch, arrived->batch.lane}];
      row = std::max(row, arrived->batch.last());
    }
    tell();
    const auto marks = ledger_->commit(facts);
    ASSERT_TRUE(marks) << marks.error().to_string();
    for (const auto& mark : *marks) now_.marks[{mark.node.node, mark.epoch, mark.lane}] = mark.mark;
    for (const auto& fact : facts) now_.set_aside += std::holds_alternative<fact::SetAside>(fact) ? 1 : 0;
    tell();
  }

  /// Steps after which the store was open for the first time: only from there on its lock knows of it.
  [[nodiscard]] std::size_t first_open() const { return first_open_.value(); }
  [[nodiscard]] const Told& told(std::size_t step) const {
    const auto after = std::upper_bound(told_.begin(), told_.end(), step,
                                        [](std::size_t at, const Told& each) { return at < each.step; });
    return *std::prev(after);
  }

 private:
  void tell() {
    now_.step = disk_.steps();
    told_.push_back(now_);
  }

  FaultyDisk& disk_;
  std::filesystem::path file_;
  std::unique_ptr<Ledger> ledger_;
  Told now_;
  std::vector<Told> told_;
  std::optional<std::size_t> first_open_;
};

Fact set_aside(int number) {
  return fact::SetAside{"topic", "payload " + std::to_string(number), "reason", at_ms(kNoon)};
}

void work(Script& run) {
  run.open();
  run.commit({born(1, kNoon)});
  run.commit({arrived(rows(kEpochA, 1, 9))});
  run.commit({arrived(rows(kEpochA, 1, 3, Lane::events)), arrived(rows(kEpochA, 10, 40))});
  run.commit({born(7, kNoon, kEpochB, kOther), set_aside(1), arrived(rows(kEpochB, 1, 60), kOther)});
  run.commit({arrived(rows(kEpochA, 20, 90))});  // the first half again
  run.close();
  run.open();
  run.commit({born(2, kNoon + 1), arrived(rows(kEpochA, 91, 100))});
  run.commit({arrived(rows(kEpochA, 4, 50, Lane::events)), set_aside(2)});
  run.commit({arrived(rows(kEpochB, 61, 62), kOther), fact::NodeDied{kOther, at_ms(kNoon + 2), "left"},
              arrived(rows(kEpochA, 101, 300))});
  run.close();
}

class PowerCutLedger : public StoreTest {
 protected:
  void expect_kept(const Told& told) {
    // What each board would hear at its next birth.
    const auto marks = commit({born(50, kNoon + 9), born(51, kNoon + 9, kEpochB, kOther)});
    Marks now;
    for (const auto& mark : marks) now[{mark.node.node, mark.epoch, mark.lane}] = mark.mark;
    for (const auto& [place, mark] : told.marks) {
      ASSERT_GE(now[place], mark) << "acknowledged rows are gone: " << std::get<0>(place);
    }
    std::int64_t records = 0;
    for (const auto& [place, mark] : now) {
      const auto begun = told.begun.find(place);
      ASSERT_LE(mark, begun == told.begun.end() ? 0 : begun->second) << "rows from nowhere";
      records += static_cast<std::int64_t>(mark);
      const std::string where = " FROM record JOIN epoch ON epoch.id = record.epoch WHERE uuid = '" +
                                std::get<1>(place) +
                                "' AND lane = " + std::to_string(index(std::get<2>(place)));
      ASSERT_EQ(number("SELECT count(*)" + where), static_cast<std::int64_t>(mark));
      ASSERT_EQ(number("SELECT coalesce(max(row_id), 0)" + where), static_cast<std::int64_t>(mark));
      ASSERT_EQ(number("SELECT count(*)" + where + " AND wall_ms <> " + std::to_string(kNoon) + " + row_id"),
                0);
    }
    ASSERT_EQ(number("SELECT count(*) FROM record"), records) << "rows that no mark accounts for";
    ASSERT_GE(number("SELECT count(*) FROM set_aside"), told.set_aside);
    // What people see of it.
    const auto fleet = read_fleet(file());
    ASSERT_TRUE(fleet) << fleet.error().to_string();
    for (const auto& board : fleet->boards) {
      for (const Lane lane : kLanes) {
        ASSERT_EQ(board.lanes[index(lane)].mark, (now[{board.site.node, board.epoch, lane}]));
        ASSERT_EQ(board.lanes[index(lane)].records, board.lanes[index(lane)].mark);
      }
    }
    // The boards send again from the marks on, as they do.
    const auto next = now[{kSite.node, kEpochA, Lane::measurements}] + 1;
    const auto after = commit_one(rows(kEpochA, next, next + 2));
    ASSERT_EQ(after.mark, next + 2);
    ASSERT_FALSE(after.hole);
    ASSERT_EQ(text("PRAGMA integrity_check"), "ok");
  }
};

TEST_F(PowerCutLedger, DuringAnyStepCostsNothingThatWasAcknowledged) {
  const auto seeds = fault_seeds(1);
  std::size_t cuts = 0;
  std::size_t steps = 0;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    for (const char* part : {"", "-wal", "-shm", "-journal", ".lock"}) {
      std::filesystem::remove(file().string() + part);
    }
    FaultyDisk disk;
    Script run(disk, file());
    work(run);
    ASSERT_FALSE(testing::Test::HasFatalFailure());
    steps = disk.steps();
    std::mt19937_64 random(seed);
    for (std::size_t step = 0; step <= steps; ++step) {
      for (const auto survivors : {FaultyDisk::Survivors::none, FaultyDisk::Survivors::all,
                                   FaultyDisk::Survivors::any, FaultyDisk::Survivors::any}) {
        SCOPED_TRACE("seed " + std::to_string(seed) + ", cut during step " + std::to_string(step) + " of " +
                     std::to_string(steps) + ", survivors " + std::to_string(static_cast<int>(survivors)));
        restart();
        disk.lay_out(step, survivors, random);
        // The lock is no part of the disk that is laid out: here it is as it was at that step.
        if (step < run.first_open()) std::filesystem::remove(file().string() + ".lock");
        expect_kept(run.told(step));
        if (testing::Test::HasFatalFailure()) return;
        ++cuts;
      }
    }
    restart();
  }
  print_table("power-cuts-ledger", "Power cuts, ledger: " + std::to_string(cuts) +
                                       " disks laid out, cut during each step of a run of " +
                                       std::to_string(steps) +
                                       " steps; nothing that was acknowledged is gone");
}

}  // namespace
}  // namespace xalink::test
