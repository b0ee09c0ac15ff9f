#pragma once
// The boots that the board remembers, from oldest to newest, with what is known of the time of each.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/boot_clock.hpp"
#include "sparkplug/delivery.hpp"

namespace xalink {

struct RememberedBoot {
  BootClock clock;  ///< newest statement on it
  BootTime last{};  ///< time since that boot of its last known record
  /// Statement that first tied the boot to true time: what was stamped unset before it is corrected by it.
  std::optional<BootClock> tie;

  friend bool operator==(const RememberedBoot&, const RememberedBoot&) = default;
};

/// Kept as a text in the outbox, so that it is written in one transaction with the statements it led to.
class BootBook {
 public:
  BootBook() = default;
  /// Lines that cannot be read are left out: then less is known, and nothing is wrong.
  explicit BootBook(std::string_view text);
  [[nodiscard]] std::string to_text() const;

  /// Null when it is not remembered.
  [[nodiscard]] RememberedBoot* find(std::string_view boot_id);
  [[nodiscard]] const RememberedBoot* find(std::string_view boot_id) const;
  /// At the end; the oldest are forgotten when they are too many.
  RememberedBoot& add(RememberedBoot boot);
  [[nodiscard]] std::vector<RememberedBoot>& boots() { return boots_; }
  [[nodiscard]] const std::vector<RememberedBoot>& boots() const { return boots_; }

  /// Gives records that were stamped unset the time that is known of their boot by now. Leaves those alone
  /// that were taken after it became known.
  void correct(Batch& batch) const;

 private:
  std::vector<RememberedBoot> boots_;
};

/// Under this key of the outbox's notes.
inline constexpr std::string_view kBootBookNote = "clock/boots";

}  // namespace xalink
