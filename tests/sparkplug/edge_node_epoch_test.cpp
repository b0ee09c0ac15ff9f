// An outbox that was found on the disk: row ids are in doubt until the gateway is heard.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sparkplug/edge_node_bench.hpp"

namespace xalink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::Bench;

constexpr RowId kSure = 40;
constexpr RowId kLast = 45;

/// Rows above kSure came after the outbox was found; the gateway had confirmed 30 of them, as far as it
/// knows.
std::array<LaneDepth, kLaneCount> found() {
  LaneDepth measurements{30, kLast, 1, WallTime{}};
  measurements.sure_up_to = kSure;
  LaneDepth events{};
  events.sure_up_to = 0;
  return {events, measurements};
}

class EdgeNodeEpoch : public testing::Test {
 protected:
  void come_online() {
    bench_.node.start(bench_.now());
    bench_.settle();
    bench_.host_says(true, 1000);
    bench_.advance(seconds(11));
    ASSERT_EQ(bench_.node.state(), EdgeNodeState::online);
  }
  void gateway_says(RowId events, RowId measurements, const std::string& epoch = "epoch-1") {
    bench_.command(
        {Bench::metric("Node Control/Acknowledge Epoch", DataType::string, epoch),
         Bench::metric(metric::acknowledge_lane(Lane::events), DataType::uint64, std::uint64_t{events}),
         Bench::metric(metric::acknowledge_lane(Lane::measurements), DataType::uint64,
                       std::uint64_t{measurements})});
  }
  [[nodiscard]] std::ptrdiff_t births() const {
    return std::count_if(bench_.sent.begin(), bench_.sent.end(), [](const OutgoingMessage& message) {
      return message.topic.find("NBIRTH") != std::string::npos;
    });
  }

  Bench bench_{found()};
};

TEST_F(EdgeNodeEpoch, NothingIsSentBeforeTheGatewayIsHeard) {
  come_online();
  bench_.advance(seconds(5));
  EXPECT_TRUE(bench_.data_topics().empty());
  gateway_says(0, 35);
  EXPECT_EQ(bench_.trusted, std::vector<std::string>{"epoch-1"});
  EXPECT_FALSE(bench_.data_topics().empty());
  EXPECT_EQ(bench_.node.lane(Lane::measurements).acknowledged, 35U);
  EXPECT_TRUE(bench_.ended.empty());
}

TEST_F(EdgeNodeEpoch, NothingIsSentBeforeTheOutboxHasNotedIt) {
  bench_.outbox_agrees = false;
  come_online();
  gateway_says(0, 35);
  gateway_says(0, 35);
  EXPECT_EQ(bench_.trusted.size(), 1U);
  EXPECT_TRUE(bench_.data_topics().empty());
  bench_.node.row_ids_trusted("another epoch", bench_.now());
  bench_.settle();
  EXPECT_TRUE(bench_.data_topics().empty());
  bench_.node.row_ids_trusted("epoch-1", bench_.now());
  bench_.settle();
  EXPECT_FALSE(bench_.data_topics().empty());
}

TEST_F(EdgeNodeEpoch, AMarkAboveTheSureRowsBeginsANewEpoch) {
  come_online();
  gateway_says(0, kSure + 1);
  EXPECT_EQ(bench_.ended, std::vector<std::string>{"epoch-1"});
  EXPECT_TRUE(bench_.trusted.empty());
  EXPECT_TRUE(bench_.data_topics().empty());
  EXPECT_EQ(bench_.node.lane(Lane::measurements).acknowledged, 30U) << "what it claims is not used";
  gateway_says(0, 35);
  gateway_says(7, 100);
  EXPECT_EQ(bench_.ended.size(), 1U);
  const auto births_before = births();
  bench_.node.renewed("epoch-2", {LaneDepth{}, LaneDepth{30, kLast, 1, WallTime{}}},
                      {Predecessor{"epoch-1", {0, kSure}}}, bench_.now());
  bench_.settle();
  EXPECT_EQ(births(), births_before + 1);
  gateway_says(0, kSure, "epoch-2");
  EXPECT_FALSE(bench_.data_topics().empty());
  // Nothing is in doubt any more: a liar is only ignored.
  const auto ignored = bench_.node.ignored_commands();
  gateway_says(0, 1000, "epoch-2");
  EXPECT_GT(bench_.node.ignored_commands(), ignored);
  EXPECT_EQ(bench_.ended.size(), 1U);
}

// The gateway that did not hear of the new epoch would take its rows for rows of the old one, which has the
// same ids.
TEST_F(EdgeNodeEpoch, NoRowLeavesUnderAnEpochThatTheGatewayHasNotHeardOf) {
  come_online();
  gateway_says(0, 35);
  const auto sent = bench_.data_topics().size();
  ASSERT_GT(sent, 0U);
  bench_.node.renewed("epoch-2", {LaneDepth{}, LaneDepth{0, kLast, 1, WallTime{}}}, {}, bench_.now());
  bench_.settle();
  const auto before = births();
  // The birth was lost: answers are about what the gateway knows.
  gateway_says(0, 36);
  bench_.advance(minutes(30));
  gateway_says(0, 37);
  EXPECT_EQ(bench_.data_topics().size(), sent);
  EXPECT_GT(births(), before) << "it announces again";
  // Nor does another connection change what the gateway was told.
  bench_.node.lost("the link went", bench_.now());
  bench_.advance(minutes(10));
  bench_.host_says(true, 2000);
  bench_.advance(seconds(11));
  ASSERT_EQ(bench_.node.state(), EdgeNodeState::online);
  EXPECT_EQ(bench_.data_topics().size(), sent);
  gateway_says(0, 0, "epoch-2");
  EXPECT_GT(bench_.data_topics().size(), sent);
}

TEST_F(EdgeNodeEpoch, AMarkBelowWhatWasConfirmedTellsNothingSoItBeginsOneToo) {
  come_online();
  gateway_says(0, 29);
  EXPECT_EQ(bench_.ended.size(), 1U);
  EXPECT_TRUE(bench_.trusted.empty());
}

TEST_F(EdgeNodeEpoch, AnEmptyLaneIsInDoubtToo) {
  come_online();
  gateway_says(1, 35);
  EXPECT_EQ(bench_.ended.size(), 1U);
}

TEST_F(EdgeNodeEpoch, EachLaneWantsAMark) {
  come_online();
  bench_.acknowledge(Lane::measurements, 35);
  EXPECT_TRUE(bench_.trusted.empty());
  EXPECT_TRUE(bench_.data_topics().empty());
  const auto before = births();
  bench_.advance(minutes(2));
  EXPECT_GT(births(), before) << "it asks again";
  bench_.acknowledge(Lane::events, 0);
  EXPECT_EQ(bench_.trusted.size(), 1U);
}

TEST_F(EdgeNodeEpoch, ABirthThatIsNotAnsweredIsRepeatedEverMoreSeldom) {
  come_online();
  bench_.advance(minutes(1));
  const auto in_a_minute = births();
  EXPECT_GE(in_a_minute, 2);
  EXPECT_LE(in_a_minute, 5);
  bench_.advance(std::chrono::hours(10));
  EXPECT_TRUE(bench_.data_topics().empty());
  EXPECT_LE(births(), in_a_minute + 6 + 15);
  EXPECT_GE(births(), in_a_minute + 10);
  gateway_says(0, 35);
  EXPECT_FALSE(bench_.data_topics().empty());
}

TEST_F(EdgeNodeEpoch, ValuesOfThePresentDoNotWait) {
  come_online();
  bench_.node.took(test::ping(), bench_.make_record(Lane::measurements, 46), bench_.now());
  bench_.settle();
  ASSERT_EQ(bench_.data_topics().size(), 1U);
  for (const auto& metric : bench_.payload(bench_.sent.size() - 1).metrics)
    EXPECT_EQ(metric.name.find("Delivery"), std::string::npos);
}

TEST_F(EdgeNodeEpoch, AnAcknowledgementByHandTellsAsWell) {
  bench_.node.acknowledged_by_hand(Lane::measurements, kSure, bench_.now());
  EXPECT_EQ(bench_.node.lane(Lane::measurements).acknowledged, kSure);
  bench_.node.acknowledged_by_hand(Lane::measurements, kLast, bench_.now());
  bench_.settle();
  EXPECT_EQ(bench_.ended.size(), 1U);
  EXPECT_EQ(bench_.node.lane(Lane::measurements).acknowledged, kSure);
}

TEST_F(EdgeNodeEpoch, WhereNobodyAcknowledgesNobodyIsAsked) {
  auto options = Bench::defaults();
  options.acknowledged_by = AcknowledgedBy::none;
  Bench bench(found(), options);
  bench.node.start(bench.now());
  bench.settle();
  EXPECT_EQ(bench.trusted.size(), 1U);
  bench.host_says(true, 1000);
  bench.advance(seconds(11));
  EXPECT_FALSE(bench.data_topics().empty());
}

}  // namespace
}  // namespace xalink
