#pragma once
// Cells as text: for people, in the form of their language, and for programs, in one form whatever the
// language.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

namespace xalink::reports {

/// "1.234,5" in Vietnamese, "1,234.5" in English.
[[nodiscard]] std::string number_for_people(double number, int digits, Language language);
/// "18/09/2024" in Vietnamese, "2024-09-18" in English.
[[nodiscard]] std::string date_for_people(Date date, Language language);
/// The same with the time of day in Vietnam, to a second.
[[nodiscard]] std::string time_for_people(WallTime time, Language language);
/// "26:03:04": hours may pass 24. Rounded to a second.
[[nodiscard]] std::string duration_for_people(Milliseconds duration);
/// "chưa đo", "not measured".
[[nodiscard]] std::string missing_for_people(Missing missing, Language language);

/// What a page shows. Percents come with their sign.
[[nodiscard]] std::string cell_for_people(const Cell& cell, ColumnKind kind, int digits, Language language);

/// "1234.5", no marks between thousands, no exponent, no -0; "2024-09-18"; "2024-09-18T07:00:00.000+07:00";
/// durations in seconds; a state's key; texts as they are, in that language. Nothing where there is no value.
[[nodiscard]] std::optional<std::string> cell_for_programs(const Cell& cell, int digits, Language language);
/// "not_measured", "no_data", "suppressed", "not_applicable", "not_given"; empty where there is a value.
[[nodiscard]] std::string missing_for_programs(const Cell& cell);

/// Control characters but tab and line feed, which XML has no place for, become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// The number that a chart draws: percents as percents, durations in hours.
[[nodiscard]] std::optional<double> figure_of(const Cell& cell);

}  // namespace xalink::reports
