#pragma once
// Gives the rules of board_time the clocks of this machine, and their statements a place in the outbox.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "agent/board_time.hpp"
#include "agent/recorder.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"

namespace xalink {

/// When this program was built: no clock of a board that runs it can truly be earlier.
[[nodiscard]] WallTime built_at();

/// Thread-safety: one loop.
class TimeKeeper {
 public:
  using QualityOf = std::function<ClockQuality()>;

  /// `memory` and `newest`: what the outbox knows of earlier boots (BoardTime).
  TimeKeeper(Clock& clock, QualityOf kernel, std::string boot_id, WallTime built, std::string_view memory,
             const std::vector<Stamp>& newest);

  /// For the edge node: every clock, and the best time that is known.
  [[nodiscard]] Now now();
  /// For a record that was taken now.
  [[nodiscard]] Stamp stamp();
  void answered(const action::ClockAnswer& answer);
  /// Before a TLS handshake: where the system's clock lies in the past, certificates are checked as of the
  /// best time that is known.
  void before_handshake();

  /// Records statements as they come up, until cancelled.
  boost::asio::awaitable<void> run(Recorder& recorder);
  /// Records what came up; tried again by run() when the disk refuses.
  boost::asio::awaitable<void> record_statements(Recorder& recorder);

  [[nodiscard]] const BoardTime& time() const { return time_; }
  /// What the system's own clock says; it may be wrong.
  [[nodiscard]] WallTime system_time() const { return clock_.wall(); }

 private:
  [[nodiscard]] static BoardTime::Reading read(Clock& clock, const QualityOf& kernel);
  void look();
  void log_changes();

  Clock& clock_;
  QualityOf kernel_;
  BoardTime time_;
  ClockQuality told_quality_ = ClockQuality::unset;
  ClockDoubt told_doubt_ = ClockDoubt::none;
  bool own_certificate_time_ = false;
};

}  // namespace xalink
