#include "agent/dossiers/dossier_row.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <string_view>

#include "agent/dossiers/dossier_time.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

// National codes have about 30 characters; a longer one is another column's text.
constexpr std::size_t kMaxCode = 128;
// Names of agencies come in full sometimes.
constexpr std::size_t kMaxText = 256;

std::string_view column_name(DossierField field) {
  switch (field) {
    case DossierField::code: return "Code";
    case DossierField::procedure: return "Procedure";
    case DossierField::agency: return "Agency";
    case DossierField::state: return "State";
    case DossierField::state_at: return "State At";
    case DossierField::submitted: return "Submitted";
    case DossierField::received: return "Received";
    case DossierField::due: return "Due";
    case DossierField::finished: return "Finished";
    case DossierField::returned: return "Returned";
    case DossierField::channel: return "Channel";
    case DossierField::level: return "Level";
    case DossierField::online_payment: return "Online Payment";
    case DossierField::fee: return "Fee";
    case DossierField::digitised: return "Digitised";
    case DossierField::supplement_requests: return "Supplement Requests";
  }
  return {};
}

std::size_t column_of(const Schema& schema, std::string_view name) {
  const std::optional<std::size_t> column = column_index(schema, name);
  assert(column && "dossier_schema() has every field");
  return *column;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

Unexpected bad(std::string english, std::string vietnamese) {
  return failure("", std::move(english) + " | " + std::move(vietnamese));
}

Result<Value> text_value(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return bad("is longer than " + std::to_string(most) + " bytes; check the column",
               "dài quá " + std::to_string(most) + " byte; hãy kiểm tra lại cột");
  }
  if (has_control_characters(text)) {
    return bad("holds a line break or control character; remove it",
               "có ký tự xuống dòng hoặc điều khiển; hãy xóa đi");
  }
  return Value(std::string(text));
}

Result<Value> number_value(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= least && number <= most) {
    return Value(number);
  }
  const std::string range = std::to_string(least) + ".." + std::to_string(most);
  return bad("is not a number " + range + "; correct it or leave it empty",
             "không phải số trong khoảng " + range + "; hãy sửa hoặc để trống");
}

Result<Value> flag_value(std::string_view text) {
  for (const std::string_view yes : {"1", "true", "True", "TRUE", "có", "Có", "CÓ", "x", "X"}) {
    if (text == yes) return Value(true);
  }
  for (const std::string_view no : {"0", "false", "False", "FALSE", "không", "Không", "KHÔNG"}) {
    if (text == no) return Value(false);
  }
  return bad("is neither 0 nor 1; correct it or leave it empty",
             "không phải 0 hoặc 1; hãy sửa hoặc để trống");
}

Result<Value> time_value(std::string_view text) {
  if (const std::optional<WallTime> time = parse_dossier_time(text)) {
    return Value(static_cast<std::uint64_t>(time->time_since_epoch().count()));
  }
  return bad(
      "the date cannot be read; write it as 2026-01-31 14:30:00, 31/01/2026 14:30 or 20260131143000",
      "không đọc được ngày giờ; hãy ghi dạng 2026-01-31 14:30:00, 31/01/2026 14:30 hoặc 20260131143000");
}

}  // namespace

DossierRow::DossierRow(const DropFolderSettings& settings, const Schema& schema)
    : settings_(settings),
      state_raw_column_(column_of(schema, "State Raw")),
      column_count_(schema.columns.size()) {
  for (const DossierFieldName& name : kDossierFields) {
    column_[index(name.field)] = column_of(schema, column_name(name.field));
  }
}

Result<void> DossierRow::map_header(const std::vector<std::string>& header) {
  header_.clear();
  width_ = header.size();
  for (const std::string& name : header) {
    if (find_broken_utf8(name) != std::string_view::npos) {
      return bad("the header is not UTF-8; save the file as \"CSV UTF-8\"",
                 "dòng tiêu đề không phải UTF-8; hãy lưu tệp dạng \"CSV UTF-8\"");
    }
    header_.emplace_back(trimmed(name));
    // Without line feeds the whole file is its header, and would count as taken with no rows.
    const std::size_t line_end = header_.back().find('\r');
    if (line_end != std::string::npos && header_.back().substr(line_end, 2) != "\r\n") {
      return bad("the lines end with CR alone; save the file with line ends LF or CRLF",
                 "các dòng kết thúc chỉ bằng CR; hãy lưu tệp với cách xuống dòng LF hoặc CRLF");
    }
  }
  for (const DossierFieldName& field : kDossierFields) {
    const std::string& wanted = settings_.columns[index(field.field)];
    auto& position = position_[index(field.field)];
    position.reset();
    if (wanted.empty()) continue;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (header_[i] != wanted) continue;
      if (position) {
        return bad("the column \"" + wanted + "\" stands twice in the header; keep one",
                   "cột \"" + wanted + "\" có hai lần trong dòng tiêu đề; hãy giữ lại một");
      }
      position = i;
    }
    const bool mandatory = field.field == DossierField::code || field.field == DossierField::state;
    if (mandatory && !position) {
      const std::string key(field.key);
      return bad("the header has no column \"" + wanted +
                     "\"; add it, or name the file's own column in "
                     "[dossiers.columns] " +
                     key + " and check [dossiers] delimiter",
                 "dòng tiêu đề không có cột \"" + wanted +
                     "\"; hãy thêm cột này, hoặc khai báo tên cột trong "
                     "[dossiers.columns] " +
                     key + " và kiểm tra [dossiers] delimiter");
    }
  }
  return {};
}

Result<Value> DossierRow::value_of(DossierField field, const std::string& raw) const {
  const std::string_view text = trimmed(raw);
  switch (field) {
    case DossierField::code:
      if (text.empty())
        return bad("is empty; every dossier has a code", "bị trống; hồ sơ nào cũng phải có mã");
      return text_value(text, kMaxCode);
    case DossierField::state: {
      // The configuration's own words first: some systems count their states differently.
      const auto mapped = settings_.states.find(text);
      if (mapped != settings_.states.end()) return Value(static_cast<std::uint64_t>(mapped->second));
      Result<Value> number = number_value(text, 1, 10);
      if (number) return number;
      return bad("is an unknown state; use 1..10, or add the word to [dossiers.states]",
                 "là trạng thái chưa khai báo; hãy dùng 1..10 hoặc thêm vào [dossiers.states]");
    }
    default: break;
  }
  if (text.empty()) return Value{};
  switch (field) {
    case DossierField::code:
    case DossierField::state: break;
    case DossierField::procedure:
    case DossierField::agency:
    case DossierField::level: return text_value(text, kMaxText);
    case DossierField::state_at:
    case DossierField::submitted:
    case DossierField::received:
    case DossierField::due:
    case DossierField::finished:
    case DossierField::returned: return time_value(text);
    case DossierField::channel: return number_value(text, 1, 3);
    case DossierField::online_payment: return number_value(text, 0, 2);
    case DossierField::fee:
    case DossierField::digitised: return flag_value(text);
    case DossierField::supplement_requests: return number_value(text, 0, 255);
  }
  return Value{};
}

Result<std::vector<Value>> DossierRow::read(const std::vector<std::string>& fields) const {
  if (fields.size() != width_) {
    const std::string have = std::to_string(fields.size());
    const std::string want = std::to_string(width_);
    return bad("has " + have + " fields, the header " + want + "; check delimiters and quotes",
               "có " + have + " ô, dòng tiêu đề có " + want + "; hãy kiểm tra dấu phân cách và dấu nháy");
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (find_broken_utf8(fields[i]) == std::string_view::npos) continue;
    return failure(
        header_[i],
        "is not UTF-8; save the file as \"CSV UTF-8\" | không phải UTF-8; hãy lưu tệp dạng \"CSV UTF-8\"");
  }
  std::vector<Value> values(column_count_);
  for (const DossierFieldName& field : kDossierFields) {
    const std::optional<std::size_t> position = position_[index(field.field)];
    if (!position) continue;
    Result<Value> value = value_of(field.field, fields[*position]);
    if (!value) return failure(header_[*position], std::move(value.error().what));
    values[column_[index(field.field)]] = std::move(*value);
    if (field.field == DossierField::state)
      values[state_raw_column_] = std::string(trimmed(fields[*position]));
  }
  return values;
}

}  // namespace xalink
