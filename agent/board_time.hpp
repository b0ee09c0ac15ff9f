#pragma once
// What time it is on a board without a battery clock (design, section 6): judges what the kernel, the gateway
// and earlier boots say, stamps records, and states afterwards when the boots were whose records had to be
// stamped without knowing. Rules without I/O; agent/time_keeper gives them the clocks and the outbox.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/boot_book.hpp"
#include "sparkplug/boot_clock.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// Why the clock is not believed, for whoever can do something about it.
enum class ClockDoubt {
  none,
  kernel_before_floor,   ///< "synchronised", to a time before this program was built or before the last good
                         ///< one
  gateway_before_floor,  ///< the gateway tells such a time
  disagreement,          ///< the kernel's and the gateway's times are too far apart: one of them is wrong
  jumped,                ///< the synchronised clock jumped within this boot
};
[[nodiscard]] std::string_view to_string(ClockDoubt doubt);

/// The rules:
/// - Everything rests on the time since boot, which never steps. What is found out is an offset.
/// - A time before the floor (build of the program, end of the boots before) is not believed, whoever says
/// it;
///   only kernel and gateway together can overrule the end of the boots before.
/// - Synchronised: the kernel says so, and neither the floor nor the gateway nor the kernel's own earlier
/// word
///   in this boot contradicts. Holdover: one of them said so at another time of this boot. Unset: neither.
/// - Where two contradict each other, the bounds span both and the quality is unset, until they agree.
/// - While unset, the offset is the first plausible one of this boot: setting the clock by hand changes
/// nothing.
///
/// Thread-safety: none; one loop.
class BoardTime {
 public:
  /// The clocks, read together.
  struct Reading {
    WallTime wall{};
    BootTime boot{};
    ClockQuality kernel = ClockQuality::unset;  ///< as kernel_clock_quality() has it
  };

  /// `built`: when the program was built. `memory`: text that take_statements() gave, from the outbox.
  /// `newest`: stamps of the newest row of each lane in the outbox.
  BoardTime(std::string boot_id, WallTime built, std::string_view memory, const std::vector<Stamp>& newest,
            const Reading& first);

  void look(const Reading& reading);
  void answered(const action::ClockAnswer& answer, const Reading& reading);

  [[nodiscard]] const std::string& boot_id() const { return boot_id_; }
  [[nodiscard]] ClockQuality quality() const { return quality_; }
  /// Best estimate of true time minus time since boot; never before the floor.
  [[nodiscard]] Milliseconds offset() const { return offset_; }
  [[nodiscard]] const OffsetBounds& bounds() const { return bounds_; }
  [[nodiscard]] ClockDoubt doubt() const { return doubt_; }
  /// No time of this boot can be earlier.
  [[nodiscard]] WallTime floor_at(BootTime boot) const { return WallTime(boot + earliest_at(boot)); }
  /// Of a record that was taken now.
  [[nodiscard]] Stamp stamp(BootTime boot);

  struct Statements {
    std::vector<BootClock> clocks;
    std::string memory;  ///< to be kept in the same transaction
  };
  /// What the gateway has to learn of this boot and of earlier ones; nothing: nothing new.
  [[nodiscard]] std::optional<Statements> take_statements(BootTime now);
  /// They could not be recorded: they are given again, with what came up meanwhile.
  void give_back(Statements statements);

  /// Records stamped without knowing the time, in boots of which it is known by now, get it before they
  /// leave.
  void correct(Batch& batch) const { book_.correct(batch); }

 private:
  struct Witness {
    BootTime at{};
    Milliseconds offset{};
    OffsetBounds bounds;
  };
  [[nodiscard]] static OffsetBounds widened(const Witness& witness, BootTime when);
  [[nodiscard]] BootClock clock_of(const Witness& witness, ClockQuality quality) const;
  void remember_earlier_boots(const std::vector<Stamp>& newest);
  void resume(const RememberedBoot& boot);
  void judge(const Reading& reading);
  void settle(BootTime at, ClockQuality quality, Milliseconds offset, OffsetBounds bounds, ClockDoubt doubt);
  void state(BootClock clock);
  void close_earlier_boots();
  [[nodiscard]] bool before_floor(const Witness& witness) const;
  /// The floor as an offset; time since boot may run ahead of true time.
  [[nodiscard]] Milliseconds earliest_at(BootTime boot) const { return earliest_ - drift_in(boot); }

  std::string boot_id_;
  BootBook book_;  ///< earlier boots, oldest first, and this one last
  Milliseconds built_earliest_{};
  Milliseconds earliest_{};  ///< the floor, as an offset at the begin of this boot
  Milliseconds offset_{};
  OffsetBounds bounds_;
  ClockQuality quality_ = ClockQuality::unset;
  ClockDoubt doubt_ = ClockDoubt::none;
  std::optional<Witness> kernel_;      ///< its last believed word in this boot
  std::optional<Witness> gateway_;     ///< its last word in this boot
  std::optional<BootTime> jumped_at_;  ///< since when the kernel insists on another offset
  bool took_unset_ = false;            ///< records of this boot wait for their time
  std::optional<BootTime> stated_at_;  ///< of the last statement on this boot
  std::vector<BootClock> statements_;
};

}  // namespace xalink
