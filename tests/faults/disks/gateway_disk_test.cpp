// A gateway whose disk is full or refuses, or whose store is damaged: what it has not committed it does not
// acknowledge, it says what to do, and once that is done everything is there once.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/faults/disks/disk_test.hpp"
#include "tests/faults/disks/refusing_calls.hpp"
#include "tests/faults/disks/small_disk.hpp"

namespace xalink::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDiskBytes = std::uint64_t{24} << 20U;

class GatewayStore : public DiskTest {
 protected:
  void start_and_take_in(std::uint64_t count) {
    gateway_.program.start();
    board_.program.start();
    drop(count);
    ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
    ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  }
  [[nodiscard]] bool log_says(const std::string& what) const {
    return gateway_.program.log().find(what) != std::string::npos;
  }
  /// Row of the board's events that it was told is committed.
  [[nodiscard]] std::uint64_t acknowledged() const {
    const auto told = board_.status();
    if (told.empty()) return 0;
    return at(told, "outbox", "lanes").as_array().front().at("acknowledged").to_number<std::uint64_t>();
  }
  [[nodiscard]] std::uint64_t committed() const {
    return ask_number(gateway_.store(), "SELECT row_id FROM mark WHERE lane = 0");
  }
  void expect_nothing_acknowledged_too_soon() const {
    const auto told = acknowledged();  // first: the store may go on meanwhile
    EXPECT_LE(told, committed());
  }
  /// What it says as it refuses to start.
  [[nodiscard]] Outcome start_in_vain() const {
    return call({XALINK_GATEWAY_PROGRAM, "run", "--config", gateway_.config()});
  }
  void expect_all_arrives() {
    drop(10);
    ASSERT_TRUE(eventually([&] { return arrived() >= dropped_; })) << arrived() << " of " << dropped_;
    ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && board_.all_acknowledged(); }));
    EXPECT_EQ(arrived(), dropped_) << "each once";
    expect_exactly_once(board_);
  }
};

class GatewayDisk : public GatewayStore {
 protected:
  void SetUp() override {
    if (!have_own_mounts()) GTEST_SKIP() << "mounts nothing: run it as root";
    disk_.emplace(folder_ / "srv", kDiskBytes);
    gateway_.keep_store_in(disk_->place());
  }
  [[nodiscard]] bool drop_until_refused() {
    return drop_until([&] { return log_says("the store takes nothing"); });
  }

  [[nodiscard]] std::string boards() const {
    const auto shown =
        call({XALINK_GATEWAY_PROGRAM, "boards", "--lang", "en", "--config", gateway_.config()});
    return shown.out + shown.err;
  }

  std::optional<SmallDisk> disk_;
};

TEST_F(GatewayDisk, FullAcknowledgesNothingThatItDidNotCommit) {
  start_and_take_in(100);
  disk_->fill();
  ASSERT_TRUE(drop_until_refused());
  EXPECT_TRUE(log_says(gateway_.store().string()));
  EXPECT_TRUE(log_says("Free space on this disk"));
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  EXPECT_FALSE(board_.all_acknowledged());
  EXPECT_LT(arrived(), dropped_);
  expect_nothing_acknowledged_too_soon();
  EXPECT_TRUE(gateway_.program.running());
  EXPECT_NE(boards().find("The disk of the store has only "), std::string::npos) << boards();
  disk_->free();
  expect_all_arrives();
  EXPECT_TRUE(log_says("the store takes records again"));
}

TEST_F(GatewayDisk, FullAtAStartSaysWhatToFreeAndIsStartedAgain) {
  start_and_take_in(100);
  gateway_.program.kill();
  drop(2'000);
  disk_->fill();
  // As systemd does: started until it stays.
  bool refused = false;
  for (int attempt = 0; attempt < 3 && !refused; ++attempt) {
    gateway_.program.start();
    refused = eventually([&] { return !gateway_.program.running() || log_says("the store takes nothing"); });
  }
  ASSERT_TRUE(refused);
  EXPECT_TRUE(log_says("Free space on this disk"));
  expect_nothing_acknowledged_too_soon();
  disk_->free();
  gateway_.program.start();
  expect_all_arrives();
}

TEST_F(GatewayDisk, FullBeforeTheFirstStartSaysWhatToFree) {
  disk_->fill();
  const auto refused = start_in_vain();
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(gateway_.store().string()), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("Free space on this disk"), std::string::npos) << refused.err;
  disk_->free();
  start_and_take_in(100);
  expect_all_arrives();
}

TEST_F(GatewayDisk, MountedReadOnlySaysSoAndTakesAllInLater) {
  start_and_take_in(100);
  EXPECT_EQ(gateway_.program.stop(), 0);
  disk_->remount(/*read_only=*/true);
  drop(100);
  const auto refused = start_in_vain();
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(gateway_.store().string()), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("Mount its file system for writing"), std::string::npos) << refused.err;
  EXPECT_NE(boards().find("The disk of the store is read-only"), std::string::npos) << boards();
  disk_->remount(/*read_only=*/false);
  gateway_.program.start();
  expect_all_arrives();
}

TEST_F(GatewayDisk, ThatTurnsReadOnlyUnderTheGatewayIsRepairedAndTheGatewayStartedAgain) {
  start_and_take_in(100);
  disk_->turn_read_only();
  ASSERT_TRUE(drop_until_refused());
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  EXPECT_FALSE(board_.all_acknowledged());
  EXPECT_TRUE(gateway_.program.running());
  gateway_.program.kill();
  disk_->repair();
  gateway_.program.start();
  expect_all_arrives();
}

class GatewayCalls : public GatewayStore, public testing::WithParamInterface<int> {
 protected:
  GatewayCalls() : calls_(folder_ / "srv", folder_ / "refuse") {
    fs::create_directories(folder_ / "srv");
    gateway_.keep_store_in(folder_ / "srv");
  }
  RefusingCalls calls_;
};

TEST_P(GatewayCalls, RefusedWhileItRunsIsToldAndHealsByItself) {
  start_and_take_in(100);
  calls_.refuse(GetParam());
  drop(1'000);
  ASSERT_TRUE(eventually([&] { return log_says("the store takes nothing"); }));
  EXPECT_TRUE(log_says(gateway_.store().string()));
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  EXPECT_EQ(acknowledged(), committed());
  EXPECT_EQ(arrived(), 100U);
  EXPECT_TRUE(gateway_.program.running());
  calls_.heal();
  expect_all_arrives();
}

TEST_P(GatewayCalls, RefusedAtAStartIsToldAndHealsAtTheNext) {
  start_and_take_in(100);
  gateway_.program.kill();
  calls_.refuse(GetParam());
  drop(1'000);
  const auto refused = start_in_vain();
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(gateway_.store().string()), std::string::npos) << refused.err;
  const auto* advice = GetParam() == EIO ? "Look at the disk" : "Mount its file system for writing";
  EXPECT_NE(refused.err.find(advice), std::string::npos) << refused.err;
  calls_.heal();
  gateway_.program.start();
  expect_all_arrives();
}

INSTANTIATE_TEST_SUITE_P(Errors, GatewayCalls, testing::Values(EIO, EROFS), [](const auto& error) {
  return std::string(error.param == EIO ? "Broken" : "ReadOnly");
});

class DamagedStore : public GatewayStore {
 protected:
  /// A store of several pages in one file, with a backup that lacks the last records of it.
  void make_store_and_backup() {
    start_and_take_in(kDossiersInFile);
    EXPECT_EQ(gateway_.program.stop(), 0);
    fs::copy_file(gateway_.store(), backup());
    gateway_.program.start();
    drop(kDossiersInFile);
    ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
    ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
    EXPECT_EQ(gateway_.program.stop(), 0);
    ASSERT_FALSE(fs::exists(gateway_.store().string() + "-wal"));
  }
  [[nodiscard]] fs::path backup() const { return folder_ / "backup.db"; }
  void flip_bytes(std::uint64_t at) const {
    constexpr std::size_t kHowMany = 64;
    std::fstream file(gateway_.store(), std::ios::binary | std::ios::in | std::ios::out);
    std::array<char, kHowMany> bytes{};
    file.seekg(static_cast<std::streamoff>(at));
    file.read(bytes.data(), bytes.size());
    for (auto& byte : bytes) byte = static_cast<char>(~byte);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(bytes.data(), bytes.size());
    ASSERT_TRUE(file.flush());
  }
  [[nodiscard]] std::string content() const {
    return fs::exists(gateway_.store()) ? folder_.read(gateway_.store().filename()) : "nothing";
  }
  /// Refused, at each start alike, and left as it is; the board goes on and keeps what it takes.
  void expect_refused(const std::string& why) {
    drop(10);
    const auto before = content();
    for (int start = 0; start < 2; ++start) {
      const auto refused = start_in_vain();
      EXPECT_EQ(refused.code, 3);
      EXPECT_NE(refused.err.find(gateway_.store().string() + ": " + why), std::string::npos) << refused.err;
      EXPECT_NE(refused.err.find("put a backup in its place"), std::string::npos) << refused.err;
    }
    EXPECT_EQ(content(), before);
    ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
    EXPECT_FALSE(board_.all_acknowledged());
  }
  void put_backup_in_place() {
    for (const char* beside : {"-wal", "-shm"}) fs::remove(gateway_.store().string() + beside);
    fs::copy_file(backup(), gateway_.store(), fs::copy_options::overwrite_existing);
    gateway_.program.start();
  }
};

TEST_F(DamagedStore, InItsHeaderIsRefusedUntilABackupIsThere) {
  make_store_and_backup();
  flip_bytes(0);
  expect_refused("the store is damaged");
  put_backup_in_place();
  expect_all_arrives();
}

TEST_F(DamagedStore, InAPageIsRefusedUntilABackupIsThere) {
  make_store_and_backup();
  const auto page = ask_number(gateway_.store(), "PRAGMA page_size");
  const auto root = ask_number(gateway_.store(), "SELECT rootpage FROM sqlite_schema WHERE name = 'record'");
  ASSERT_GT(root, 1U);
  flip_bytes((root - 1) * page);
  expect_refused("the store is damaged");
  put_backup_in_place();
  expect_all_arrives();
}

TEST_F(DamagedStore, EmptiedIsRefusedUntilABackupIsThere) {
  make_store_and_backup();
  fs::resize_file(gateway_.store(), 0);
  expect_refused("the store was here and is empty");
  put_backup_in_place();
  expect_all_arrives();
}

TEST_F(DamagedStore, GoneIsRefusedUntilSomebodySaysThatAnEmptyOneIsMeant) {
  make_store_and_backup();
  fs::remove(gateway_.store());
  expect_refused("the store was here and is gone");
  fs::remove(gateway_.store().string() + ".lock");
  gateway_.program.start();
  expect_all_arrives();
}

/// What a damaged WAL held was acknowledged: the boards hear that the store lacks it, and send it again.
TEST_F(DamagedStore, InItsWalGetsBackFromTheBoardsWhatThatHeld) {
  start_and_take_in(kDossiersInFile);
  EXPECT_EQ(gateway_.program.stop(), 0);
  gateway_.program.start();
  drop(kDossiersInFile);
  ASSERT_TRUE(eventually([&] { return arrived() == dropped_; })) << arrived();
  ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  gateway_.program.kill();
  std::fstream wal(gateway_.store().string() + "-wal", std::ios::binary | std::ios::in | std::ios::out);
  wal.seekp(40);
  wal.put('\x11');
  ASSERT_TRUE(wal.flush());
  wal.close();
  ASSERT_LT(arrived(), dropped_) << "not damaged";
  gateway_.program.start();
  expect_all_arrives();
}

}  // namespace
}  // namespace xalink::test
