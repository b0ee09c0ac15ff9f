#include "gateway/reports/cell_text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>

namespace xalink::reports {
namespace {

/// Fixed digits, rounded as IEEE 754 says the number is; -0 is 0.
std::string fixed(double number, int digits) {
  std::array<char, 400> text;  // the longest double has 309 digits before the mark
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, digits).ptr;
  std::string result(text.data(), end);
  if (result.front() == '-' && result.find_first_not_of("-0.") == std::string::npos) result.erase(0, 1);
  return result;
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string time_of_day(WallTime time) {
  const auto local = time + meaning::kVietnamOffset;
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(local - std::chrono::floor<std::chrono::days>(local));
  const auto count = seconds.count();
  return two_digits(count / 3600) + ":" + two_digits(count / 60 % 60) + ":" + two_digits(count % 60);
}

std::string milliseconds_of(std::int64_t ms) {
  return std::to_string(1000 + ms).substr(1);
}

/// 1234567,89: marks between thousands.
std::string with_marks(std::string plain, Language language) {
  const bool vietnamese = language == Language::vietnamese;
  const auto point = plain.find('.');
  if (point != std::string::npos && vietnamese) plain[point] = ',';
  const std::size_t first = plain.front() == '-' ? 1 : 0;
  for (auto at = point == std::string::npos ? plain.size() : point; at > first + 3;) {
    at -= 3;
    plain.insert(at, 1, vietnamese ? '.' : ',');
  }
  return plain;
}

struct ForPeople {
  ColumnKind kind;
  int digits;
  Language language;

  std::string operator()(Missing missing) const { return missing_for_people(missing, language); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Said& said) const { return said.in(language); }
  std::string operator()(std::int64_t number) const { return with_marks(std::to_string(number), language); }
  std::string operator()(double number) const {
    if (!std::isfinite(number)) return missing_for_people(Missing::no_data, language);
    // A no-break space, so that the sign stays with its number.
    return number_for_people(number, digits, language) + (kind == ColumnKind::percent ? "\u00a0%" : "");
  }
  std::string operator()(Milliseconds duration) const { return duration_for_people(duration); }
  std::string operator()(Date date) const { return date_for_people(date, language); }
  std::string operator()(WallTime time) const { return time_for_people(time, language); }
  std::string operator()(const State& state) const { return state.words.in(language); }
};

struct ForPrograms {
  int digits;
  Language language;

  std::optional<std::string> operator()(Missing) const { return std::nullopt; }
  std::optional<std::string> operator()(const std::string& text) const { return text; }
  std::optional<std::string> operator()(const Said& said) const { return said.in(language); }
  std::optional<std::string> operator()(std::int64_t number) const { return std::to_string(number); }
  std::optional<std::string> operator()(double number) const {
    if (!std::isfinite(number)) return std::nullopt;
    return fixed(number, digits);
  }
  std::optional<std::string> operator()(Milliseconds duration) const {
    const auto ms = duration.count();
    const auto whole = std::to_string(std::abs(ms) / 1000);
    const auto rest = std::abs(ms) % 1000;
    return (ms < 0 ? "-" : "") + whole + (rest == 0 ? "" : "." + milliseconds_of(rest));
  }
  std::optional<std::string> operator()(Date date) const { return registry::date_text(date); }
  std::optional<std::string> operator()(WallTime time) const {
    const auto ms = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
    return registry::date_text(meaning::day_of(time)) + "T" + time_of_day(time) + "." + milliseconds_of(ms) +
           "+07:00";
  }
  std::optional<std::string> operator()(const State& state) const { return state.key; }
};

}  // namespace

std::string number_for_people(double number, int digits, Language language) {
  return with_marks(fixed(number, digits), language);
}

std::string date_for_people(Date date, Language language) {
  if (language == Language::english) return registry::date_text(date);
  const std::chrono::year_month_day parts(date);
  return two_digits(static_cast<unsigned>(parts.day())) + "/" +
         two_digits(static_cast<unsigned>(parts.month())) + "/" +
         std::to_string(static_cast<int>(parts.year()));
}

std::string time_for_people(WallTime time, Language language) {
  return date_for_people(meaning::day_of(time), language) + " " + time_of_day(time);
}

std::string duration_for_people(Milliseconds duration) {
  const auto seconds = (std::abs(duration.count()) + 500) / 1000;
  return (duration.count() < 0 && seconds > 0 ? "-" : "") + std::to_string(seconds / 3600) + ":" +
         two_digits(seconds / 60 % 60) + ":" + two_digits(seconds % 60);
}

std::string missing_for_people(Missing missing, Language language) {
  const bool vietnamese = language == Language::vietnamese;
  switch (missing) {
    case Missing::not_measured: return vietnamese ? "chưa đo" : "not measured";
    case Missing::no_data: return vietnamese ? "không có dữ liệu" : "no data";
    case Missing::suppressed: return vietnamese ? "ẩn (< 5)" : "hidden (< 5)";
    case Missing::not_given: return vietnamese ? "chưa cung cấp" : "not given";
    case Missing::not_applicable: break;
  }
  return "–";
}

std::string cell_for_people(const Cell& cell, ColumnKind kind, int digits, Language language) {
  return std::visit(ForPeople{kind, digits, language}, cell);
}

std::optional<std::string> cell_for_programs(const Cell& cell, int digits, Language language) {
  return std::visit(ForPrograms{digits, language}, cell);
}

std::string missing_for_programs(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return std::isfinite(*number) ? "" : "no_data";
  const auto* missing = std::get_if<Missing>(&cell);
  if (missing == nullptr) return {};
  switch (*missing) {
    case Missing::not_measured: return "not_measured";
    case Missing::no_data: return "no_data";
    case Missing::suppressed: return "suppressed";
    case Missing::not_given: return "not_given";
    case Missing::not_applicable: break;
  }
  return "not_applicable";
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
    if (control) {
      safe += "\xEF\xBF\xBD";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::optional<double> figure_of(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
  }
  if (const auto* duration = std::get_if<Milliseconds>(&cell)) {
    return static_cast<double>(duration->count()) / 3'600'000.0;
  }
  return std::nullopt;
}

}  // namespace xalink::reports
