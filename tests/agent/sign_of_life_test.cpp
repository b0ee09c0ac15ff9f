#include "agent/sign_of_life.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

using std::chrono::minutes;

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kSector = 512;

Stamp at_minute(int minute) {
  return Stamp{WallTime(minutes(30'000'000 + minute)), minutes(minute),
               "0d7c9a52-4a1f-4c53-9d1e-6f2a8b3c4d5e", ClockQuality::synchronised};
}

class SignOfLifeTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder.path() / "outbox.db.alive"; }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& content) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << content;
  }

  ScratchFolder folder;
  SignOfLifeFile signs = SignOfLifeFile::beside(folder.path() / "outbox.db");
};

TEST_F(SignOfLifeTest, TheNewestIsReadAndTheFileGrowsNoMore) {
  EXPECT_FALSE(signs.read());
  for (int minute = 0; minute < 30; ++minute) {
    ASSERT_TRUE(signs.write(at_minute(minute)));
    EXPECT_EQ(signs.read(), at_minute(minute));
    EXPECT_EQ(std::filesystem::file_size(path()), 2 * kBlock);
  }
}

TEST_F(SignOfLifeTest, AClockThatGoesBackOrWasNeverSetIsNoNewerForThat) {
  ASSERT_TRUE(signs.write(at_minute(60)));
  const Stamp unset{WallTime{}, minutes(1), "a boot in 1970", ClockQuality::unset};
  ASSERT_TRUE(signs.write(unset));
  EXPECT_EQ(signs.read(), unset);
  const Stamp before{WallTime(minutes(-5)), minutes(2), "a boot before 1970", ClockQuality::unset};
  ASSERT_TRUE(signs.write(before));
  EXPECT_EQ(signs.read(), before);
}

// Sectors of the block that is being written are the old ones or the new ones, in any mixture.
TEST_F(SignOfLifeTest, APowerCutInAWriteLeavesThisSignOrTheOneBefore) {
  ASSERT_TRUE(signs.write(at_minute(0)));
  auto before = bytes();
  for (int last = 1; last <= 3; ++last) {
    ASSERT_TRUE(signs.write(at_minute(last)));
    const auto after = bytes();
    ASSERT_EQ(before.size(), after.size());
    const auto differs = std::mismatch(after.begin(), after.end(), before.begin());
    const auto place = static_cast<std::size_t>(differs.first - after.begin()) / kBlock * kBlock;
    for (unsigned mixture = 0; mixture < 1U << (kBlock / kSector); ++mixture) {
      auto torn = after;
      for (std::size_t sector = 0; sector < kBlock / kSector; ++sector) {
        const auto begin = place + sector * kSector;
        if ((mixture >> sector & 1U) == 0) torn.replace(begin, kSector, before, begin, kSector);
      }
      put(torn);
      const auto read = signs.read();
      ASSERT_TRUE(read);
      EXPECT_TRUE(*read == at_minute(last) || *read == at_minute(last - 1)) << mixture;
      if (mixture % 64 > 1) continue;
      // And the next one is read again.
      ASSERT_TRUE(signs.write(at_minute(last + 1)));
      EXPECT_EQ(signs.read(), at_minute(last + 1));
    }
    put(after);
    before = after;
  }
}

// A card that writes no sector as a whole: cut after each byte.
TEST_F(SignOfLifeTest, AWriteThatIsCutAfterAnyByteLeavesThisSignOrTheOneBefore) {
  ASSERT_TRUE(signs.write(at_minute(1)));
  ASSERT_TRUE(signs.write(at_minute(2)));
  const auto before = bytes();
  ASSERT_TRUE(signs.write(at_minute(3)));
  const auto after = bytes();
  for (std::size_t cut = 0; cut < 300; ++cut) {
    auto torn = before;
    torn.replace(0, cut, after, 0, cut);
    put(torn);
    const auto read = signs.read();
    ASSERT_TRUE(read);
    EXPECT_TRUE(*read == at_minute(3) || *read == at_minute(2)) << cut;
  }
}

TEST_F(SignOfLifeTest, DamageNeverMakesASignThatWasNotWritten) {
  for (int minute = 1; minute <= 2; ++minute) ASSERT_TRUE(signs.write(at_minute(minute)));
  const auto sound = bytes();
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    auto damaged = sound;
    if (round % 4 == 0) damaged.resize(random() % damaged.size());
    for (auto flips = 1 + random() % 3; flips > 0 && !damaged.empty(); --flips) {
      // Where there is something to break, twice of three times.
      const std::size_t at = random() % 3 == 0
                                 ? random() % damaged.size()
                                 : std::min(damaged.size() - 1, random() % 2 * kBlock + random() % 120);
      damaged[at] = static_cast<char>(damaged[at] ^ (1U << random() % 8));
    }
    put(damaged);
    const auto read = signs.read();
    if (read) {
      EXPECT_TRUE(*read == at_minute(1) || *read == at_minute(2)) << "round " << round;
    }
    if (round % 50 > 0) continue;
    ASSERT_TRUE(signs.write(at_minute(9)));
    EXPECT_EQ(signs.read(), at_minute(9)) << "round " << round;
  }
}

TEST_F(SignOfLifeTest, WhereItCannotBeWrittenSaysWhereAndWhatNext) {
  std::filesystem::create_directory(path());
  const auto refused = signs.write(at_minute(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, path().string());
  EXPECT_FALSE(refused.error().next.empty());
  EXPECT_FALSE(signs.read());
  // As soon as it can be it is.
  std::filesystem::remove(path());
  EXPECT_TRUE(signs.write(at_minute(2)));
  EXPECT_EQ(signs.read(), at_minute(2));
}

TEST_F(SignOfLifeTest, AFileThatWasTakenAwayIsMadeAgain) {
  ASSERT_TRUE(signs.write(at_minute(1)));
  std::filesystem::remove(path());
  EXPECT_FALSE(signs.read());
  ASSERT_TRUE(signs.write(at_minute(2)));
  EXPECT_EQ(signs.read(), at_minute(2));
}

}  // namespace
}  // namespace xalink
