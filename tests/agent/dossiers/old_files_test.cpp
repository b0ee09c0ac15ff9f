#include "agent/dossiers/old_files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

using std::chrono::days;

class OldFilesTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path put(const std::string& name) const {
    const std::filesystem::path file = folder_.path() / name;
    std::ofstream(file) << "MaHoSo\n";
    return file;
  }
  /// The inodes are of today, whatever a test says.
  [[nodiscard]] static WallTime in(days time) {
    return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()) + time;
  }

  ScratchFolder folder_;
};

TEST_F(OldFilesTest, RemovesWhatIsThereForLongerThanItMayBe) {
  const auto file = put("hồ sơ.csv");
  EXPECT_EQ(remove_old_files(folder_.path(), days(30), in(days(29))).value(), 0U);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_EQ(remove_old_files(folder_.path(), days(30), in(days(31))).value(), 1U);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(OldFilesTest, AnOldExportThatWasPutThereTodayIsOfToday) {
  const auto file = put("export-2019.csv");
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - days(2000));
  EXPECT_EQ(remove_old_files(folder_.path(), days(30), in(days(1))).value(), 0U);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(OldFilesTest, WhatSeemsToComeFromTheFutureStays) {
  const auto file = put("a.csv");
  EXPECT_EQ(remove_old_files(folder_.path(), days(1), in(days(-20))).value(), 0U);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(OldFilesTest, TouchesNeitherFoldersNorLinks) {
  ScratchFolder elsewhere;
  std::filesystem::create_directory(folder_.path() / "kept");
  std::ofstream(elsewhere.path() / "target") << "x";
  std::filesystem::create_symlink(elsewhere.path() / "target", folder_.path() / "link.csv");
  EXPECT_EQ(remove_old_files(folder_.path(), days(1), in(days(400))).value(), 0U);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "kept"));
  EXPECT_TRUE(std::filesystem::exists(elsewhere.path() / "target"));
}

TEST_F(OldFilesTest, AFolderThatIsNotThereIsNamed) {
  const auto removed = remove_old_files(folder_.path() / "away", days(1), in(days(0)));
  ASSERT_FALSE(removed);
  EXPECT_NE(removed.error().to_string().find("away"), std::string::npos);
}

}  // namespace
}  // namespace xalink
