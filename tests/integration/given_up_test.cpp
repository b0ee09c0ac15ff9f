// What a board gave up while it was cut off and afterwards, as its technician and its gateway are told of it.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/given_up.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {
namespace {

using ByReason = std::map<std::string, std::uint64_t>;

/// Months offline in a few seconds, through the outbox's own interface. One ping every three minutes: so many
/// hours that what is dropped in one step leaves most of their summaries.
class Offline {
 public:
  explicit Offline(const std::filesystem::path& file) {
    auto opened = Outbox::open(file, OutboxOptions{.max_bytes = kLeastOutboxBytes});
    if (!opened) throw std::runtime_error(opened.error().to_string());
    outbox_ = std::move(*opened);
  }

  void measure(std::size_t count) {
    for (; count > 0; --count) {
      auto taken = ping(++pings_);
      taken.record.stamp.wall = begin_ + std::chrono::minutes(3) * pings_;
      taken.record.stamp.boot_time = std::chrono::minutes(3) * pings_;
      flush_.push_back(std::move(taken));
      if (flush_.size() == 500 || count == 1) append();
    }
  }
  void take_events(std::size_t count) {
    for (; count > 0; --count) flush_.push_back(dossier_event(++events_));
    append();
  }
  void lose_in_memory(std::uint64_t records) {
    const auto counted = outbox_->count_dropped(records);
    if (!counted) throw std::runtime_error(counted.error().to_string());
  }
  [[nodiscard]] std::uint64_t given_up(std::string_view reason) const {
    auto all = outbox_->given_up().value();
    return all[std::string(reason)];
  }

 private:
  void append() {
    const auto appended = outbox_->append(flush_);
    if (!appended) throw std::runtime_error(appended.error().to_string());
    flush_.clear();
  }

  WallTime begin_ = WallTime(std::chrono::duration_cast<Milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())) -
                    std::chrono::hours(24) * 300;
  std::unique_ptr<Outbox> outbox_;
  std::vector<Pending> flush_;
  std::uint64_t pings_ = 0;
  std::uint64_t events_ = 0;
};

class GivenUp : public DeploymentTest {
 protected:
  [[nodiscard]] ByReason in_the_ledger() const {
    ByReason reasons;
    for (const auto reason : given_up::kReasons) {
      const auto records = ask_number(
          board_.outbox(), "SELECT sum(records) FROM given_up WHERE reason = '" + std::string(reason) + "'");
      if (records > 0) reasons[std::string(reason)] = records;
    }
    return reasons;
  }
  [[nodiscard]] ByReason told_by_status() const {
    const auto status = board_.status();
    return status.empty() ? ByReason() : counts(at(status, "outbox", "given_up").as_object());
  }
  [[nodiscard]] ByReason told_by_boards() const {
    const auto board = gateway_.board(board_.node());
    return board.empty() ? ByReason() : counts(board.at("given_up_reported").as_object());
  }
  /// In the gap records that have arrived.
  [[nodiscard]] ByReason in_gaps() const {
    ByReason reasons;
    const auto board = gateway_.board(board_.node());
    if (board.empty()) return reasons;
    for (const auto& gone : board.at("gone").as_array()) {
      reasons[std::string(gone.at("reason").as_string())] += gone.at("records").to_number<std::uint64_t>();
    }
    return reasons;
  }
  [[nodiscard]] std::string page(const char* program, const char* command,
                                 const std::filesystem::path& config, const char* language) const {
    return call({program, command, "--config", config, "--lang", language}).out;
  }

 private:
  /// A reason of which nothing was given up is told as 0, or not at all.
  static ByReason counts(const boost::json::object& object) {
    ByReason reasons;
    for (const auto& [reason, records] : object) {
      const auto count = records.to_number<std::uint64_t>();
      if (count > 0) reasons[std::string(reason)] = count;
    }
    return reasons;
  }
};

TEST_F(GivenUp, IsTheSameByReasonInTheOutboxInStatusAtTheGatewayAndInTheGaps) {
  {
    Offline board(board_.outbox());
    while (board.given_up(given_up::kThinned) < 5'000) board.measure(500);
    while (board.given_up(given_up::kSpace) == 0) {
      board.take_events(400);
      board.measure(100);
    }
    board.lose_in_memory(7);
  }
  const auto offline = in_the_ledger();
  ASSERT_TRUE(offline.contains("thinned") && offline.contains("space")) << testing::PrintToString(offline);
  ASSERT_EQ(offline.at("memory"), 7U);

  // A gateway that takes nothing: the board, full, goes on giving up after its birth.
  ForeignClient listener(broker_, "listener", {"spBv1.0/STATE/" + std::string(kHostId)});
  gateway_.program.start();
  const auto is_online = [](const IncomingMessage& message) {
    return message.payload.find("\"online\":true") != std::string::npos;
  };
  ASSERT_TRUE(listener.hear(is_online));
  gateway_.program.freeze();
  board_.bound_outbox(kLeastOutboxBytes);
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return told_by_status() == offline; }))
      << testing::PrintToString(told_by_status());
  board_.drop_dossiers(1, 5'000);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  ASSERT_GT(told_by_status()["space"], offline.at("space")) << "the dossiers took the room of measurements";
  gateway_.program.thaw();

  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
  ASSERT_TRUE(eventually([&] { return told_by_boards() == told_by_status(); }))
      << "the gateway knows of " << testing::PrintToString(told_by_boards()) << ", the board of "
      << testing::PrintToString(told_by_status());
  const auto known = told_by_boards();
  EXPECT_EQ(known, in_the_ledger());
  EXPECT_GT(known.at("space"), offline.at("space"));
  EXPECT_EQ(known.at("memory"), 7U);
  auto gaps = in_gaps();
  gaps["memory"] = 7;  // without a row id there is no gap
  EXPECT_EQ(gaps, known);

  for (const auto& [reason, records] : known) {
    const auto number = std::to_string(records) + " ";
    EXPECT_NE(page(XALINK_AGENT_PROGRAM, "status", board_.config(), "en").find(number + reason),
              std::string::npos)
        << page(XALINK_AGENT_PROGRAM, "status", board_.config(), "en");
    for (const char* language : {"en", "vi"}) {
      const auto boards = page(XALINK_GATEWAY_PROGRAM, "boards", gateway_.config(), language);
      EXPECT_NE(boards.find(": " + number), std::string::npos) << reason << " in\n" << boards;
    }
  }
}

}  // namespace
}  // namespace xalink::test
