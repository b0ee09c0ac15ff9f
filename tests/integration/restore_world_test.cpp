// A province whose gateway is put back from a copy that is hours old: what the boards still hold comes
// back, what they do not is told, and the account of every epoch is exact.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "gateway/boards.hpp"
#include "tests/comparison/comparison.hpp"
#include "tests/fakes/database_view.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/integration/protocol_world.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using LaneRows = std::array<RowId, kLaneCount>;

// Of a real board, in simulated time: these many records every ten minutes.
constexpr std::size_t kRecordsAtATime = 12;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 2;
#else
constexpr std::uint64_t kSeeds = 6;
#endif

std::int64_t ask(const std::filesystem::path& file, const std::string& sql) {
  test::DatabaseView view(file);
  SQLite::Statement query(view.database(), sql);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

class Province {
 public:
  enum Site : std::size_t {
    kKeepsAll,
    kSmallOutbox,  ///< has evicted some spares
    kNoSpares,     ///< has evicted all of them
    kNewCard,      ///< got a new outbox after the copy was made
    kNewcomer,     ///< was first heard of after the copy was made
    kSites
  };

  explicit Province(std::uint64_t seed) : world(seed) {
    world.node_options.max_message_bytes = 700;
    for (std::size_t site = 0; site < kSites; ++site) {
      world.add_board(NodeId{"VN-03", "site-" + std::to_string(site)});
    }
    world.start_gateway();
    for (std::size_t site = 0; site < kNewcomer; ++site) world.start_board(site);
  }

  void work(Duration how_long) {
    for (Duration done{}; done < how_long; done += minutes(10)) {
      for (std::size_t site = 0; site < kSites; ++site) {
        if (!world.alive(site)) continue;
        world.take_records(site, kRecordsAtATime);
        world.flush(site);
      }
      world.run_for(minutes(10));
    }
  }

  [[nodiscard]] RowId mark(std::size_t site, Lane lane) const {
    return static_cast<RowId>(ask(
        world.store_file(),
        "SELECT mark.row_id FROM mark JOIN epoch ON epoch.id = mark.epoch JOIN node ON node.id = epoch.node "
        "WHERE node.node = 'site-" +
            std::to_string(site) + "' AND lane = " + std::to_string(index(lane)) +
            " ORDER BY epoch.id DESC LIMIT 1"));
  }

  /// Spares up to `share` of what is acknowledged go, as an outbox does that needs the room. Gives the last
  /// row that went.
  LaneRows evict(std::size_t site, double share) {
    world.kill_board(site);
    LaneRows evicted{};
    std::optional<SQLite::Database> outbox(std::in_place, world.outbox_file(site).string(),
                                           SQLite::OPEN_READWRITE);
    for (const Lane lane : kLanes) {
      const auto number = std::to_string(index(lane));
      const auto acknowledged =
          outbox->execAndGet("SELECT row_id FROM position WHERE what = 'acknowledged' AND lane = " + number)
              .getInt64();
      evicted[index(lane)] = static_cast<RowId>(static_cast<double>(acknowledged) * share);
      outbox->exec("DELETE FROM lane_" + number + " WHERE row_id <= " + std::to_string(evicted[index(lane)]));
    }
    outbox.reset();  // a board holds it alone
    world.start_board(site);
    return evicted;
  }

  ProtocolWorld world;
};

/// What `boards` says of one site and lane.
struct Told {
  std::uint64_t asked = 0;
  std::uint64_t back = 0;
  std::uint64_t gone = 0;
  std::uint64_t to_come = 0;
};

Told told(const Board& board, Lane lane) {
  Told sum;
  for (const auto& recovery : board.recoveries) {
    if (recovery.lane != lane) continue;
    sum.asked += recovery.last - recovery.first + 1;
    sum.back += recovery.back;
    sum.gone += recovery.gone;
    sum.to_come += recovery.to_come;
  }
  return sum;
}

TEST(RestoredProvince, GetsBackWhatBoardsHoldAndTellsWhatIsGoneForGood) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
  if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  const auto seeds = test::fault_seeds(kSeeds);
  std::uint64_t all_rows = 0;
  std::uint64_t all_asked = 0;
  std::uint64_t all_back = 0;
  std::uint64_t all_gone = 0;
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Province province(seed);
    auto& world = province.world;
    province.work(hours(1));
    world.back_up_store();
    std::array<LaneRows, Province::kSites> in_copy{};
    for (std::size_t site = 0; site < Province::kSites; ++site) {
      for (const Lane lane : kLanes) in_copy[site][index(lane)] = province.mark(site, lane);
    }

    world.kill_board(Province::kNewCard);
    world.replace_outbox(Province::kNewCard);
    world.start_board(Province::kNewCard);
    world.start_board(Province::kNewcomer);
    in_copy[Province::kNewCard] = {};
    province.work(hours(4));
    ASSERT_TRUE(world.run_until_drained(hours(1)));
    const auto evicted_some = province.evict(Province::kSmallOutbox, 0.6);
    const auto evicted_all = province.evict(Province::kNoSpares, 1.0);
    world.run_for(minutes(1));

    // Twice, the second time from the middle of the first; commands and records get lost meanwhile.
    world.kill_gateway();
    world.restore_store();
    world.faults.lose = 0.1;
    world.start_gateway();
    world.run_for(seconds(5 + world.random()() % 60));
    world.kill_gateway();
    if (world.chance(0.5)) world.restore_store();
    world.start_gateway();
    world.run_for(seconds(world.random()() % 20));
    world.kill_gateway();
    world.start_gateway();
    province.work(minutes(30));
    world.faults = {};
    world.run_for(minutes(5));
    ASSERT_TRUE(world.run_until_drained(hours(2)));

    const auto fleet = read_fleet(world.store_file());
    ASSERT_TRUE(fleet) << fleet.error().to_string();
    ASSERT_EQ(fleet->boards.size(), std::size_t{Province::kSites});
    for (std::size_t site = 0; site < Province::kSites; ++site) {
      SCOPED_TRACE("site " + std::to_string(site));
      const auto account = compare_stores(world.outbox_file(site), world.store_file());
      ASSERT_TRUE(account) << account.error().to_string();
      EXPECT_TRUE(account->holds()) << account->to_string() << testing::PrintToString(account->examples);
      const auto numbered = static_cast<std::uint64_t>(
          ask(world.outbox_file(site), "SELECT sum(row_id) FROM position WHERE what = 'last'"));
      EXPECT_EQ(account->committed + account->given_up, numbered);

      LaneRows evicted{};
      if (site == Province::kSmallOutbox) evicted = evicted_some;
      if (site == Province::kNoSpares) evicted = evicted_all;
      std::uint64_t gone_here = 0;
      for (const Lane lane : kLanes) {
        const auto copied = in_copy[site][index(lane)];
        const auto gone = evicted[index(lane)] > copied ? evicted[index(lane)] - copied : 0;
        const auto& board = fleet->boards[site];
        const auto sum = told(board, lane);
        EXPECT_EQ(sum.to_come, 0U);
        EXPECT_EQ(sum.gone, gone) << "lane " << index(lane);
        EXPECT_EQ(sum.back + sum.gone, sum.asked);
        EXPECT_GT(sum.asked, 0U);
        const auto reported = std::find_if(board.gone.begin(), board.gone.end(),
                                           [&](const Gone& part) { return part.lane == lane; });
        ASSERT_EQ(reported != board.gone.end(), gone > 0);
        if (gone > 0) {
          EXPECT_EQ(reported->reason, "forgotten");
          EXPECT_EQ(reported->records, gone);
          ASSERT_TRUE(reported->until);
          EXPECT_TRUE(!reported->since || *reported->since < *reported->until);
        }
        gone_here += gone;
        all_asked += sum.asked;
        all_back += sum.back;
        all_gone += sum.gone;
      }
      EXPECT_EQ(account->given_up, gone_here);
      all_rows += numbered;
    }
    if (testing::Test::HasFailure()) return;
  }
  std::ostringstream table;
  table << "Restored gateway: " << seeds.count
        << " runs, five boards each, a copy over four hours old, restored "
        << "while messages get lost\n  rows numbered by the boards      " << all_rows
        << "\n  not in the copy, asked for again " << all_asked << "\n  came back                        "
        << all_back << "\n  gone for good, and told so       " << all_gone
        << "\n  missing without a word           0";
  test::print_table("restored-gateway", table.str());
}

}  // namespace
}  // namespace xalink
