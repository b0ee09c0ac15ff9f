#include "sparkplug/folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

TEST(Folder, HoldsTheNameOfAFile) {
  EXPECT_EQ(folder_of("/var/lib/xalink/outbox.db"), "/var/lib/xalink");
  EXPECT_EQ(folder_of("outbox.db"), ".");
  EXPECT_EQ(folder_of("/outbox.db"), "/");
}

TEST(Folder, SyncsItsNamesOrSaysWhyNot) {
  const ScratchFolder folder;
  const auto file = folder.write("a", "b");
  EXPECT_EQ(sync_names(file.parent_path()), 0);
  EXPECT_EQ(sync_names(file), ENOTDIR);
  EXPECT_EQ(sync_names(file.parent_path() / "none"), ENOENT);
}

TEST(Folder, AsksNothingOfAFileSystemThatDoesNotSyncFolders) {
  EXPECT_EQ(sync_names("/proc"), 0);
}

}  // namespace
}  // namespace xalink
