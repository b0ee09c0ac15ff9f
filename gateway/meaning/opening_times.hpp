#pragma once
// When an office is open: the part of a period in which its citizens come.

#include <chrono>
#include <string_view>
#include <vector>

#include "gateway/meaning/interval.hpp"
#include "gateway/registry/field_text.hpp"

namespace xalink::meaning {

struct OpenWindow {
  std::chrono::minutes opens{};  ///< since 00:00 in Vietnam
  std::chrono::minutes closes{};
  friend bool operator==(const OpenWindow&, const OpenWindow&) = default;
};

/// 07:00–11:30 and 13:30–17:00 (domain.md, 2.4).
[[nodiscard]] std::vector<OpenWindow> usual_windows();

/// What a calendar of working days and office hours tells.
class OpeningTimes {
 public:
  OpeningTimes() = default;
  OpeningTimes(const OpeningTimes&) = delete;
  OpeningTimes& operator=(const OpeningTimes&) = delete;
  virtual ~OpeningTimes() = default;

  [[nodiscard]] virtual bool is_working_day(registry::Date day) const = 0;
  /// Of a working day. `name`: what the registry's column office_hours holds; empty, or a name that nobody
  /// knows: the default.
  [[nodiscard]] virtual std::vector<OpenWindow> windows(registry::Date day, std::string_view name) const = 0;
};

/// Without a calendar: Monday to Friday in the usual windows. Counts holidays as working days, so it is for
/// want of a better one only.
class MondayToFriday final : public OpeningTimes {
 public:
  [[nodiscard]] bool is_working_day(registry::Date day) const override;
  [[nodiscard]] std::vector<OpenWindow> windows(registry::Date day, std::string_view name) const override;
};

/// Sorted, apart.
[[nodiscard]] std::vector<Interval> open_within(const Interval& period, const OpeningTimes& times,
                                                std::string_view name);

}  // namespace xalink::meaning
