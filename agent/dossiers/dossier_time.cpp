#include "agent/dossiers/dossier_time.hpp"

#include <chrono>

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
  void expect(char c) {
    if (!take(c)) ok_ = false;
  }
  bool take(char c) {
    if (!ok_ || text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
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

bool take_offset(Cursor& cursor, Parts& parts) {
  if (cursor.take('Z')) {
    parts.offset = std::chrono::minutes(0);
    return true;
  }
  const bool behind = cursor.take('-');
  if (!behind && !cursor.take('+')) return true;
  const int hours = cursor.digits(2);
  cursor.expect(':');
  const int minutes = cursor.digits(2);
  if (hours > 14 || minutes > 59) return false;
  parts.offset = std::chrono::minutes(hours * 60 + minutes) * (behind ? -1 : 1);
  return true;
}

}  // namespace

std::optional<WallTime> parse_dossier_time(std::string_view text) {
  Cursor cursor(text);
  Parts parts;
  if (text.size() == 14 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    parts.year = cursor.digits(4);
    parts.month = cursor.digits(2);
    parts.day = cursor.digits(2);
    parts.hour = cursor.digits(2);
    parts.minute = cursor.digits(2);
    parts.second = cursor.digits(2);
  } else if (text.size() > 2 && text[2] == '/') {
    parts.day = cursor.digits(2);
    cursor.expect('/');
    parts.month = cursor.digits(2);
    cursor.expect('/');
    parts.year = cursor.digits(4);
    if (cursor.take(' ')) take_time(cursor, parts);
  } else {
    parts.year = cursor.digits(4);
    cursor.expect('-');
    parts.month = cursor.digits(2);
    cursor.expect('-');
    parts.day = cursor.digits(2);
    if (cursor.take('T')) {
      take_time(cursor, parts);
      if (!take_offset(cursor, parts)) return std::nullopt;
    } else if (cursor.take(' ')) {
      take_time(cursor, parts);
    }
  }
  if (!cursor.ok() || !cursor.at_end()) return std::nullopt;
  return point(parts);
}

}  // namespace xalink
