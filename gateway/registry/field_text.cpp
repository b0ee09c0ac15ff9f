#include "gateway/registry/field_text.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "sparkplug/text_form.hpp"

namespace xalink::registry {
namespace {

template <class Number>
std::optional<Number> whole_of(std::string_view digits) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
  return number;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::chrono::year_month_day> read_day_of_any_year(std::string_view text) {
  char mark = '-';
  if (text.find('/') != std::string_view::npos) mark = '/';
  const auto parts = split(text, mark);
  if (parts.size() != 3) return std::nullopt;
  for (const auto& part : parts) {
    if (!all_digits(part) || part.size() > 4) return std::nullopt;
  }
  const bool year_first = parts[0].size() == 4;
  if (year_first == (parts[2].size() == 4)) return std::nullopt;
  const auto year = whole_of<int>(parts[year_first ? 0 : 2]);
  const auto month = whole_of<unsigned>(parts[1]);
  const auto day = whole_of<unsigned>(parts[year_first ? 2 : 0]);
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  return date.ok() ? std::optional(date) : std::nullopt;
}

bool is_taken(std::chrono::year year) {
  return static_cast<int>(year) >= kFirstYear && static_cast<int>(year) <= kLastYear;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  if (without_blank_ends(text).empty()) return parts;
  while (true) {
    const auto end = text.find(mark);
    parts.emplace_back(without_blank_ends(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<Date> read_date(std::string_view text) {
  const auto date = read_day_of_any_year(text);
  return date && is_taken(date->year()) ? std::optional(Date(*date)) : std::nullopt;
}

bool is_day_of_other_years(std::string_view text) {
  const auto date = read_day_of_any_year(text);
  return date && !is_taken(date->year());
}

std::string date_text(Date date) {
  const std::chrono::year_month_day day(date);
  std::array<char, 24> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                                 static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<double> read_decimal(std::string_view text) {
  std::string plain(without_blank_ends(text));
  const auto comma = plain.find(',');
  if (comma != std::string::npos) {
    if (plain.find_first_of(",.", comma + 1) != std::string::npos || plain.find('.') != std::string::npos) {
      return std::nullopt;
    }
    plain[comma] = '.';
  }
  if (plain.empty() || plain.find_first_not_of("0123456789.-") != std::string::npos) return std::nullopt;
  return whole_of<double>(plain);
}

std::optional<std::int64_t> read_whole(std::string_view text) {
  const std::string_view trimmed = without_blank_ends(text);
  const auto mark = trimmed.find_first_of("., ");
  if (mark == std::string_view::npos) return whole_of<std::int64_t>(trimmed);
  std::string digits;
  bool first = true;
  for (const auto& part : split(trimmed, trimmed[mark])) {
    if (!all_digits(part) || (first ? part.size() > 3 : part.size() != 3)) return std::nullopt;
    digits += part;
    first = false;
  }
  return whole_of<std::int64_t>(digits);
}

std::optional<std::string> read_code(std::string_view text, std::size_t digits) {
  const std::string_view trimmed = without_blank_ends(text);
  if (!all_digits(trimmed) || trimmed.size() > digits) return std::nullopt;
  return std::string(digits - trimmed.size(), '0').append(trimmed);
}

std::optional<std::chrono::minutes> read_time_of_day(std::string_view text) {
  std::string plain(without_blank_ends(text));
  for (char& letter : plain) letter = letter == 'h' || letter == 'H' || letter == 'g' ? ':' : letter;
  auto parts = split(plain, ':');
  if (parts.size() == 3 && parts[2] == "00") parts.pop_back();
  if (parts.size() != 2 || !all_digits(parts[0]) || parts[0].size() > 2) return std::nullopt;
  if (parts[1].empty() && plain.find(':') + 1 == plain.size() && text.find(':') == std::string_view::npos) {
    parts[1] = "00";
  }
  if (!all_digits(parts[1]) || parts[1].size() != 2) return std::nullopt;
  const int hours = *whole_of<int>(parts[0]);
  const int minutes = *whole_of<int>(parts[1]);
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes > 0)) return std::nullopt;
  return std::chrono::minutes(hours * 60 + minutes);
}

std::string time_of_day_text(std::chrono::minutes since_midnight) {
  std::array<char, 24> text{};
  const int minutes = static_cast<int>(since_midnight.count());
  const int size = std::snprintf(text.data(), text.size(), "%02d:%02d", minutes / 60, minutes % 60);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string decimal_text(double number) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return {};
  return {text.data(), end};
}

}  // namespace xalink::registry
