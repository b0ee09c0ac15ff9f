#include "sparkplug/read_only_disk.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

TEST(ReadOnlyDisk, IsKnownByTheKernelsWordForIt) {
  constexpr std::string_view kMounts =
      "28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
      "61 28 7:2 / /var/lib/xalink-agent rw,relatime - ext4 /dev/mmcblk0p3 rw,abort,emergency_ro\n"
      "62 28 7:1 / /srv/a\\040-\\040b ro,relatime - xfs /dev/sdb1 rw,shutdown\n"
      "63 28 7:21 / /mnt/emergency_ro rw - ext4 /dev/emergency_ro rw";
  EXPECT_FALSE(gave_up_writing(kMounts, 254, 0));
  EXPECT_TRUE(gave_up_writing(kMounts, 7, 2));
  EXPECT_TRUE(gave_up_writing(kMounts, 7, 1));
  EXPECT_FALSE(gave_up_writing(kMounts, 7, 21));
  EXPECT_FALSE(gave_up_writing("", 7, 2));
}

TEST(ReadOnlyDisk, IsNotTheOneOfThisTest) {
  EXPECT_FALSE(is_on_read_only_disk("."));
  EXPECT_FALSE(is_on_read_only_disk("nothing/of/the/kind"));
}

}  // namespace
}  // namespace xalink
