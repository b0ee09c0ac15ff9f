#include "agent/dossiers/dossier_time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace xalink {
namespace {

constexpr std::chrono::minutes kHoChiMinh = std::chrono::hours(7);

/// Takes the text apart from the front; after a failure nothing more is taken.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

  /// Exactly `count` digits.
  int digits(std::size_t count) {
    if (text_.size() < count) ok_ = false;
    int number = 0;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (!is_digit(text_[i])) {
        ok_ = false;
      } else {
        number = number * 10 + (text_[i] - '0');
      }
    }
    if (ok_) text_.remove_prefix(count);
    return ok_ ? number : 0;
  }
  /// One or two digits.
  int few_digits() {
    const int first = digits(1);
    if (!ok_ || text_.empty() || !is_digit(text_.front())) return first;
    return first * 10 + digits(1);
  }
  void expect(char c) {
    if (!take(c)) ok_ = false;
  }
  bool take(char c) {
    if (!ok_ || text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (!ok_ || text_.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char c = text_[i] >= 'a' && text_[i] <= 'z' ? static_cast<char>(text_[i] - 'a' + 'A') : text_[i];
      if (c != word[i]) return false;
    }
    text_.remove_prefix(word.size());
    return true;
  }
  void skip_digits() {
    (void)digits(1);
    while (ok_ && !text_.empty() && is_digit(text_.front())) text_.remove_prefix(1);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view text_;
  bool ok_ = true;
};

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::chrono::minutes offset = kHoChiMinh;
};

std::optional<WallTime> point(const Parts& parts) {
  using namespace std::chrono;
  const year_month_day date{year(parts.year), month(static_cast<unsigned>(parts.month)),
                            day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.year < 1971 || parts.year > 2100) return std::nullopt;
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  return sys_days(date) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second) - parts.offset;
}

void take_seconds(Cursor& cursor, Parts& parts) {
  if (!cursor.take(':')) return;
  parts.second = cursor.digits(2);
  if (cursor.take('.')) cursor.skip_digits();
}

void take_time(Cursor& cursor, Parts& parts) {
  parts.hour = cursor.digits(2);
  cursor.expect(':');
  parts.minute = cursor.digits(2);
  take_seconds(cursor, parts);
}

/// As people and spreadsheets write it: "9:05", "09:05:30", "9:05:30 CH".
bool take_time_of_people(Cursor& cursor, Parts& parts) {
  parts.hour = cursor.few_digits();
  cursor.expect(':');
  parts.minute = cursor.digits(2);
  take_seconds(cursor, parts);
  if (!cursor.take(' ')) return true;
  const bool afternoon = cursor.take_word("PM") || cursor.take_word("CH");
  if (!afternoon && !cursor.take_word("AM") && !cursor.take_word("SA")) return false;
  if (parts.hour < 1 || parts.hour > 12) return false;
  parts.hour = parts.hour % 12 + (afternoon ? 12 : 0);
  return true;
}

/// d/M/yyyy with any one of / - . between.
void take_day_of_people(Cursor& cursor, Parts& parts, char separator) {
  parts.day = cursor.few_digits();
  cursor.expect(separator);
  parts.month = cursor.few_digits();
  cursor.expect(separator);
  parts.year = cursor.digits(4);
}

/// Between day and time: a blank or more, and a comma where browsers write it.
bool take_gap(Cursor& cursor) {
  const bool comma = cursor.take(',');
  if (!cursor.take(' ')) return comma;  // a comma alone is refused by what has to follow
  while (cursor.take(' ')) {
  }
  return true;
}

bool take_offset(Cursor& cursor, Parts& parts) {
  if (cursor.take('Z')) {
    parts.offset = std::chrono::minutes(0);
    return true;
  }
  const bool apart = cursor.take(' ');
  const bool behind = cursor.take('-');
  if (!behind && !cursor.take('+')) return !apart;
  // +07:00, +0700 as Java writes it, +07 as PostgreSQL does.
  const int hours = cursor.digits(2);
  const int minutes = cursor.take(':') || !cursor.at_end() ? cursor.digits(2) : 0;
  if (hours > 14 || minutes > 59) return false;
  parts.offset = std::chrono::minutes(hours * 60 + minutes) * (behind ? -1 : 1);
  return true;
}

}  // namespace

std::optional<WallTime> parse_dossier_time(std::string_view text) {
  Cursor cursor(text);
  Parts parts;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const char after = digits < text.size() ? text[digits] : '\0';
  const bool day_first = (digits == 1 || digits == 2) && (after == '/' || after == '-' || after == '.');
  const std::size_t blank = text.find(' ');
  if (digits == text.size() && digits == 13) {
    std::int64_t ms = 0;
    std::from_chars(text.data(), text.data() + text.size(), ms);
    const WallTime time{Milliseconds(ms)};
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
    const bool likely = date.year() >= std::chrono::year(1971) && date.year() <= std::chrono::year(2100);
    return likely ? std::optional<WallTime>(time) : std::nullopt;
  }
  if (digits == text.size() && (digits == 8 || digits == 12 || digits == 14)) {
    parts.year = cursor.digits(4);
    parts.month = cursor.digits(2);
    parts.day = cursor.digits(2);
    if (digits >= 12) parts.hour = cursor.digits(2);
    if (digits >= 12) parts.minute = cursor.digits(2);
    if (digits == 14) parts.second = cursor.digits(2);
  } else if (day_first) {
    take_day_of_people(cursor, parts, after);
    if (take_gap(cursor) && !take_time_of_people(cursor, parts)) return std::nullopt;
  } else if ((digits == 1 || digits == 2) && after == ':' && blank != std::string_view::npos) {
    // "14:30 31/01/2026", as many Vietnamese systems show it, or "14:30:00, 31/1/2026".
    Cursor time(text.substr(0, text[blank - 1] == ',' ? blank - 1 : blank));
    if (!take_time_of_people(time, parts) || !time.ok() || !time.at_end()) return std::nullopt;
    cursor = Cursor(text.substr(blank + 1));
    const std::size_t stop = text.substr(blank + 1).find_first_of("/-.");
    take_day_of_people(cursor, parts, stop == std::string_view::npos ? '/' : text[blank + 1 + stop]);
  } else {
    parts.year = cursor.digits(4);
    const char separator = after == '/' ? '/' : '-';
    cursor.expect(separator);
    parts.month = cursor.digits(2);
    cursor.expect(separator);
    parts.day = cursor.digits(2);
    if (cursor.take('T') || cursor.take(' ')) {
      take_time(cursor, parts);
      if (!take_offset(cursor, parts)) return std::nullopt;
    }
  }
  if (!cursor.ok() || !cursor.at_end()) return std::nullopt;
  return point(parts);
}

}  // namespace xalink
