#include <gtest/gtest.h>

#include "sparkplug/predecessor.hpp"

namespace xalink {
namespace {

TEST(Predecessors, AreReadAsTheyWereWritten) {
  std::vector<Predecessor> all;
  for (RowId i = 1; i <= 20; ++i) all.push_back({"00000000-0000-4000-8000-00000000000a", {i, i * 1'000'000}});
  auto read = decode_predecessors(encode(all));
  ASSERT_TRUE(read);
  all.resize(kMostPredecessors);
  EXPECT_EQ(*read, all);
  EXPECT_EQ(decode_predecessors("").value(), std::vector<Predecessor>{});
}

TEST(Predecessors, ThatMakeNoSenseAreRefused) {
  const std::string epoch = "00000000-0000-4000-8000-00000000000a";
  for (const std::string text : {"x", "short 1 2", " 1 2", "; "})
    EXPECT_FALSE(decode_predecessors(text)) << text;
  for (const std::string rest :
       {"", " 1", " 1 ", " 1 2 3", " -1 2", " 1 2;", " 1 2; ", " 99999999999999999999 1"}) {
    EXPECT_FALSE(decode_predecessors(epoch + rest)) << rest;
  }
}

}  // namespace
}  // namespace xalink
