#include "agent/dossiers/file_progress.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

TEST(FileProgress, ComesBackAsItWasWritten) {
  FolderProgress progress;
  progress["hồ sơ tháng 6\n.csv"] = {123456789012, "ab12", 500, 3, 777, false};
  progress["b.csv"] = {1, "00ff", 0, 0, 0, true};
  const auto back = decode_progress(encode(progress));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, progress);
  const auto nothing = decode_progress(encode({}));
  ASSERT_TRUE(nothing.has_value());
  EXPECT_TRUE(nothing->empty());
}

TEST(FileProgress, RefusesWhatItHasNotWritten) {
  FolderProgress progress;
  progress["a.csv"] = {5, "ab", 1, 2, 3, true};
  const std::string good = encode(progress);
  EXPECT_FALSE(decode_progress("").has_value());
  EXPECT_FALSE(decode_progress("dossier files 2\n").has_value());
  EXPECT_FALSE(decode_progress(good + "x").has_value());
  EXPECT_FALSE(decode_progress(good + "61 1 ab 1 2 3\n").has_value());
  EXPECT_FALSE(decode_progress(good + "6 1 ab 1 2 3 0\n").has_value());
  EXPECT_FALSE(decode_progress(good + "61 -1 ab 1 2 3 0\n").has_value());
  EXPECT_FALSE(decode_progress(good + "61 1 ab 1 2 3 2\n").has_value());
  for (std::size_t cut = 1; cut < good.size(); ++cut) {
    const auto decoded = decode_progress(good.substr(0, cut));
    EXPECT_TRUE(!decoded || decoded->empty()) << cut;  // the form's line alone is fine
  }
}

}  // namespace
}  // namespace xalink
