// The property that everything else rests on: whatever is lost, repeated, reordered or killed, in the end
// the gateway holds exactly the records that the boards made durable (design, end of section 5).

#include <gtest/gtest.h>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <cstdlib>

#include "tests/comparison/comparison.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/integration/protocol_world.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A sanitizer looks for other mistakes, and at a tenth of the speed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeedsDividedBy = 20;
#else
constexpr std::uint64_t kSeedsDividedBy = 1;
#endif

test::FaultSeeds seeds(std::uint64_t usual) {
  auto seeds = test::fault_seeds(usual);
  seeds.count = std::max<std::uint64_t>(2, seeds.count / kSeedsDividedBy);
  return seeds;
}

void expect_exactly_once(const ProtocolWorld& world, std::size_t board, std::size_t gateway = 0) {
  const auto comparison = compare_stores(world.outbox_file(board), world.store_file(gateway));
  ASSERT_TRUE(comparison) << comparison.error().to_string();
  EXPECT_TRUE(comparison->holds()) << comparison->to_string() << testing::PrintToString(comparison->examples);
  EXPECT_EQ(comparison->given_up, 0U);
}

// Whatever became of epochs: each record that was taken is in the store once, but for what deaths may cost.
void expect_accounts_for_all(const ProtocolWorld& world) {
  SQLite::Database store(world.store_file().string(), SQLite::OPEN_READONLY);
  const auto number = [&](const char* sql) {
    return static_cast<std::uint64_t>(store.execAndGet(sql).getInt64());
  };
  const auto records = number("SELECT count(*) FROM record WHERE first IS NULL");
  EXPECT_EQ(number("SELECT count(DISTINCT body) FROM record WHERE first IS NULL"), records) << "taken twice";
  const auto& losses = world.losses();
  EXPECT_LE(records, world.taken() - losses.sure);
  EXPECT_GE(records + losses.possible, world.taken() - losses.sure);
}

// Everything calms down, and must come to rest with every record delivered.
void finish(ProtocolWorld& world, std::size_t board) {
  world.faults = {};
  if (!world.alive(board)) world.start_board(board);
  ASSERT_TRUE(world.run_until_drained(hours(2))) << "not drained after two quiet hours";
  expect_exactly_once(world, board);
}

class EverySeed : public testing::Test {
 protected:
  // Thousands of databases: in memory where there is a place for it.
  static void SetUpTestSuite() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  }

  // Runs a schedule for many seeds and stops at the first that fails, naming it.
  template <class Schedule>
  void run(std::uint64_t count, Schedule schedule) {
    const auto range = seeds(count);
    for (std::uint64_t seed = range.first; seed < range.first + range.count; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      ProtocolWorld world(seed);
      world.node_options.max_message_bytes = 400;
      const auto board = world.add_board();
      world.start_gateway();
      world.start_board(board);
      schedule(world, board);
      if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
  }
};

TEST_F(EverySeed, QuietNetworkDeliversEveryRecordOnce) {
  run(50, [](ProtocolWorld& world, std::size_t board) {
    for (int i = 0; i < 20; ++i) {
      world.take_records(board, world.random()() % 10);
      world.flush(board);
      world.run_for(seconds(world.random()() % 20));
    }
    finish(world, board);
  });
}

TEST_F(EverySeed, LossRepetitionReorderingAndLies) {
  run(1000, [](ProtocolWorld& world, std::size_t board) {
    world.faults = Faults{static_cast<double>(world.random()() % 30) / 100.0, 0.05, 0.05, 0.05};
    for (int i = 0; i < 15; ++i) {
      world.take_records(board, world.random()() % 20);
      if (world.chance(0.7)) world.flush(board);
      world.run_for(seconds(world.random()() % 30));
    }
    finish(world, board);
  });
}

TEST_F(EverySeed, DeathOfEitherSideAtAnyMoment) {
  run(800, [](ProtocolWorld& world, std::size_t board) {
    world.faults = Faults{static_cast<double>(world.random()() % 10) / 100.0, 0.02, 0.02, 0.02};
    if (world.chance(0.5)) world.holds = 0.8;
    for (int i = 0; i < 25; ++i) {
      world.take_records(board, world.random()() % 20);
      if (world.chance(0.7)) world.flush(board);
      world.run_for(std::chrono::milliseconds(world.random()() % 8000));
      switch (world.random()() % 8) {
        case 0:
          world.kill_board(board);
          if (world.chance(0.5)) world.run_for(seconds(world.random()() % 5));
          world.start_board(board);
          break;
        case 1:
          world.kill_gateway();
          if (world.chance(0.5)) world.run_for(seconds(world.random()() % 5));
          world.start_gateway();
          break;
        case 2: world.cut_board(board); break;
        case 3: world.cut_gateway(); break;
        case 4: world.restart_broker(); break;
        case 5: world.command_rebirth(); break;
        default: break;
      }
    }
    finish(world, board);
    expect_accounts_for_all(world);
  });
}

TEST_F(EverySeed, SequenceNumbersWrapDuringADrain) {
  run(20, [](ProtocolWorld& world, std::size_t board) {
    world.kill_gateway();
    for (int i = 0; i < 40; ++i) {
      world.take_records(board, 50);
      world.flush(board);
    }
    world.start_gateway();
    world.faults.lose = world.chance(0.5) ? 0.02 : 0;
    const auto before = world.messages();
    world.run_for(minutes(2));
    if (world.chance(0.5)) world.command_rebirth();
    finish(world, board);
    EXPECT_GT(world.messages() - before, 256U);
  });
}

TEST_F(EverySeed, AReplacedOutboxIsANewEpoch) {
  run(200, [](ProtocolWorld& world, std::size_t board) {
    world.take_records(board, 30);
    world.flush(board);
    world.run_for(seconds(world.random()() % 20));
    world.kill_board(board);
    world.replace_outbox(board);
    world.start_board(board);
    world.take_records(board, 30);
    world.flush(board);
    finish(world, board);
  });
}

TEST_F(EverySeed, AnOutboxThatLostItsLastCommitsLosesNoneOfItsNewRecords) {
  std::uint64_t begun = 0;
  run(150, [&](ProtocolWorld& world, std::size_t board) {
    world.take_records(board, 20);
    world.flush(board);
    world.run_for(seconds(world.random()() % 20));
    world.remember_outbox(board);
    world.take_records(board, 1 + world.random()() % 30);
    world.flush(board);
    world.run_for(seconds(world.random()() % 20));
    world.kill_board(board);
    world.lose_last_commits(board);
    world.start_board(board);
    // Fewer than were lost, as many or more; over starts that hear the gateway and starts that do not.
    for (int start = 0; start < 3; ++start) {
      world.take_records(board, world.random()() % 25);
      world.flush(board);
      if (world.chance(0.5)) world.run_for(Milliseconds(world.random()() % 5'000));
      world.take_records(board, world.random()() % 10);
      world.flush(board);
      if (world.chance(0.5)) continue;
      world.kill_board(board);
      world.start_board(board);
    }
    world.run_for(seconds(30));
    finish(world, board);
    begun += world.epochs_begun();
  });
  EXPECT_GT(begun, 0U);
}

TEST_F(EverySeed, AGatewayRestoredFromABackupGetsBackWhatItLost) {
  run(200, [](ProtocolWorld& world, std::size_t board) {
    world.take_records(board, 30);
    world.flush(board);
    world.run_for(seconds(world.random()() % 20));
    world.kill_gateway();
    world.back_up_store();
    world.start_gateway();
    world.take_records(board, 60);
    world.flush(board);
    world.run_for(seconds(world.random()() % 60));
    world.kill_gateway();
    world.restore_store();
    world.faults.lose = 0.1;
    world.start_gateway();
    world.take_records(board, 10);
    // Records from between backup and restore were acknowledged before; they must be back all the same.
    world.run_for(minutes(5));
    finish(world, board);
  });
}

TEST_F(EverySeed, TwoGatewaysByMistakeLoseNothingOnceOneIsStopped) {
  run(200, [](ProtocolWorld& world, std::size_t board) {
    for (int i = 0; i < 6; ++i) {
      world.take_records(board, 10);
      world.flush(board);
      world.run_for(seconds(world.random()() % 10));
      if (world.chance(0.5)) {
        world.start_gateway(1);
        world.run_for(seconds(world.random()() % 10));
        world.kill_gateway(1);
      }
    }
    // What the other gateway acknowledged is at rest for the board; ours has to notice and ask for it.
    world.run_for(minutes(5));
    finish(world, board);
  });
}

TEST_F(EverySeed, TwoBoardsWithOneIdentityKeepTheirRecordsApart) {
  run(100, [](ProtocolWorld& world, std::size_t board) {
    const auto twin = world.add_board();
    world.start_board(twin);
    for (int i = 0; i < 10; ++i) {
      world.take_records(board, 5);
      world.take_records(twin, 5);
      world.flush(board);
      world.flush(twin);
      world.run_for(seconds(world.random()() % 20));
    }
    world.kill_board(twin);
    finish(world, board);
    world.kill_board(board);
    world.start_board(twin);
    ASSERT_TRUE(world.run_until_drained(hours(2)));
    expect_exactly_once(world, twin);
    expect_exactly_once(world, board);
  });
}

}  // namespace
}  // namespace xalink
