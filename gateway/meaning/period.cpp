#include "gateway/meaning/period.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "sparkplug/said.hpp"

namespace xalink::meaning {
namespace {

using registry::Date;
using std::chrono::day;
using std::chrono::last;
using std::chrono::month;
using std::chrono::months;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

Said forms() {
  return {
      "write 2024-Q3 for a quarter, 2024-09 for a month, 2024 for a year, 2024-09-18 for a day, or "
      "2024-07-01..2024-08-15 from one day to another, both included",
      "ghi 2024-Q3 cho quý, 2024-09 cho tháng, 2024 cho năm, 2024-09-18 cho ngày, hoặc "
      "2024-07-01..2024-08-15 từ ngày đến hết ngày"};
}

Unexpected refused(std::string_view text, const Said& why) {
  return Unexpected(refusal("--period", Said::same("\"" + std::string(text) + "\" ") + why, forms()));
}

/// `digits` of them and nothing else.
std::optional<int> number_of(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return number;
}

ReportPeriod months_from(year_month first, int count) {
  const auto final_month = first + months(count - 1);
  return {Date(first / day(1)), Date(final_month / last)};
}

Result<ReportPeriod> read_one(std::string_view text) {
  const auto whole_year = number_of(text.substr(0, 4), 4);
  if ((whole_year && (*whole_year < registry::kFirstYear || *whole_year > registry::kLastYear)) ||
      registry::is_day_of_other_years(text)) {
    const auto from = std::to_string(registry::kFirstYear);
    const auto until = std::to_string(registry::kLastYear);
    return refused(text, {"is a year outside " + from + " to " + until,
                          "là năm ngoài khoảng " + from + " đến " + until});
  }
  if (whole_year && text.size() == 4) return months_from(year(*whole_year) / month(1), 12);
  if (whole_year && text.size() == 7 && text[4] == '-') {
    const std::string_view part = text.substr(5);
    if (part[0] == 'Q' || part[0] == 'q') {
      const auto quarter = number_of(part.substr(1), 1);
      if (!quarter || *quarter < 1 || *quarter > 4)
        return refused(text, {"has no quarter from Q1 to Q4", "không có quý từ Q1 đến Q4"});
      return months_from(year(*whole_year) / month(static_cast<unsigned>(3 * *quarter - 2)), 3);
    }
    const auto number = number_of(part, 2);
    if (!number || *number < 1 || *number > 12)
      return refused(text, {"has no month from 01 to 12", "không có tháng từ 01 đến 12"});
    return months_from(year(*whole_year) / month(static_cast<unsigned>(*number)), 1);
  }
  if (const auto date = registry::read_date(text)) return ReportPeriod{*date, *date};
  return refused(text, {"is no period of the calendar", "không phải kỳ có trong lịch"});
}

/// Months from the first to the last when the period is made of whole ones, else 0.
int whole_months(const ReportPeriod& period) {
  const year_month_day first(period.first);
  const year_month_day after(period.last + std::chrono::days(1));
  if (first.day() != day(1) || after.day() != day(1)) return 0;
  return static_cast<int>((after.year() / after.month() - first.year() / first.month()).count());
}

enum class Kind { year, quarter, month, day, days };

Kind kind_of(const ReportPeriod& period) {
  const unsigned first_month = static_cast<unsigned>(year_month_day(period.first).month());
  switch (whole_months(period)) {
    case 12:
      if (first_month == 1) return Kind::year;
      break;
    case 3:
      if (first_month % 3 == 1) return Kind::quarter;
      break;
    case 1: return Kind::month;
    default: break;
  }
  return period.first == period.last ? Kind::day : Kind::days;
}

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string day_text(Date date, Language language) {
  if (language == Language::english) return registry::date_text(date);
  const year_month_day parts(date);
  return two_digits(static_cast<unsigned>(parts.day())) + "/" +
         two_digits(static_cast<unsigned>(parts.month())) + "/" +
         std::to_string(static_cast<int>(parts.year()));
}

unsigned quarter_of(Date date) {
  return (static_cast<unsigned>(year_month_day(date).month()) + 2) / 3;
}

}  // namespace

WallTime start_of(registry::Date day) {
  return WallTime(day) - kVietnamOffset;
}

registry::Date day_of(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time + kVietnamOffset);
}

std::string ReportPeriod::name() const {
  const auto text = registry::date_text(first);
  switch (kind_of(*this)) {
    case Kind::year: return text.substr(0, 4);
    case Kind::quarter: return text.substr(0, 4) + "-Q" + std::to_string(quarter_of(first));
    case Kind::month: return text.substr(0, 7);
    case Kind::day: return text;
    case Kind::days: break;
  }
  return text + ".." + registry::date_text(last);
}

std::string ReportPeriod::label(Language language) const {
  const bool vietnamese = language == Language::vietnamese;
  const auto from = day_text(first, language);
  const auto until = day_text(last, language);
  const auto in_days = vietnamese ? " (" + from + " – " + until + ")" : " (" + from + " to " + until + ")";
  const year_month_day parts(first);
  const auto in_year = std::to_string(static_cast<int>(parts.year()));
  const auto month_number = static_cast<unsigned>(parts.month());
  static constexpr std::array kRoman{"I", "II", "III", "IV"};
  static constexpr std::array kMonths{"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};
  switch (kind_of(*this)) {
    case Kind::year: return (vietnamese ? "Năm " : "Year ") + in_year + in_days;
    case Kind::quarter: {
      const auto quarter = quarter_of(first);
      return (vietnamese ? std::string("Quý ") + kRoman[quarter - 1] + " năm "
                         : "Q" + std::to_string(quarter) + " ") +
             in_year + in_days;
    }
    case Kind::month:
      return (vietnamese ? "Tháng " + std::to_string(month_number) + " năm "
                         : std::string(kMonths[month_number - 1]) + " ") +
             in_year + in_days;
    case Kind::day: return (vietnamese ? "Ngày " : "") + from;
    case Kind::days: break;
  }
  return vietnamese ? "Từ " + from + " đến " + until : from + " to " + until;
}

ReportPeriod period_before(const ReportPeriod& period) {
  const int count = whole_months(period);
  if (count == 0)
    return {period.first - std::chrono::days(period.days()), period.first - std::chrono::days(1)};
  const year_month_day first(period.first);
  return months_from(first.year() / first.month() - months(count), count);
}

Result<ReportPeriod> read_period(std::string_view text) {
  if (text.empty()) return Unexpected(refusal("--period", {"no period is named", "chưa ghi kỳ"}, forms()));
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return read_one(text);
  const auto from = read_one(text.substr(0, dots));
  if (!from) return from;
  const auto until = read_one(text.substr(dots + 2));
  if (!until) return until;
  if (until->last < from->first) {
    return Unexpected(refusal("--period",
                              Said::same("\"" + std::string(text) + "\" ") +
                                  Said("ends before it begins", "kết thúc trước khi bắt đầu"),
                              {"write the earlier day first", "ghi ngày sớm hơn trước"}));
  }
  return ReportPeriod{from->first, until->last};
}

}  // namespace xalink::meaning
