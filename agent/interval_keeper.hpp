#pragma once
// Lets commands change how often probes measure: gives the rules of agent/intervals the schedule, the metrics
// that tell of it, and a place in the outbox.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/intervals.hpp"
#include "agent/measure.hpp"
#include "agent/recorder.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink {

/// Thread-safety: one loop.
class IntervalKeeper {
 public:
  IntervalKeeper(const boost::asio::any_io_executor& executor, Clock& clock, Measure& measure);

  /// What was kept of an earlier life (kIntervalsNote). Before add(); when the disk refuses at the start,
  /// run() asks for it again.
  void recall(std::string_view note);
  /// To Measure, with the interval that is in force.
  void add(MeasureTask task);
  /// Is told what is in force: now for every probe, and whenever somebody asked for another one.
  using Tell =
      std::function<void(const std::string& device, const std::string& metric, std::uint64_t seconds)>;
  void listen(Tell tell);

  /// In force at once. What is out of bounds changes nothing but a line in the log; either way it is told
  /// what holds.
  void asked(const action::SettingAsked& setting);
  /// The outbox is another one, that may not know.
  void keep_again();

  /// Keeps what was asked for in the outbox, until cancelled. While the disk refuses, it is tried again.
  boost::asio::awaitable<void> run(Recorder& recorder);

 private:
  void tell(const std::string& device, const std::string& group) const;
  boost::asio::awaitable<bool> recall_from(Recorder& recorder);
  boost::asio::awaitable<bool> keep_in(Recorder& recorder);

  Clock& clock_;
  Measure& measure_;
  Intervals intervals_;
  std::vector<Schema> probes_;
  Tell tell_;
  bool recalled_ = false;
  std::string kept_;  ///< in the outbox
  bool refused_ = false;
  WakeUp changed_;
};

}  // namespace xalink
