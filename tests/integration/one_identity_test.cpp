// Two boards that were given the same identity: a mistake at setup, which must cost no record.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"

namespace xalink::test {
namespace {

std::size_t times(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class OneIdentity : public DeploymentTest {
 protected:
  BoardProcess twin_{folder_, {broker_.port()}, board_.node(), Measures::nothing, "twin"};
};

TEST_F(OneIdentity, TwoBoardsFightPolitelyAndEachDeliversAllOnceItIsAlone) {
  constexpr std::size_t kRecords = 4'000;
  fill_outbox(board_.outbox(), kRecords);
  fill_outbox(twin_.outbox(), kRecords);
  const auto begin = std::chrono::steady_clock::now();
  board_.program.start();
  twin_.program.start();
  const auto often_lost = [&] {
    return times("session ended", board_.program.log()) >= 3 &&
           times("session ended", twin_.program.log()) >= 3;
  };
  ASSERT_TRUE(eventually(often_lost)) << "the broker lets two clients of one name in";
  gateway_.program.start();
  EXPECT_TRUE(eventually([&] { return gateway_.held() > 0; }));
  EXPECT_TRUE(board_.program.running());
  EXPECT_TRUE(twin_.program.running());
  // reconnect_min_seconds = 0.2 for each of the two: never a tight loop of takeovers.
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(static_cast<double>(times("as xalink-VN-03-xa-lung-cu", broker_.log())),
            2 * took.count() / 0.2 + 4);

  EXPECT_EQ(twin_.program.stop(), 0);
  ASSERT_TRUE(delivers_all(board_));
  EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  EXPECT_EQ(board_.program.stop(), 0);
  twin_.program.start();
  ASSERT_TRUE(delivers_all(twin_));
  EXPECT_TRUE(eventually([&] { return twin_.all_acknowledged(); }));
  expect_exactly_once(board_);
  expect_exactly_once(twin_);
}

}  // namespace
}  // namespace xalink::test
