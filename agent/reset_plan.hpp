#pragma once
// When a hung modem may be reset: rules without I/O.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"

namespace xalink {

/// At most once in `interval`, in twice that after a second reset in a row, and so on up to a day: a reset
/// that does not help must not wear out the modem, nor the battery. It begins anew when the modem was well
/// for as long as it would have had to wait.
///
/// Thread-safety: none.
class ResetPlan {
 public:
  explicit ResetPlan(Milliseconds interval) : interval_(interval) {}

  [[nodiscard]] bool may_reset(BootTime now) const;
  /// A reset begins; returns which one in a row it is, from 1.
  std::uint32_t begin(BootTime now);
  /// The modem is well, or hangs again: told with each answer.
  void well(BootTime now);
  void hung() { well_since_.reset(); }

  /// What has to outlive the program: times since boot mean nothing in another one.
  [[nodiscard]] std::string memory(std::string_view boot_id) const;
  /// Takes back what memory() gave in the same boot, and returns what stands behind it there; anything else
  /// is passed over, and nothing returned.
  std::string remember(std::string_view memory, std::string_view boot_id);

  /// Which one in a row the last reset was, and when it began.
  [[nodiscard]] std::uint32_t number() const { return resets_; }
  [[nodiscard]] BootTime last() const { return last_; }

 private:
  [[nodiscard]] Milliseconds wait() const;

  Milliseconds interval_;
  std::uint32_t resets_ = 0;
  BootTime last_{};
  std::optional<BootTime> well_since_;
};

}  // namespace xalink
