// A gateway whose store is put back from a copy, while boards are connected, away, or new.

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/comparison/comparison.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"

namespace xalink::test {
namespace {

namespace fs = std::filesystem;

// Hours of an ordinary board are some hundred records; these are weeks.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kBefore = 1'000;
constexpr std::uint64_t kAfter = 4'000;
#else
constexpr std::uint64_t kBefore = 3'000;
constexpr std::uint64_t kAfter = 12'000;
#endif

class Restore : public DeploymentTest {
 protected:
  Restore()
      : away_(folder_, {broker_.port(), "3.1.1"}, "xa-ma-le", Measures::nothing, "away"),
        small_(folder_, {broker_.port(), "3.1.1"}, "xa-sung-la", Measures::nothing, "small"),
        newcomer_(folder_, {broker_.port(), "3.1.1"}, "xa-pho-cao", Measures::nothing, "newcomer") {}

  [[nodiscard]] fs::path copy() const { return folder_ / "copy.db"; }

  /// As `sqlite3 gateway.db ".backup copy.db"` does, the gateway running.
  void back_up() const {
    SQLite::Database from(gateway_.store().string(), SQLite::OPEN_READONLY, 10'000);
    SQLite::Database to(copy().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup(to, from).executeStep();
  }

  /// As the help of xalink-gateway says: stop, remove what stands beside the store, copy, start.
  void put_back() {
    gateway_.program.kill();
    for (const char* beside : {"-wal", "-shm"}) fs::remove(gateway_.store().string() + beside);
    fs::copy_file(copy(), gateway_.store(), fs::copy_options::overwrite_existing);
    gateway_.program.start();
  }

  /// Spares of a stopped board go, as they do when its outbox needs the room. Row ids up to this.
  static std::uint64_t evict(const BoardProcess& board, int lane, std::uint64_t up_to) {
    SQLite::Database outbox(board.outbox().string(), SQLite::OPEN_READWRITE);
    return static_cast<std::uint64_t>(
        outbox.exec("DELETE FROM lane_" + std::to_string(lane) + " WHERE row_id <= " + std::to_string(up_to) +
                    " AND row_id <= (SELECT row_id FROM position WHERE what = 'acknowledged' AND lane = " +
                    std::to_string(lane) + ")"));
  }

  [[nodiscard]] std::uint64_t mark_in(const fs::path& store, const BoardProcess& board, int lane) const {
    return ask_number(store, "SELECT row_id FROM mark WHERE lane = " + std::to_string(lane) +
                                 " AND epoch = (SELECT id FROM epoch WHERE uuid = '" + board.epoch() + "')");
  }

  /// Everything that the board numbered is in the store once, or within a gap that tells why.
  std::uint64_t expect_accounted_for(const BoardProcess& board) const {
    auto account = compare_stores(board.outbox(), gateway_.store());
    static_cast<void>(eventually([&] {
      account = compare_stores(board.outbox(), gateway_.store());
      return account.has_value() && account->holds() &&
             account->committed + account->given_up == board.assigned();
    }));
    EXPECT_TRUE(account.has_value());
    if (!account) return 0;
    EXPECT_TRUE(account->holds()) << board.node() << ": " << account->to_string();
    for (const auto& example : account->examples) ADD_FAILURE() << board.node() << ": " << example;
    EXPECT_EQ(account->committed + account->given_up, board.assigned()) << board.node();
    std::cout << board.node() << ": " << account->to_string() << "\n";
    return account->given_up;
  }

  /// Sums over the board's recoveries in `boards --json`.
  [[nodiscard]] std::uint64_t recovered(const BoardProcess& board, std::string_view what) const {
    std::uint64_t sum = 0;
    const auto told = gateway_.board(board.node());
    for (const auto& recovery : told.at("recoveries").as_array()) {
      sum += recovery.as_object().at(what).to_number<std::uint64_t>();
    }
    return sum;
  }

  BoardProcess away_;
  BoardProcess small_;
  BoardProcess newcomer_;
};

TEST_F(Restore, FromACopyOfTheRunningStoreGetsBackWhatBoardsHoldAndReportsTheRest) {
  gateway_.program.start();
  for (auto* board : {&board_, &away_, &small_}) {
    fill_outbox(board->outbox(), kBefore);
    board->program.start();
  }
  for (auto* board : {&board_, &away_, &small_}) ASSERT_TRUE(delivers_all(*board));
  back_up();
  for (auto* board : {&board_, &away_, &small_, &newcomer_}) {
    board->program.stop();
    fill_outbox(board->outbox(), kAfter, kBefore);
    board->program.start();
  }
  for (auto* board : {&board_, &away_, &small_, &newcomer_}) {
    ASSERT_TRUE(delivers_all(*board));
    ASSERT_TRUE(eventually([&] { return board->all_acknowledged(); }));
  }
  // One board is away, of the other some spares go, all of lane 0 among them; two stay connected.
  EXPECT_EQ(away_.program.stop(), 0);
  EXPECT_EQ(small_.program.stop(), 0);
  const std::uint64_t evicted_events = evict(small_, 0, kBefore + kAfter);
  const std::uint64_t evicted_measurements = evict(small_, 1, kBefore + kAfter / 2);
  ASSERT_GT(evicted_events, 0U);
  const std::uint64_t gone =
      evicted_events - mark_in(copy(), small_, 0) + evicted_measurements - mark_in(copy(), small_, 1);

  put_back();
  small_.program.start();
  // It dies in the middle, and a second time the same copy is put back.
  const auto half = kBefore * 3 + kAfter;
  ASSERT_TRUE(eventually([&] { return gateway_.held() >= half; }, kPatience, std::chrono::milliseconds(3)));
  gateway_.program.kill();
  gateway_.program.start();
  ASSERT_TRUE(delivers_all(board_));
  put_back();
  away_.program.start();
  for (auto* board : {&board_, &away_, &small_, &newcomer_}) {
    ASSERT_TRUE(delivers_all(*board)) << board->node() << " " << gateway_.held();
    EXPECT_TRUE(eventually([&] { return board->all_acknowledged(); }));
  }

  EXPECT_EQ(expect_accounted_for(board_), 0U);
  EXPECT_EQ(expect_accounted_for(away_), 0U);
  EXPECT_EQ(expect_accounted_for(newcomer_), 0U);
  EXPECT_EQ(expect_accounted_for(small_), gone);
  for (auto* board : {&board_, &away_, &small_, &newcomer_}) {
    EXPECT_EQ(recovered(*board, "to_come"), 0U) << board->node();
  }
  // And what the board says of its own starts and stops since the copy.
  EXPECT_GE(recovered(away_, "back"), kAfter);
  EXPECT_LE(recovered(away_, "back"), away_.assigned() - kBefore);
  EXPECT_EQ(recovered(away_, "gone"), 0U);
  EXPECT_EQ(recovered(newcomer_, "gone"), 0U);

  // Told by reason, with the times between which it was.
  std::uint64_t told = 0;
  const auto fleet = gateway_.board(small_.node());
  for (const auto& part : fleet.at("gone").as_array()) {
    const auto& object = part.as_object();
    EXPECT_EQ(object.at("reason"), "forgotten");
    if (object.at("lane") == 1) {
      EXPECT_TRUE(object.at("since").is_string());
      EXPECT_TRUE(object.at("until").is_string());
    }
    told += object.at("records").to_number<std::uint64_t>();
  }
  EXPECT_EQ(told, gone);
  const auto english =
      call({XALINK_GATEWAY_PROGRAM, "boards", "--lang", "en", "--config", gateway_.config()});
  EXPECT_NE(english.out.find("the board no longer held them"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find(small_.node() + "  events: "), std::string::npos) << english.out;
  const auto vietnamese =
      call({XALINK_GATEWAY_PROGRAM, "boards", "--lang", "vi", "--config", gateway_.config()});
  EXPECT_NE(vietnamese.out.find("Mất hẳn:"), std::string::npos) << vietnamese.out;
  const auto log = gateway_.program.log();
  EXPECT_NE(log.find("delivered once and not in this store"), std::string::npos);
  EXPECT_NE(log.find("are gone for good; xalink-gateway boards tells"), std::string::npos);
  std::cout << english.out;
}

TEST_F(Restore, APlainCopyOfTheFileAloneIsOnlyOlder) {
  gateway_.program.start();
  for (auto* board : {&board_, &away_}) {
    fill_outbox(board->outbox(), kBefore);
    board->program.start();
  }
  for (auto* board : {&board_, &away_}) ASSERT_TRUE(delivers_all(*board));
  // Without the -wal file: what no checkpoint has brought over is not in it.
  fs::copy_file(gateway_.store(), copy());
  put_back();
  for (auto* board : {&board_, &away_}) {
    ASSERT_TRUE(delivers_all(*board));
    EXPECT_TRUE(eventually([&] { return board->all_acknowledged(); }));
    expect_exactly_once(*board);
  }
}

}  // namespace
}  // namespace xalink::test
