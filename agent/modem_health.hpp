#pragma once
// What is wrong with the modem, and for how long it has to be wrong before it is said: rules without I/O.

#include <cstdint>
#include <string_view>

#include "agent/linux/modem_bus.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

enum class ModemFault : std::uint8_t {
  none,
  no_sim,           ///< or one without a profile: somebody has to put one in
  sim_locked,       ///< somebody has to unlock it
  denied,           ///< the network does not want it: a word with the operator
  failed,           ///< ModemManager has given it up
  no_registration,  ///< it is on and finds no network
  gone,             ///< it was there
  silent,           ///< ModemManager does not answer, or runs no longer
};

/// "no SIM", "modem failed", ...; empty for none.
[[nodiscard]] std::string_view to_string(ModemFault fault);

/// The modem, or what drives it, hangs: switching it off and on may help, and nobody has to come for that.
[[nodiscard]] bool is_hung(ModemFault fault);

/// Thread-safety: none.
class ModemHealth {
 public:
  /// A modem looks for its network for minutes after it was switched on: it is left `patience` for that.
  explicit ModemHealth(Duration patience) : patience_(patience) {}

  /// After each answer: the fault that has lasted long enough to be one.
  ModemFault judge(const ModemAnswer& answer, SteadyTime now);

 private:
  [[nodiscard]] ModemFault look(const ModemAnswer& answer);
  [[nodiscard]] Duration patience_with(ModemFault fault) const;

  Duration patience_;
  bool had_modem_ = false;
  ModemFault seen_ = ModemFault::none;
  SteadyTime since_{};
};

}  // namespace xalink
