#pragma once
// Why a board or its program was started: switched off is not broken. Rules without I/O.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/linux/reboot_traces.hpp"
#include "agent/outage.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// What is kept in the outbox from one start to the next.
struct StopNote {
  std::string boot_id;          ///< of a program that ended when it was asked to; else empty
  BootTime at{};                ///< when it did
  std::string sign;             ///< that the whole machine was going down; empty without
  std::set<std::string> known;  ///< panics that were told of

  [[nodiscard]] static StopNote from_text(std::string_view text);
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const StopNote&, const StopNote&) = default;
};

/// Under this key of the outbox's notes.
inline constexpr std::string_view kStopNote = "board/stop";

struct StartReason {
  enum class What : std::uint8_t {
    first_start,  ///< nothing is known of a time before
    request,      ///< of the program
    crash,        ///< of the program
    shutdown,     ///< of the board, as it should be
    power_loss,
    watchdog,
    kernel_panic,
    not_known,  ///< of the board, whose program had been stopped before
  };
  What what = What::first_start;
  bool of_board = false;  ///< else of the program, within one boot
  std::string evidence;
  std::optional<Stamp> before;  ///< last sign of life before; its boot and time since that boot
  friend bool operator==(const StartReason&, const StartReason&) = default;
};

/// "power loss", "shutdown", ...
[[nodiscard]] std::string_view to_string(StartReason::What what);

/// `newest`: stamps of what is newest on the disk: the sign of life, the last record of each lane.
[[nodiscard]] StartReason start_reason(const std::string& boot_id, const std::vector<Stamp>& newest,
                                       const StopNote& stop, const RebootTraces& traces);

/// As a record of boot_schema().
[[nodiscard]] Record boot_record(const StartReason& reason, Stamp stamp);

/// The outage that it ended, as its begin and end; empty when there was none: a board that was switched off
/// is not broken, and a program that was away for a moment neither. Cause: power, or board. `heartbeat`: the
/// time after which another sign of life would have been on the disk. `least`: shorter is no outage.
[[nodiscard]] std::vector<OutageEvent> outage_before(const StartReason& reason, const Stamp& now,
                                                     Milliseconds heartbeat, Milliseconds least);

}  // namespace xalink
