#pragma once
// Resets a modem that hangs, seldom enough, and tells what came of it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/modem_health.hpp"
#include "agent/probes/cellular.hpp"
#include "agent/recorder.hpp"
#include "agent/reset_plan.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink {

/// Each reset is told in three events of modem_reset_schema(): that it begins (before it does: it may cost
/// the board its power), how the method ended, and whether the modem recovered.
///
/// Thread-safety: one loop.
class ModemReset {
 public:
  struct Method {
    std::string name;  ///< "command", "usb"; empty: no method is configured, and nothing is done
    /// Resets the modem with this folder in /sys; empty when it was done, else why not.
    std::function<boost::asio::awaitable<std::string>(std::string device)> perform;
  };
  /// What it needs of the rest of the agent.
  struct Surroundings {
    /// A lane-0 event with a note, as Recorder::record_events and read_note.
    std::function<boost::asio::awaitable<Result<void>>(std::vector<Value> values, std::string key,
                                                       std::string value)>
        tell;
    std::function<boost::asio::awaitable<Result<std::optional<std::string>>>(std::string key)> note;
    std::string boot_id;
  };

  ModemReset(const boost::asio::any_io_executor& executor, Clock& clock, Method method, Milliseconds interval,
             Surroundings surroundings);

  /// From the probe, after each answer of ModemManager and after each that it failed to give.
  void judged(const ModemVerdict& verdict);

  /// Until cancelled; ends at once without a method.
  boost::asio::awaitable<void> run();

  /// The outbox was replaced, perhaps by one that does not know of the resets of this boot: the next start of
  /// the program would begin them anew. Ends when they are kept; while the disk refuses, it is tried again.
  boost::asio::awaitable<void> keep_again(Recorder& recorder);

 private:
  boost::asio::awaitable<void> act();
  boost::asio::awaitable<void> reset();
  boost::asio::awaitable<bool> tell(std::string_view event, std::string result, Milliseconds duration);
  /// The plan, and the reset whose outcome is still to be told: that outlives the program too.
  [[nodiscard]] std::string memory() const;
  void remember(const std::string& memory);

  Clock& clock_;
  Method method_;
  Surroundings surroundings_;
  ResetPlan plan_;
  WakeUp news_;
  ModemVerdict verdict_;
  std::string device_;  ///< the last one that was told: a modem that is gone has none
  /// A reset whose success is not known yet.
  struct Trial {
    ModemFault cause = ModemFault::none;
    std::uint32_t number = 0;
    BootTime begun{};
  };
  Trial trial_;
  bool on_trial_ = false;
};

}  // namespace xalink
