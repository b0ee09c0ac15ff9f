#pragma once
// The days that a report or an indicator is about. Days are Vietnam's: UTC+7 all year, without daylight
// saving, so that each of them has 24 hours.

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/registry/field_text.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"

namespace xalink::meaning {

/// Asia/Ho_Chi_Minh, as a constant: its rules have not changed since 1975.
inline constexpr std::chrono::hours kVietnamOffset{7};

/// 00:00 in Vietnam of that day.
[[nodiscard]] WallTime start_of(registry::Date day);
/// The day in Vietnam that holds this moment.
[[nodiscard]] registry::Date day_of(WallTime time);

/// Whole days. The span of milliseconds is half open: [from(), to()).
struct ReportPeriod {
  registry::Date first;
  registry::Date last;  ///< included

  [[nodiscard]] WallTime from() const { return start_of(first); }
  [[nodiscard]] WallTime to() const { return start_of(last + std::chrono::days(1)); }
  [[nodiscard]] int days() const { return static_cast<int>((last - first).count()) + 1; }
  [[nodiscard]] bool holds(WallTime time) const { return from() <= time && time < to(); }

  /// As read_period() reads it, and as names of files hold it: "2024", "2024-Q3", "2024-09", "2024-09-18" or
  /// "2024-07-01..2024-08-15". The same days always have the same one.
  [[nodiscard]] std::string name() const;
  /// For headings: "Quý III năm 2024 (01/07/2024 – 30/09/2024)", "Q3 2024 (2024-07-01 to 2024-09-30)".
  [[nodiscard]] std::string label(Language language) const;

  friend bool operator==(const ReportPeriod&, const ReportPeriod&) = default;
};

/// "2024-Q3", "2024-09", "2024", "2024-09-18", and two of these with ".." between them: from the first day of
/// the one to the last day of the other. A day may be written as Excel does, 1/7/2024.
[[nodiscard]] Result<ReportPeriod> read_period(std::string_view text);

/// The period before, of as many months where it is made of whole ones, else of as many days: before 2024-Q3
/// the second quarter, before 2024-01..2024-09 the nine months up to December.
[[nodiscard]] ReportPeriod period_before(const ReportPeriod& period);

}  // namespace xalink::meaning
