#include "sparkplug/stick_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "sparkplug/said.hpp"
#include "tests/sparkplug/carried_records.hpp"

namespace xalink::test {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A medium that takes so many bytes of a file and then refuses: EFBIG, as FAT does at 4 GiB.
class SmallMedium {
 public:
  explicit SmallMedium(std::size_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    before_action_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before_;
    small.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallMedium(const SmallMedium&) = delete;
  SmallMedium& operator=(const SmallMedium&) = delete;
  ~SmallMedium() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_action_);
  }

 private:
  rlimit before_{};
  void (*before_action_)(int) = nullptr;
};

TEST(StickFile, IsThereWholeAndUnderItsNameAlone) {
  const ScratchFolder folder;
  const auto name = folder / "a.xalink";
  auto file = StickFile::create(name);
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_TRUE((*file)->write(std::string(600'000, 'x')));
  EXPECT_FALSE(std::filesystem::exists(name));
  ASSERT_TRUE((*file)->finish());
  EXPECT_EQ(std::filesystem::file_size(name), 600'000U);
  EXPECT_FALSE(std::filesystem::exists(name.string() + ".partial"));
}

TEST(StickFile, ReplacesOnlyWhenItIsWhole) {
  const ScratchFolder folder;
  const auto name = folder.write("a.xalink", "old");
  folder.write("a.xalink.partial", "left over");
  {
    auto file = StickFile::create(name);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write("new"));
  }
  EXPECT_EQ(content(name), "old");
  EXPECT_FALSE(std::filesystem::exists(name.string() + ".partial"));
  auto file = StickFile::create(name);
  ASSERT_TRUE((*file)->write("new"));
  ASSERT_TRUE((*file)->finish());
  EXPECT_EQ(content(name), "new");
}

// At whichever byte the medium refuses, no file is left that could be taken for one.
TEST(StickFile, LeavesNothingHalfWhenTheMediumRefuses) {
  const ScratchFolder folder;
  const auto key = new_key(folder);
  const auto whole = export_of(key, header_for(key, {1, 3}, {1, 200}));
  const auto name = folder / "a.xalink";
  std::size_t refused = 0;
  for (std::size_t room = 0; room <= whole.size() + 1; room += 97) {
    const SmallMedium medium(room);
    auto file = StickFile::create(name);
    ASSERT_TRUE(file);
    auto written = (*file)->write(whole);
    if (written) written = (*file)->finish();
    file->reset();
    if (written) {
      EXPECT_GE(room, whole.size());
      EXPECT_EQ(content(name), whole);
    } else {
      ++refused;
      EXPECT_FALSE(written.error().next.empty());
      EXPECT_FALSE(std::filesystem::exists(name)) << room;
      EXPECT_FALSE(std::filesystem::exists(name.string() + ".partial")) << room;
    }
  }
  EXPECT_GT(refused, 20U);
}

TEST(StickFile, TellsAFullMedium) {
  const ScratchFolder folder;
  std::filesystem::create_symlink("/dev/full", folder / "full");
  EXPECT_FALSE(StickFile::create(folder / "full"));
  const auto error = stick_error("/media/usb/a.xalink", StickAttempt::written, ENOSPC);
  EXPECT_NE(error.next.find("Free space"), std::string::npos);
  const auto vietnamese = told(error, Language::vietnamese);
  EXPECT_EQ(vietnamese.find("/media/usb/a.xalink: không ghi được: "), 0U) << vietnamese;
  EXPECT_NE(vietnamese.find("Tiếp theo: Giải phóng chỗ"), std::string::npos) << vietnamese;
  EXPECT_EQ(vietnamese.find("Free space"), std::string::npos) << vietnamese;
  EXPECT_NE(stick_error("/media/usb/a", StickAttempt::written, EIO).next.find("pulled out"),
            std::string::npos);
}

TEST(StickFile, IsWrittenByOneAtATime) {
  const ScratchFolder folder;
  auto first = StickFile::create(folder / "a.xalink");
  ASSERT_TRUE(first);
  ASSERT_TRUE((*first)->write("first"));
  const auto second = StickFile::create(folder / "a.xalink");
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("somebody else"), std::string::npos);
  ASSERT_TRUE((*first)->finish());
  EXPECT_EQ(content(folder / "a.xalink"), "first");
}

TEST(StickFile, RefusesWhatIsNoOrdinaryFile) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "folder");
  EXPECT_FALSE(StickFile::create(folder / "folder"));
  EXPECT_FALSE(StickSource::open(folder / "folder"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(StickSource::open(folder / "pipe"));
  EXPECT_FALSE(StickSource::open(folder / "nothing"));
  EXPECT_FALSE(StickFile::create(folder / "no such folder" / "a.xalink"));
}

}  // namespace
}  // namespace xalink::test
