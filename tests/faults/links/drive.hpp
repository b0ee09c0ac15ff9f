#pragma once
// A board that was cut off for a while, on a road of its own to a real broker and a real gateway.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/faults/links/country_road.hpp"
#include "tests/faults/links/link_table.hpp"
#include "tests/faults/links/listener.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {

struct DriveOptions {
  std::string name;  ///< in the table
  RoadOptions road;
  std::size_t records = 1000;
  std::chrono::seconds keep_alive{60};
  std::chrono::seconds probe_interval{3};
};

/// Everything is made by the constructor, nothing runs yet but the broker.
class Drive {
 public:
  explicit Drive(DriveOptions options);

  /// Starts gateway and board. `meanwhile` is called all the time with the share of the backlog that the
  /// gateway has committed. False when the backlog is not delivered within `limit`.
  bool drain(
      std::chrono::seconds limit, const std::function<void(double)>& meanwhile = [](double) {});
  /// Until the gateway holds each record that the outbox has numbered exactly once, as far as it looks.
  [[nodiscard]] bool settles(std::chrono::seconds limit);
  /// For all that was taken so far; failures of the test where the promise does not hold.
  void expect_exactly_once();
  [[nodiscard]] LinkFigures figures();

  [[nodiscard]] CountryRoad& road() { return road_; }
  [[nodiscard]] Listener& listener() { return listener_; }
  [[nodiscard]] Program& agent() { return agent_; }
  [[nodiscard]] Program& gateway() { return gateway_.program; }
  [[nodiscard]] std::uint64_t assigned() const;
  [[nodiscard]] double seconds_since_start() const;
  /// What both programs said, for a test that failed.
  [[nodiscard]] std::string said() const;
  /// The shortest time in which the payload so far can travel.
  [[nodiscard]] double ideal_seconds() const;

 private:
  [[nodiscard]] std::string agent_settings() const;
  [[nodiscard]] std::uint64_t held() const;

  DriveOptions options_;
  CountryRoad road_;
  ScratchFolder folder_;
  Mosquitto broker_;
  GatewayProcess gateway_;
  Program agent_;
  Listener listener_;
  std::uint64_t backlog_ = 0;
  WireBytes before_;
  WireBytes after_;
  std::uint64_t records_at_end_ = 0;  ///< bytes, when the backlog was delivered
  std::uint64_t present_at_end_ = 0;
  std::chrono::steady_clock::time_point started_{};
  double drained_after_ = 0;
};

}  // namespace xalink::test
