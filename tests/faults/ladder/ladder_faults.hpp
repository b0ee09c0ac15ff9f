#pragma once
// Breaks the small Internet step by step, and lays what the gateway has recorded beside what was broken.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/faults/ladder/small_office.hpp"
#include "tests/faults/ladder/truth_table.hpp"

namespace xalink::test {

inline constexpr Milliseconds kWithin = 2 * kProbeInterval;
/// An outage longer than what its times may be off.
inline constexpr Milliseconds kHold = 3 * kProbeInterval;

/// Something breaks, or is mended.
struct Turn {
  Breakage broken;
  std::set<std::string> missing;    ///< causes of the outages that are open from then on
  std::function<void()> besides{};  ///< done after that, as part of the turn
};

class LadderFaults : public SmallOffice {
 protected:
  LadderFaults();

  [[nodiscard]] bool all_is_well() const;
  [[nodiscard]] std::string said() const;
  /// Breaks one thing after the other, and mends all in the end.
  void suffer(const std::string& name, const std::vector<Turn>& turns,
              const std::function<void()>& mend = {});
  /// The board is off for longer than its times may be wrong, and starts with another boot, in which these
  /// outages come up. Returns when the program was started.
  [[nodiscard]] BootTime lose_power(const std::string& name, const std::string& boot_id,
                                    const std::set<std::string>& missing);
  /// Stops the agent, and fails for each outage that was recorded otherwise than it was, by more than
  /// `within`.
  void compare(const std::string& name, Milliseconds within = kWithin);

  /// From a moment between these two on these are missing, and nothing else is any more.
  static void missing_from(Truth& truth, const std::set<std::string>& causes, BootTime earliest,
                           BootTime latest);

  std::vector<Truth> truths_;

 private:
  void see_nothing() const;
};

}  // namespace xalink::test
