#pragma once
// Lets commands change how often probes measure: gives the rules of agent/intervals the schedule, the metrics
// that tell of it, and a place in the outbox.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/intervals.hpp"
#include "agent/measure.hpp"
#include "agent/recorder.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink {

/// For `status`: what commands to devices have come to.
struct CommandStatus {
  std::vector<CommandedInterval> intervals;
  std::uint64_t refused = 0;  ///< since the program was started
  struct Refused {
    Error why;      ///< `where` is the metric
    BootTime at{};  ///< time since boot
  };
  std::optional<Refused> last_refused;
};

/// Thread-safety: one loop.
class IntervalKeeper {
 public:
  IntervalKeeper(const boost::asio::any_io_executor& executor, Clock& clock, Measure& measure);

  /// What was kept of an earlier life (kIntervalsNote). Before add(); when the disk refuses at the start,
  /// run() asks for it again.
  void recall(std::string_view note);
  /// To Measure, with the interval that is in force.
  void add(MeasureTask task);
  /// Is told what is in force: now for every probe, and whenever somebody asked for another one. What is
  /// told after a command is in the outbox before, so that it also holds after a power cut; unless the disk
  /// refuses.
  using Tell =
      std::function<void(const std::string& device, const std::string& metric, std::uint64_t seconds)>;
  void listen(Tell tell);

  /// In force at once. What is refused changes nothing but status() and a line in the log; either way it is
  /// told what holds.
  void asked(const action::SettingAsked& setting);
  [[nodiscard]] CommandStatus status() const;
  /// The outbox is another one, that may not know.
  void keep_again();

  /// Keeps what was asked for in the outbox, until cancelled. While the disk refuses, it is tried again.
  boost::asio::awaitable<void> run(Recorder& recorder);

 private:
  /// What was recalled counts only within the bounds that the probe has now.
  void put_in_force(const Schema& schema);
  void tell(const std::string& device, const std::string& group) const;
  void tell_what_was_asked(const std::set<std::pair<std::string, std::string>>& probes) const;
  void refuse(Error why, const std::string& device, const std::string& group);
  boost::asio::awaitable<bool> recall_from(Recorder& recorder);
  boost::asio::awaitable<bool> keep_in(Recorder& recorder);

  Clock& clock_;
  Measure& measure_;
  Intervals intervals_;
  std::vector<Schema> probes_;
  Tell tell_;
  bool recalled_ = false;
  std::string kept_;  ///< in the outbox
  bool disk_refuses_ = false;
  std::set<std::pair<std::string, std::string>> untold_;  ///< device and group: of commands not answered yet
  std::uint64_t refused_ = 0;
  std::optional<CommandStatus::Refused> last_refused_;
  WakeUp changed_;
};

}  // namespace xalink
