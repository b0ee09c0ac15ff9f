#include "agent/dossiers/field_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "agent/dossiers/dossier_time.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink {
namespace {

// National codes have about 30 characters; a longer one is another column's text.
constexpr std::size_t kMaxCode = 128;
// Names of agencies come in full sometimes.
constexpr std::size_t kMaxText = 256;
// No word for no is as long.
constexpr std::size_t kMostOfWord = 32;

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<Value> text_value(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return bad_input("is longer than " + std::to_string(most) + " bytes; check the column",
                     "dài quá " + std::to_string(most) + " byte; hãy kiểm tra lại cột");
  }
  if (has_control_characters(text)) {
    return bad_input("holds a line break or control character; remove it",
                     "có ký tự xuống dòng hoặc điều khiển; hãy xóa đi");
  }
  return Value(std::string(text));
}

/// A name that somebody broke into lines within its cell says the same on one line. A code is no name.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool breaks = c == '\n' || c == '\r' || c == '\t';
    if (!breaks) {
      line += c;
    } else if (!line.ends_with(' ')) {
      line += ' ';
    }
  }
  return line;
}

/// "1.23457E+11", two codes of many digits that a spreadsheet showed as numbers: they are lost, and would
/// make one dossier of several.
bool is_shortened_number(std::string_view text) {
  const std::size_t exponent = text.find_first_of("Ee");
  if (exponent == std::string_view::npos || exponent == 0) return false;
  const std::string_view after = text.substr(exponent + 1);
  constexpr std::string_view kDigits = "0123456789";
  return text.substr(0, exponent).find_first_not_of("0123456789.,") == std::string_view::npos &&
         after.size() > 1 && after.front() == '+' &&
         after.find_first_not_of(kDigits, 1) == std::string_view::npos;
}

Result<Value> code_value(std::string_view text) {
  if (is_shortened_number(text)) {
    return bad_input(
        "is a code that a spreadsheet shortened as a number; give the column the format \"Text\" and export "
        "again",
        "là mã đã bị bảng tính rút gọn thành số; hãy định dạng cột là \"Văn bản\" rồi kết xuất lại");
  }
  return text_value(text, kMaxCode);
}

/// ="00123", as exports write what spreadsheets shall not take for a number.
std::string_view unwrapped(std::string_view text) {
  if (text.size() < 4 || !text.starts_with("=\"") || !text.ends_with('"')) return text;
  const std::string_view inner = text.substr(2, text.size() - 3);
  return inner.find('"') == std::string_view::npos ? without_blank_ends(inner) : text;
}

Result<Value> number_value(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= least && number <= most) {
    return Value(number);
  }
  const std::string range = std::to_string(least) + ".." + std::to_string(most);
  return bad_input("is not a number " + range + " in digits alone; correct it or leave it empty",
                   "không phải số trong khoảng " + range + " chỉ gồm chữ số; hãy sửa hoặc để trống");
}

Result<Value> flag_value(std::string_view text) {
  const std::string word = folded(text);
  for (const std::string_view yes : {"1", "true", "yes", "y", "có", "đúng", "x"}) {
    if (word == yes) return Value(true);
  }
  for (const std::string_view no : {"0", "false", "no", "n", "không", "sai"}) {
    if (word == no) return Value(false);
  }
  return bad_input("is neither 0 nor 1; correct it or leave it empty",
                   "không phải 0 hoặc 1; hãy sửa hoặc để trống");
}

}  // namespace

bool tells_presence(std::string_view raw) {
  const std::string_view text = unwrapped(without_blank_ends(raw)).substr(0, kMostOfWord);
  const std::string word = folded(text);
  if (word.empty() || word == "null" || word == "[]" || word == "{}" || word == "-") return false;
  const auto flag = flag_value(text);
  return !flag || std::get<bool>(*flag);
}

namespace {

/// How systems write that there is no date: the first moment of these days, or the last of all.
bool is_no_date(std::string_view text) {
  constexpr std::array<std::string_view, 18> kNone = {
      "0001-01-01", "1900-01-01", "1970-01-01",     "01/01/0001", "01/01/1900",     "01/01/1970",
      "1/1/0001",   "1/1/1900",   "1/1/1970",       "0000-00-00", "00/00/0000",     "00000000",
      "9999-12-31", "31/12/9999", "99991231235959", "00010101",   "00010101000000", "00000000000000"};
  for (const std::string_view none : kNone) {
    if (!text.starts_with(none)) continue;
    const std::string_view rest = text.substr(none.size());
    // Any time of that day: midnight here is seven hours later in Greenwich.
    if (rest.empty() || rest.front() == ' ' || rest.front() == 'T') return true;
  }
  return false;
}

/// Days since 1900 with a fraction: what a date becomes in a spreadsheet's cell of another format.
bool is_serial_date(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits != 5) return false;
  if (digits == text.size()) return true;
  return (text[digits] == '.' || text[digits] == ',') &&
         text.find_first_not_of("0123456789", digits + 1) == std::string_view::npos;
}

Result<Value> time_value(std::string_view text) {
  if (const std::optional<WallTime> time = parse_dossier_time(text)) {
    return Value(static_cast<std::uint64_t>(time->time_since_epoch().count()));
  }
  if (is_no_date(text)) return Value{};
  if (is_serial_date(text)) {
    return bad_input(
        "is a spreadsheet's number of a day; give the column the format of a date and export again",
        "là số thứ tự ngày của bảng tính; hãy định dạng cột là ngày rồi kết xuất lại");
  }
  return bad_input(
      "the date cannot be read; write it as 2026-01-31 14:30:00, 31/01/2026 14:30 or 20260131143000",
      "không đọc được ngày giờ; hãy ghi dạng 2026-01-31 14:30:00, 31/01/2026 14:30 hoặc 20260131143000");
}

Result<Value> state_value(std::string_view text, const DossierStates& states) {
  // The configuration's own words first: some systems count their states differently.
  const auto mapped = states.find(folded(text));
  if (mapped != states.end()) return Value(static_cast<std::uint64_t>(mapped->second));
  Result<Value> number = number_value(text, 1, 10);
  if (number) return number;
  return bad_input("is an unknown state; use 1..10, or add the word to [dossiers.states]",
                   "là trạng thái chưa khai báo; hãy dùng 1..10 hoặc thêm vào [dossiers.states]");
}

}  // namespace

DossierStates folded_states(const DossierStates& states) {
  DossierStates all;
  for (const auto& [word, number] : states) all.insert_or_assign(folded(word), number);
  return all;
}

Result<Value> field_value(const TableField& field, std::string_view raw, const DossierStates& states) {
  if (field.kind == FieldKind::presence) return Value(tells_presence(raw));
  std::string_view text = unwrapped(without_blank_ends(raw));
  if (folded(text.substr(0, 8)) == "null") text = {};
  if (text.empty()) {
    if (!field.mandatory) return Value{};
    return bad_input("is empty; no row is of use without it", "bị trống; dòng nào cũng phải có ô này");
  }
  switch (field.kind) {
    case FieldKind::code: return code_value(text);
    case FieldKind::text: return text_value(on_one_line(text), kMaxText);
    case FieldKind::state: return state_value(text, states);
    case FieldKind::time: {
      Result<Value> time = time_value(text);
      if (time && is_null(*time) && field.mandatory) {
        return bad_input("has no date; no row is of use without it", "chưa có ngày; dòng nào cũng phải có");
      }
      return time;
    }
    case FieldKind::number: return number_value(text, field.least, field.most);
    case FieldKind::flag: return flag_value(text);
    case FieldKind::presence: break;  // told by an empty text as well, above
  }
  return Value{};
}

Unexpected bad_input(const std::string& english, const std::string& vietnamese) {
  return failure("", english + " | " + vietnamese);
}

}  // namespace xalink
