#pragma once
// What people write in a table's fields, as one form each: dates, numbers, codes, words.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xalink::registry {

using Date = std::chrono::sys_days;

/// "2025-07-01", and what Excel makes of it in Vietnam: "1/7/2025", "01/07/2025", "1-7-2025". Only days that
/// exist, kFirstYear to kLastYear.
[[nodiscard]] std::optional<Date> read_date(std::string_view text);
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;
/// A day of the calendar in a year that read_date() does not take, which is to be told as that.
[[nodiscard]] bool is_day_of_other_years(std::string_view text);
/// "2025-07-01".
[[nodiscard]] std::string date_text(Date date);

/// "12.5", "12,5"; with at most one mark, which is the decimal one.
[[nodiscard]] std::optional<double> read_decimal(std::string_view text);
/// "1234", and with groups of three: "1.234", "1,234", "1 234".
[[nodiscard]] std::optional<std::int64_t> read_whole(std::string_view text);
/// Digits only, and zeros before them where Excel took them away: "688" of five is "00688".
[[nodiscard]] std::optional<std::string> read_code(std::string_view text, std::size_t digits);

/// "07:30", "7:30", "7h30", "7h", and "07:30:00" as Excel writes it; up to 24:00. Since midnight.
[[nodiscard]] std::optional<std::chrono::minutes> read_time_of_day(std::string_view text);
/// "07:30".
[[nodiscard]] std::string time_of_day_text(std::chrono::minutes since_midnight);

/// As short as it can be and still the same number: what was read once is written the same again.
[[nodiscard]] std::string decimal_text(double number);

/// The parts between the marks, without blanks around them; none of an empty text.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char mark);

}  // namespace xalink::registry
