// A board whose disk is full or refuses, and what its technician and its gateway see of it.

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/faults/disks/disk_test.hpp"
#include "tests/faults/disks/refusing_calls.hpp"
#include "tests/faults/disks/small_disk.hpp"

namespace xalink::test {
namespace {

constexpr std::uint64_t kDiskBytes = std::uint64_t{16} << 20U;

class BoardOutbox : public DiskTest {
 protected:
  BoardOutbox() : DiskTest(Measures::every_second) {}

  [[nodiscard]] std::string disk_error() const {
    const auto told = board_.status();
    return told.empty() ? std::string() : std::string(at(told, "outbox", "disk_error").as_string());
  }
  /// Files of dossiers until the disk has refused one.
  /// Dossiers among what is refused: measurements may be refused before any are dropped.
  [[nodiscard]] bool drop_until_refused() {
    drop(100);
    return drop_until([&] { return !disk_error().empty(); });
  }
  /// `status`, which answers and says so. Asked again: a small append may fit between two that do not.
  void expect_status_says(const std::string& what) const {
    Outcome status;
    EXPECT_TRUE(eventually([&] {
      status = call({XALINK_AGENT_PROGRAM, "status", "--lang", "en", "--config", board_.config()});
      return status.out.find(what) != std::string::npos;
    })) << status.out;
    EXPECT_EQ(status.code, 0) << status.err;
  }
  /// All that was dropped is at the gateway once, and all that was measured.
  void expect_all_arrives() {
    drop(10);
    ASSERT_TRUE(eventually([&] { return arrived() >= dropped_; })) << arrived() << " of " << dropped_;
    ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
    EXPECT_TRUE(eventually([&] { return disk_error().empty(); })) << disk_error();
    const auto told = board_.status();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(at(told, "outbox", "dropped").to_number<std::uint64_t>(), 0U);
    EXPECT_EQ(board_.program.stop(), 0);
    board_.configure(Measures::nothing);  // so that the counts stand still
    board_.program.start();
    ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
    EXPECT_EQ(arrived(), dropped_) << "each once";
    expect_exactly_once(board_);
  }
};

class BoardDisk : public BoardOutbox {
 protected:
  void SetUp() override {
    if (!have_own_mounts()) GTEST_SKIP() << "mounts nothing: run it as root";
    disk_.emplace(folder_ / "card", kDiskBytes);
    board_.keep_outbox_in(disk_->place());
  }

  std::optional<SmallDisk> disk_;
};

TEST_F(BoardDisk, FullIsToldAndCostsNothing) {
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  disk_->fill();
  ASSERT_TRUE(drop_until_refused());
  ASSERT_FALSE(board_.all_dossiers_taken()) << "refused and yet told as recorded";
  expect_status_says("the disk is full. Free space on the file system of " + disk_->place().string());
  EXPECT_NE(board_.program.log().find("the disk is full"), std::string::npos);
  EXPECT_TRUE(board_.program.running());
  disk_->free();
  expect_all_arrives();
}

TEST_F(BoardDisk, FullOverAKillAndAStartLosesNoDossier) {
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  gateway_.program.kill();
  disk_->fill();
  ASSERT_TRUE(drop_until_refused());
  board_.program.kill();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return !board_.status().empty(); })) << "starts on a full disk";
  ASSERT_TRUE(drop_until_refused());
  expect_status_says("Free space on ");
  EXPECT_TRUE(board_.program.running());
  gateway_.program.start();
  disk_->free();
  expect_all_arrives();
}

TEST_F(BoardDisk, FullFromTheFirstStartOnIsWaitedFor) {
  disk_->fill();
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return !disk_error().empty(); }));
  EXPECT_FALSE(board_.all_dossiers_taken());
  expect_status_says("Free space on ");
  ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }))
      << "seen nevertheless";
  disk_->free();
  expect_all_arrives();
}

TEST_F(BoardDisk, MountedReadOnlyAtAStartIsWaitedFor) {
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  EXPECT_EQ(board_.program.stop(), 0);
  disk_->remount(/*read_only=*/true);
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return !disk_error().empty(); }));
  EXPECT_FALSE(board_.all_dossiers_taken());
  expect_status_says("for writing");
  EXPECT_TRUE(board_.program.running());
  disk_->remount(/*read_only=*/false);
  expect_all_arrives();
}

TEST_F(BoardDisk, ThatTurnsReadOnlyUnderTheAgentIsToldAndRepairedBetweenTwoStarts) {
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  disk_->turn_read_only();
  ASSERT_TRUE(drop_until_refused());
  EXPECT_FALSE(board_.all_dossiers_taken());
  expect_status_says("disk refuses");
  expect_status_says("its file system is read-only. If somebody mounted it so, mount it for writing");
  expect_status_says("a power cut costs all of them");
  EXPECT_TRUE(board_.program.running());
  // With what waits in memory: a board whose card is taken out is switched off.
  board_.program.kill();
  disk_->repair();
  board_.program.start();
  expect_all_arrives();
}

class BoardCalls : public BoardOutbox, public testing::WithParamInterface<int> {
 protected:
  BoardCalls() : calls_(folder_ / "card", folder_ / "refuse") {
    std::filesystem::create_directories(folder_ / "card");
    board_.keep_outbox_in(folder_ / "card");
  }
  RefusingCalls calls_;
};

TEST_P(BoardCalls, RefusedWhileTheAgentRunsAreToldAndHealByThemselves) {
  gateway_.program.start();
  board_.program.start();
  drop(100);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  calls_.refuse(GetParam());
  drop(kDossiersInFile);
  expect_status_says("dmesg");
  EXPECT_FALSE(board_.all_dossiers_taken());
  EXPECT_TRUE(board_.program.running());
  calls_.heal();
  expect_all_arrives();
}

INSTANTIATE_TEST_SUITE_P(Errors, BoardCalls, testing::Values(EIO, EROFS), [](const auto& error) {
  return std::string(error.param == EIO ? "Broken" : "ReadOnly");
});

}  // namespace
}  // namespace xalink::test
