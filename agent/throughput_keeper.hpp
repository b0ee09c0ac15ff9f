#pragma once
// Measures throughput when the plan says so, the budget has room for it, and nothing else needs the link.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/data_budget.hpp"
#include "agent/probes/throughput.hpp"
#include "agent/recorder.hpp"
#include "agent/throughput_plan.hpp"
#include "agent/throughput_status.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

struct ThroughputKeeperSettings {
  std::array<std::uint64_t, kLinkCosts> test_bytes{};  ///< each way
  std::array<std::uint64_t, kLinkCosts> monthly_bytes{};
};

/// Its state is kept in the outbox before a test begins, with all that the test could cost: a power cut in
/// the middle spends more of the budget than was used, never less, and no test is made twice.
///
/// Thread-safety: one loop.
class ThroughputKeeper {
 public:
  struct Surroundings {
    /// The best time that is known; nothing while it is not trusted.
    std::function<std::optional<WallTime>()> now;
    /// Nothing while nobody knows by what the default route leaves: then a test could cost money unasked.
    std::function<std::optional<LinkCost>()> link;
    std::function<bool()> may_sign;  ///< the key is there with which the gateway is asked
    std::function<bool()> online;    ///< the gateway is there
    std::function<bool()> backlog;   ///< records wait that need the link more
    using Measure = std::function<boost::asio::awaitable<bool>(std::uint64_t bytes_each_way,
                                                               std::shared_ptr<ThroughputResult>)>;
    Measure measure;
    std::function<void(const ThroughputResult&, LinkCost)> record;
  };

  ThroughputKeeper(Clock& clock, ThroughputKeeperSettings settings, ThroughputPlan plan,
                   Surroundings surroundings);

  /// Until cancelled.
  boost::asio::awaitable<void> run(Recorder& recorder);

  /// The outbox was replaced, perhaps by one without the note of what was spent. While the disk refuses it is
  /// tried again, and no test begins.
  boost::asio::awaitable<void> keep_again(Recorder& recorder);

  [[nodiscard]] ThroughputStatus status() const;

 private:
  boost::asio::awaitable<bool> recall(Recorder& recorder);
  boost::asio::awaitable<bool> keep(Recorder& recorder);
  boost::asio::awaitable<void> test(Recorder& recorder, WallTime now, ThroughputPlan::Next next,
                                    LinkCost link);
  boost::asio::awaitable<bool> until_backlog();
  boost::asio::awaitable<void> wait(std::string state, Duration how_long);

  Clock& clock_;
  ThroughputKeeperSettings settings_;
  ThroughputPlan plan_;
  DataBudget budget_;
  Surroundings surroundings_;
  std::string state_ = "clock";
  std::optional<WallTime> next_;
  bool recalled_ = false;
};

/// Under this key of the outbox's notes.
inline constexpr std::string_view kThroughputNote = "throughput/spent";

}  // namespace xalink
