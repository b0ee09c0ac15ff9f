#include "gateway/registry/field_form.hpp"

#include <algorithm>
#include <optional>

#include "gateway/registry/field_text.hpp"
#include "sparkplug/text_form.hpp"
#include "sparkplug/topic.hpp"

namespace xalink::registry {
namespace {

using Kept = tl::expected<std::string, FieldMistake>;

tl::unexpected<FieldMistake> wrong(std::string english, std::string vietnamese, std::string english_next,
                                   std::string vietnamese_next) {
  return tl::unexpected(FieldMistake{{std::move(english), std::move(vietnamese)},
                                     {std::move(english_next), std::move(vietnamese_next)}});
}
std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

/// A cell in which somebody began a new line, as Excel allows, with a blank in its place.
std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char letter : text) {
    const bool gap = letter == '\n' || letter == '\r' || letter == '\t';
    if (!gap) {
      line += letter;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

bool is_control(char letter) {
  return (letter >= '\0' && letter < ' ') || letter == '\x7f';
}

Kept code(std::string_view text, std::size_t digits) {
  if (auto code = read_code(text, digits)) return std::move(*code);
  const auto number = std::to_string(digits);
  return wrong(quoted(text) + " is not a code of " + number + " digits",
               quoted(text) + " không phải mã " + number + " chữ số", "write the digits of the national list",
               "ghi đúng các chữ số theo danh mục quốc gia");
}

Kept date(std::string_view text) {
  if (const auto date = read_date(text)) return date_text(*date);
  if (is_day_of_other_years(text)) {
    const auto years = std::to_string(kFirstYear) + " – " + std::to_string(kLastYear);
    return wrong(quoted(text) + " is in a year outside " + years,
                 quoted(text) + " có năm ngoài khoảng " + years,
                 "mend the year; leave the field empty where there is no last day",
                 "sửa năm; để trống nếu không có ngày kết thúc");
  }
  return wrong(quoted(text) + " is not a day of the calendar", quoted(text) + " không phải ngày có thật",
               "write 2025-07-01 or 1/7/2025", "ghi 2025-07-01 hoặc 1/7/2025");
}

Kept degrees(std::string_view text, double least, double most, bool latitude) {
  const auto number = read_decimal(text);
  if (!number) {
    return wrong(quoted(text) + " is not a number of degrees", quoted(text) + " không phải số độ",
                 "write 22.8228 or 22,8228", "ghi 22.8228 hoặc 22,8228");
  }
  if (*number >= least && *number <= most) return decimal_text(*number);
  const bool swapped = latitude ? *number >= 102 && *number <= 118 : *number >= 6 && *number <= 24;
  return wrong(
      quoted(text) +
          (latitude ? " is no latitude in Vietnam (6 to 24)" : " is no longitude in Vietnam (102 to 118)"),
      quoted(text) + (latitude ? " không phải vĩ độ ở Việt Nam (6 đến 24)"
                               : " không phải kinh độ ở Việt Nam (102 đến 118)"),
      swapped ? "latitude and longitude look swapped" : "give WGS 84 degrees, not the metres of VN-2000",
      swapped ? "có vẻ vĩ độ và kinh độ bị đổi chỗ" : "ghi độ theo WGS 84, không ghi mét theo VN-2000");
}

Kept decimal(std::string_view text, double most) {
  std::string_view plain = without_blank_ends(text);
  if (most <= 100 && plain.ends_with('%')) plain = without_blank_ends(plain.substr(0, plain.size() - 1));
  const auto number = read_decimal(plain);
  if (number && *number >= 0 && *number <= most) return decimal_text(*number);
  if (most <= 100) {
    return wrong(quoted(text) + " is not a percentage", quoted(text) + " không phải tỷ lệ phần trăm",
                 "write 0 to 100, such as 87.5", "ghi từ 0 đến 100, ví dụ 87,5");
  }
  return wrong(quoted(text) + " is not a number from 0 up", quoted(text) + " không phải số không âm",
               "write it with one decimal mark and without groups, such as 87.5",
               "chỉ ghi một dấu thập phân, không ghi dấu nhóm, ví dụ 87,5");
}

/// No line is contracted to the kilobit, so that three digits behind the one mark are a group: "1.000" of a
/// gigabit must not become 1 Mbit/s.
Kept speed(std::string_view text) {
  const auto mark = text.find_first_of(".,");
  const auto last = mark == std::string_view::npos ? mark : text.find_last_not_of("0123456789");
  if (mark == std::string_view::npos || last != mark || text.size() - mark != 4 || text.starts_with("0"))
    return decimal(text, 1e15);
  const std::string grouped = std::string(text.substr(0, mark)) + std::string(text.substr(mark + 1));
  return wrong(quoted(text) + " may be " + grouped + " or a fraction",
               quoted(text) + " có thể là " + grouped + " hoặc số lẻ",
               "write " + grouped + ", or a fraction with one or two digits such as 1.5",
               "ghi " + grouped + ", hoặc số lẻ với một hoặc hai chữ số, ví dụ 1,5");
}

Kept whole(std::string_view text) {
  const auto number = read_whole(text);
  if (number && *number >= 0) return std::to_string(*number);
  return wrong(quoted(text) + " is not a whole number from 0 up",
               quoted(text) + " không phải số nguyên không âm", "write 1234 or 1.234", "ghi 1234 hoặc 1.234");
}

Kept yes_no(std::string_view text) {
  const std::string word = folded(text);
  for (const std::string_view yes : {"yes", "y", "true", "1", "x", "có"}) {
    if (word == yes) return "yes";
  }
  for (const std::string_view no : {"no", "n", "false", "0", "không"}) {
    if (word == no) return "no";
  }
  return wrong(quoted(text) + " is neither yes nor no", quoted(text) + " không phải có hoặc không",
               "write yes, no, or nothing when unknown", "ghi có, không, hoặc để trống khi chưa biết");
}

Kept choice(const Column& column, std::string_view text) {
  const std::string word = folded(text);
  std::string all;
  for (const auto& choice : column.choices) {
    if (word == folded(choice.kept)) return std::string(choice.kept);
    for (const auto written : choice.written) {
      if (word == written) return std::string(choice.kept);
    }
    all += (all.empty() ? "" : ", ") + std::string(choice.kept);
  }
  return wrong(quoted(text) + " is none of the words of this column",
               quoted(text) + " không thuộc các giá trị của cột này", "write one of: " + all,
               "ghi một trong: " + all);
}

Kept successors(std::string_view text) {
  std::string kept;
  for (const auto& part : split(text, ';')) {
    const auto at = part.find('@');
    const auto code = read_code(part.substr(0, at), 5);
    const auto day =
        at == std::string::npos ? std::nullopt : read_date(std::string_view(part).substr(at + 1));
    if (!code || !day) {
      return wrong(quoted(part) + " does not name a unit", quoted(part) + " không chỉ ra đơn vị nào",
                   "write code and first day of each: 00694@2025-07-01;00691@2025-07-01",
                   "ghi mã và ngày bắt đầu của từng đơn vị: 00694@2025-07-01;00691@2025-07-01");
    }
    kept += (kept.empty() ? "" : ";") + *code + "@" + date_text(*day);
  }
  return kept;
}

Kept site_id(std::string_view text) {
  if (is_valid_id(text)) return std::string(text);
  return wrong(quoted(text) + " cannot be the id of a site", quoted(text) + " không thể là mã điểm",
               "use the board's node id: without '/', '+', '#' and control characters",
               "dùng mã nút của máy: không có '/', '+', '#' và ký tự điều khiển");
}

Kept time_of_day(std::string_view text) {
  if (const auto minutes = read_time_of_day(text)) return time_of_day_text(*minutes);
  return wrong(quoted(text) + " is not a time of the day", quoted(text) + " không phải giờ trong ngày",
               "write 07:30 or 7h30", "ghi 07:30 hoặc 7h30");
}

}  // namespace

tl::expected<std::string, FieldMistake> kept_form(const Column& column, std::string_view written) {
  const std::string text = in_one_line(composed(without_blank_ends(written)));
  if (text.empty()) return std::string();
  if (std::ranges::any_of(text, [](char letter) { return is_control(letter); })) {
    return wrong("holds a control character", "có ký tự điều khiển", "type the field anew", "gõ lại ô này");
  }
  switch (column.form) {
    case Form::text: return text;
    case Form::commune_code: return code(text, 5);
    case Form::district_code: return code(text, 3);
    case Form::province_code: return code(text, 2);
    case Form::date: return date(text);
    case Form::latitude: return degrees(text, 6, 24, true);
    case Form::longitude: return degrees(text, 102, 118, false);
    case Form::decimal: return decimal(text, 1e15);
    case Form::percent: return decimal(text, 100);
    case Form::speed: return speed(text);
    case Form::whole: return whole(text);
    case Form::yes_no: return yes_no(text);
    case Form::choice: return choice(column, text);
    case Form::successors: return successors(text);
    case Form::site_id: return site_id(text);
    case Form::time_of_day: return time_of_day(text);
  }
  return text;
}

}  // namespace xalink::registry
