// An edge node on links that are slow, far, silent, shared or paid for by the byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "tests/sparkplug/edge_node_bench.hpp"

namespace xalink {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Bench;
using test::depth;
using test::ping;

// A link that carries so many bytes a second, and a gateway behind it that commits at once.
class SlowLink {
 public:
  SlowLink(Bench& bench, double bytes_per_second, Duration one_way)
      : bench_(bench), bytes_per_second_(bytes_per_second), one_way_(one_way) {}

  // Until the outbox is drained, at most `limit`. The longest that a message waited for the link.
  Duration run(Duration limit) {
    const auto end = bench_.time + limit;
    Duration longest{};
    while (bench_.time < end && bench_.node.lane(Lane::measurements).acknowledged < rows()) {
      for (; taken_ < bench_.sent.size(); ++taken_) {
        const auto& message = bench_.sent[taken_];
        const auto bytes = static_cast<double>(message.topic.size() + message.payload.size());
        total_ += bytes;
        free_at_ =
            std::max(free_at_, bench_.time) +
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(bytes / bytes_per_second_));
        longest = std::max(longest, free_at_ - bench_.time);
        if (message.topic.ends_with("/backlog") && message.topic.find("DDATA") != std::string::npos) {
          // Each answer waits until the one before it was acknowledged, as Nagle's algorithm has it.
          const auto arrived = free_at_ + one_way_;
          if (arrived > answered_at_) answered_at_ = std::max(arrived, answered_at_ + 2 * one_way_);
          arrivals_.emplace_back(answered_at_ + one_way_, last_row(message));
        }
      }
      if (!arrivals_.empty() && arrivals_.front().first <= bench_.time) {
        const RowId last = arrivals_.front().second;
        arrivals_.pop_front();
        mark_ = std::max(mark_, last);
        bench_.acknowledge(Lane::measurements, mark_);
        continue;
      }
      bench_.advance(milliseconds(20));
      seemed_silent_ = seemed_silent_ || bench_.node.unanswered_since(2);
    }
    return longest;
  }
  [[nodiscard]] double bytes() const { return total_; }
  [[nodiscard]] bool seemed_silent() const { return seemed_silent_; }

 private:
  [[nodiscard]] RowId rows() const { return bench_.node.lane(Lane::measurements).last; }
  // Rows carry their number as their value.
  static RowId last_row(const OutgoingMessage& message) {
    const auto payload = decode(message.payload).value();
    for (const auto& metric : payload.metrics) {
      if (const auto* data = std::get_if<DataSet>(&metric.value)) {
        return std::get<std::uint64_t>(data->rows.back().back());
      }
    }
    return 0;
  }

  Bench& bench_;
  double bytes_per_second_;
  Duration one_way_;
  std::size_t taken_ = 0;
  SteadyTime free_at_{};
  SteadyTime answered_at_{};
  double total_ = 0;
  bool seemed_silent_ = false;
  RowId mark_ = 0;
  std::deque<std::pair<SteadyTime, RowId>> arrivals_;
};

RowId highest_repeated(const Bench& bench) {
  RowId highest = 0;
  RowId repeated = 0;
  for (const auto& message : bench.sent) {
    if (message.topic != "spBv1.0/VN-03/DDATA/site-1/backlog") continue;
    const auto payload = decode(message.payload).value();
    for (const auto& metric : payload.metrics) {
      const auto* data = std::get_if<DataSet>(&metric.value);
      if (data == nullptr) continue;
      for (const auto& row : data->rows) {
        const auto number = std::get<std::uint64_t>(row.back());
        if (number <= highest) ++repeated;
        highest = std::max(highest, number);
      }
    }
  }
  return repeated;
}

TEST(EdgeNodeLink, SlowLinkIsNeverFloodedAndNothingIsSentTwice) {
  Bench bench({LaneDepth{}, depth(0, 5'000)});
  SlowLink link(bench, 1'000, milliseconds(50));  // 9.6 kbit/s
  bench.come_online();
  const auto longest = link.run(minutes(20));
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 5'000U);
  EXPECT_EQ(highest_repeated(bench), 0U);
  EXPECT_LT(longest, seconds(8));  // births included
  EXPECT_FALSE(link.seemed_silent()) << "a slow link is not a gateway that is gone";
}

TEST(EdgeNodeLink, FarLinkIsFilled) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  SlowLink link(bench, 32'000, milliseconds(600));  // 256 kbit/s over a satellite
  bench.come_online();
  const auto begin = bench.time;
  link.run(minutes(20));
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 100'000U);
  EXPECT_EQ(highest_repeated(bench), 0U);
  const auto ideal = std::chrono::duration<double>(link.bytes() / 32'000);
  EXPECT_LT(std::chrono::duration<double>(bench.time - begin), ideal * 1.5 + seconds(10));
  EXPECT_FALSE(link.seemed_silent());
}

TEST(EdgeNodeLink, AGatewayThatConfirmsNothingIsToldSinceTheFirstMessageThatItOwes) {
  Bench bench({LaneDepth{}, depth(0, 3)});
  bench.come_online();
  bench.acknowledge(Lane::measurements, 3);
  bench.advance(minutes(5));
  EXPECT_FALSE(bench.node.unanswered_since(1)) << "nobody was asked for anything";
  bench.node.appended(Lane::measurements, 4, bench.now());
  bench.settle();
  const auto sent = bench.time;
  bench.advance(minutes(1));
  bench.node.appended(Lane::measurements, 5, bench.now());
  bench.settle();
  bench.advance(minutes(1));
  ASSERT_TRUE(bench.node.unanswered_since(2));
  EXPECT_LE(*bench.node.unanswered_since(2), sent + seconds(1));
  bench.acknowledge(Lane::measurements, 4);
  EXPECT_FALSE(bench.node.unanswered_since(1)) << "late is not gone";
  bench.advance(minutes(6));  // it was slow before, and is given more time
  EXPECT_TRUE(bench.node.unanswered_since(2));
  bench.node.lost("no PINGRESP", bench.now());
  EXPECT_FALSE(bench.node.unanswered_since(1)) << "without a session nobody owes anything";
}

// A process that begins with a backlog may have sent some of it before; that is no reason to know nothing
// of the link.
TEST(EdgeNodeLink, SilenceIsAnsweredWithOneRowUntilItIsKnownWhatWasLost) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  bench.come_online();
  bench.sent.clear();
  bench.advance(minutes(10));
  ASSERT_GT(bench.data_topics().size(), 1U);
  EXPECT_LT(bench.data_topics().size(), 15U);
  for (const auto& message : bench.sent) {
    if (message.topic.find("DDATA") == std::string::npos) continue;
    const auto payload = decode(message.payload).value();
    const auto& rows = std::get<DataSet>(payload.metrics[0].value).rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].back(), Value(std::uint64_t{1}));
  }
  // Only the probe's row arrived: all that went before it is lost.
  bench.sent.clear();
  bench.acknowledge(Lane::measurements, 1);
  ASSERT_FALSE(bench.data_topics().empty());
  const auto payload = bench.payload(0);
  EXPECT_EQ(std::get<DataSet>(payload.metrics[0].value).rows[0].back(), Value(std::uint64_t{2}));
}

TEST(EdgeNodeLink, WhatWasOnlyLateIsNotSentAgain) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  bench.come_online();
  RowId sent = 0;
  for (const auto& message : bench.sent) {
    if (message.topic != "spBv1.0/VN-03/DDATA/site-1/backlog") continue;
    sent = std::get<std::uint64_t>(
        std::get<DataSet>(decode(message.payload).value().metrics[0].value).rows.back().back());
  }
  bench.advance(minutes(2));
  bench.sent.clear();
  bench.acknowledge(Lane::measurements, sent);
  ASSERT_FALSE(bench.data_topics().empty());
  EXPECT_EQ(std::get<DataSet>(bench.payload(0).metrics[0].value).rows[0].back(), Value(sent + 1));
  // The answers to the probes say the same mark again; that is no hole.
  bench.sent.clear();
  bench.acknowledge(Lane::measurements, sent);
  bench.acknowledge(Lane::measurements, sent);
  EXPECT_TRUE(bench.data_topics().empty());
}

TEST(EdgeNodeLink, PresentValuesDoNotFloodASlowLinkEither) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  bench.come_online();
  bench.sent.clear();
  for (int i = 0; i < 1000; ++i) {
    bench.time += milliseconds(1);
    bench.node.took(ping(), bench.make_record(Lane::measurements, 7), bench.now());
    bench.settle();
  }
  std::size_t bytes = 0;
  for (const auto& message : bench.sent) bytes += message.topic.size() + message.payload.size();
  EXPECT_GT(bytes, 0U);
  EXPECT_LT(bytes, 8 * 1024U);
}

TEST(EdgeNodeLink, HistoryLeavesTheRestOfItsShareToOthers) {
  auto options = Bench::defaults();
  options.backlog_share = 0.25;
  Bench bench({LaneDepth{}, depth(0, 3'000)}, options);
  SlowLink link(bench, 4'000, milliseconds(50));
  bench.come_online();
  const auto begin = bench.time;
  link.run(minutes(60));
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 3'000U);
  const auto busy = std::chrono::duration<double>(link.bytes() / 4'000);
  EXPECT_GT(std::chrono::duration<double>(bench.time - begin), busy * 3);
}

TEST(EdgeNodeLink, HistoryKeepsWithinItsHourlyBudget) {
  auto options = Bench::defaults();
  options.max_message_bytes = 2'000;
  options.hourly_backlog_bytes = 10'000;
  Bench bench({LaneDepth{}, depth(0, 100'000)}, options);
  SlowLink link(bench, 100'000, milliseconds(5));
  bench.come_online();
  std::size_t counted = 0;
  for (int hour = 1; hour <= 5; ++hour) {
    const auto before = bench.node.lane(Lane::measurements).acknowledged;
    link.run(minutes(hour == 1 ? 30 : 60));  // looks in the middle of the budget's hours
    std::size_t bytes = 0;
    for (; counted < bench.sent.size(); ++counted) {
      const auto& message = bench.sent[counted];
      if (message.topic.find("DDATA") != std::string::npos)
        bytes += message.topic.size() + message.payload.size();
    }
    EXPECT_LE(bytes, options.hourly_backlog_bytes) << hour;
    EXPECT_GT(bench.node.lane(Lane::measurements).acknowledged, before) << hour;
  }
}

}  // namespace
}  // namespace xalink
