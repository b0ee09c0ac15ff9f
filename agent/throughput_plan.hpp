#pragma once
// When a board measures its throughput: at random within the windows of each day, as rules without I/O.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Local time of the day (data_budget.hpp says which); `until` up to 24 h, later than `from`.
struct DailyWindow {
  std::chrono::minutes from{};
  std::chrono::minutes until{};
  friend bool operator==(const DailyWindow&, const DailyWindow&) = default;
};

/// "07:30-11:30"; "22:00-05:00" is two windows, before and after midnight. Empty: it is no such thing.
[[nodiscard]] std::vector<DailyWindow> parse_window(std::string_view text);

/// The windows of a day, end to end, are cut into as many equal parts as there are tests. Each part has one
/// moment, drawn from the board's name and the date: boards do not measure at once, and a restart changes
/// nothing. What was missed (the board was off, it had a backlog) is made up for within its part, again at a
/// random moment: boards that an outage held back do not all come when it ends.
///
/// Thread-safety: none.
class ThroughputPlan {
 public:
  /// `windows` in their order, without overlap, not empty; `tests_per_day` at least 1.
  ThroughputPlan(std::vector<DailyWindow> windows, std::uint32_t tests_per_day, std::string board);

  /// Which test of which local day.
  struct Slot {
    std::chrono::sys_days day;
    std::uint32_t number = 0;
    friend auto operator<=>(const Slot&, const Slot&) = default;
  };
  struct Next {
    Slot slot;
    WallTime at{};     ///< `now` at the earliest
    WallTime until{};  ///< of its part
  };
  /// The next that is not done.
  [[nodiscard]] Next next(WallTime now);
  void done(Slot slot);
  /// It is not done after all.
  void undo(Slot slot) { done_.erase(slot); }
  /// It cannot be now: `at_least` later. Where its part ends before that, it is given up.
  void postpone(const Next& next, WallTime now, Duration at_least);

  /// What was kept of an earlier life: which of the newest day are done.
  void recall(std::string_view text);
  [[nodiscard]] std::string to_text() const;

 private:
  [[nodiscard]] std::uint64_t draw(std::chrono::sys_days day, std::uint32_t number, std::uint64_t salt) const;
  /// Seconds within the windows → time.
  [[nodiscard]] WallTime at_offset(std::chrono::sys_days day, std::uint64_t seconds) const;
  [[nodiscard]] bool in_window(WallTime at) const;
  [[nodiscard]] WallTime within(WallTime at, WallTime until) const;

  std::vector<DailyWindow> windows_;
  std::uint32_t tests_per_day_;
  std::string board_;
  std::uint64_t part_seconds_ = 0;
  std::set<Slot> done_;
  std::optional<std::pair<Slot, WallTime>> postponed_;
  std::uint64_t postponements_ = 0;
};

}  // namespace xalink
