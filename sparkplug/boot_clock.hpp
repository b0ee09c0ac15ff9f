#pragma once
// What is known of the time of one boot of a board (design, section 6). A record's time since boot is always
// right; what may be unknown is when that boot began. So time is told for boots, not for records: before
// the records leave the board where it is known by then, by a statement that follows them where it is not.

#include <cstdint>
#include <optional>
#include <string>

#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A wall time that is called synchronised is at most this far from the truth: the bound at which the
/// kernel's own bound of its error is no longer believed (sparkplug/kernel_clock.cpp).
inline constexpr Milliseconds kSynchronisedWithin{3000};
/// How fast a clock that nobody disciplines may run away: 200 parts in a million, 17 s a day, twice what the
/// crystals of cheap boards are sold with.
inline constexpr std::int64_t kDriftPerMillion = 200;

/// At most how far a free-running clock goes astray in this time.
[[nodiscard]] constexpr Milliseconds drift_in(Milliseconds time) {
  const auto ms = time.count() < 0 ? -time.count() : time.count();
  return Milliseconds(ms / 1'000'000 * kDriftPerMillion + ms % 1'000'000 * kDriftPerMillion / 1'000'000 + 1);
}

/// Between which offsets (true time minus time since boot) the truth lies.
struct OffsetBounds {
  Milliseconds earliest{};
  std::optional<Milliseconds> latest;  ///< nothing: no upper bound is known yet
  friend bool operator==(const OffsetBounds&, const OffsetBounds&) = default;
};

/// A statement on one boot. At `at` the bounds hold; before and after it they are wider by the drift.
struct BootClock {
  std::string boot_id;    ///< kernel's boot UUID
  BootTime at{};          ///< time since that boot
  Milliseconds offset{};  ///< best estimate of true time minus time since boot
  OffsetBounds bounds;
  /// synchronised: by the kernel; holdover: by the gateway's time; unset: by what came before and after.
  ClockQuality quality = ClockQuality::unset;
  friend bool operator==(const BootClock&, const BootClock&) = default;
};

/// The bounds of a statement at another moment of the same boot.
[[nodiscard]] OffsetBounds bounds_at(const BootClock& clock, BootTime when);

/// Device "board", group "Boot Clock", lane of events: how a statement travels, as a record like others.
[[nodiscard]] Schema boot_clock_schema();
[[nodiscard]] Record boot_clock_record(const BootClock& clock, Stamp stamp);
/// Nothing when `schema` is another one's. Columns may be missing: nulls do not travel.
[[nodiscard]] Result<std::optional<BootClock>> read_boot_clock(const Schema& schema, const Record& record);

}  // namespace xalink
