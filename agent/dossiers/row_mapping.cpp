#include "agent/dossiers/row_mapping.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink {
namespace {

// Enough to find and repair a row; the whole of it stands in the file itself.
constexpr std::size_t kMostShown = 200;

std::array<unsigned char, SHA256_DIGEST_LENGTH> sha256(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  // The library takes plain unsigned bytes.
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

std::string text_of_error(TextEncoding encoding) {
  if (encoding == TextEncoding::windows_1258 || encoding == TextEncoding::tcvn3) {
    return "is text neither in UTF-8 nor in the encoding of the configuration; save the file as \"CSV "
           "UTF-8\" "
           "| không phải UTF-8 cũng không phải bảng mã đã khai báo; hãy lưu tệp dạng \"CSV UTF-8\"";
  }
  return "is not UTF-8; save the file as \"CSV UTF-8\", or set encoding in the agent's configuration | không "
         "phải UTF-8; hãy lưu tệp dạng \"CSV UTF-8\", hoặc khai báo encoding trong cấu hình";
}

}  // namespace

RowMapping::RowMapping(const TableSettings& settings)
    : settings_(settings),
      states_(folded_states(settings.states)),
      decoder_(settings.encoding),
      schema_(settings.kind->schema()),
      position_(settings.kind->fields.size()),
      state_raw_column_(column_index(schema_, "State Raw")) {
  for (const TableField& field : settings_.kind->fields) {
    const std::optional<std::size_t> column = column_index(schema_, field.column);
    assert(column && "the schema has every field");
    column_.push_back(*column);
  }
}

const std::string& RowMapping::header_of(const TableField& field) const {
  static const std::string kNone;
  const auto found = settings_.columns.find(field.key);
  return found == settings_.columns.end() ? kNone : found->second;
}

Result<void> RowMapping::map_header(const std::vector<std::string>& header) {
  width_ = header.size();
  std::vector<std::string> names;
  bool all_text = true;
  bool has_nul = false;
  bool many_are_nul = true;
  for (const std::string& name : header) {
    const std::optional<std::string> text = decoder_.decode(name);
    all_text = all_text && text.has_value();
    const auto nuls = static_cast<std::size_t>(std::count(name.begin(), name.end(), '\0'));
    has_nul = has_nul || nuls > 0;
    many_are_nul = many_are_nul && 4 * nuls >= name.size();
    names.push_back(text ? folded(*text) : std::string());
  }
  for (std::size_t i = 0; i < settings_.kind->fields.size(); ++i) {
    const TableField& field = settings_.kind->fields[i];
    const std::string& wanted = header_of(field);
    position_[i].reset();
    if (wanted.empty()) continue;
    const std::string name = folded(wanted);
    for (std::size_t at = 0; at < names.size(); ++at) {
      if (names[at] != name) continue;
      if (position_[i]) {
        return bad_input("the column \"" + wanted + "\" stands twice in the header; keep one",
                         "cột \"" + wanted + "\" có hai lần trong dòng tiêu đề; hãy giữ lại một");
      }
      position_[i] = at;
    }
    if (!field.mandatory || position_[i]) continue;
    if (has_nul && !many_are_nul) {
      return bad_input("is no text; export the list as \"CSV UTF-8\"",
                       "không phải tệp văn bản; hãy kết xuất dạng \"CSV UTF-8\"");
    }
    if (has_nul) {
      return bad_input(
          "looks like UTF-16 without its mark; save the file as \"CSV UTF-8\", or set encoding = \"utf-16\"",
          "có vẻ là UTF-16 thiếu dấu đầu tệp; hãy lưu tệp dạng \"CSV UTF-8\", hoặc đặt encoding = "
          "\"utf-16\"");
    }
    if (!all_text) {
      return bad_input(
          "the header is not UTF-8; save the file as \"CSV UTF-8\", or set encoding in the configuration",
          "dòng tiêu đề không phải UTF-8; hãy lưu tệp dạng \"CSV UTF-8\", hoặc khai báo encoding trong cấu "
          "hình");
    }
    const std::string table(settings_.kind->settings);
    const std::string place = "[" + table + ".columns] " + std::string(field.key);
    return bad_input(
        "the header has no column \"" + wanted + "\"; add it, or name the file's own column in " + place +
            " and check [" + table + "] delimiter",
        "dòng tiêu đề không có cột \"" + wanted + "\"; hãy thêm cột này, hoặc khai báo tên cột trong " +
            place + " và kiểm tra [" + table + "] delimiter");
  }
  return {};
}

Result<FieldTexts> RowMapping::pick(const std::vector<std::string>& fields) const {
  bool fits = fields.size() >= width_;
  for (std::size_t i = width_; fits && i < fields.size(); ++i) fits = without_blank_ends(fields[i]).empty();
  if (!fits) {
    const std::string have = std::to_string(fields.size());
    const std::string want = std::to_string(width_);
    return bad_input(
        "has " + have + " fields, the header " + want + "; check delimiters and quotes",
        "có " + have + " ô, dòng tiêu đề có " + want + "; hãy kiểm tra dấu phân cách và dấu nháy");
  }
  FieldTexts texts(position_.size());
  for (std::size_t i = 0; i < position_.size(); ++i) {
    if (position_[i]) texts[i] = fields[*position_[i]];
  }
  return texts;
}

Result<MappedRow> RowMapping::read(const FieldTexts& texts) const {
  MappedRow row;
  row.values.resize(schema_.columns.size());
  std::string subject(settings_.kind->name);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const TableField& field = settings_.kind->fields[i];
    if (!texts[i] && !field.mandatory) continue;
    std::optional<std::string> text = decoder_.decode(texts[i].value_or(""));
    // Whatever it is, it is there; and nothing of it is kept.
    if (!text && field.kind == FieldKind::presence) text = "1";
    if (!text) return failure(header_of(field), text_of_error(settings_.encoding));
    Result<Value> value = field_value(field, *text, states_);
    if (!value) return failure(header_of(field), std::move(value.error().what));
    if (field.kind == FieldKind::code && !is_null(*value)) {
      *value = settings_.code_hash(std::get<std::string>(*value));
    }
    if (field.kind == FieldKind::state && state_raw_column_) {
      Result<Value> raw = field_value(TableField{field.key, field.header, field.column}, *text, states_);
      if (!raw) return failure(header_of(field), std::move(raw.error().what));
      row.values[*state_raw_column_] = std::move(*raw);
    }
    if (field.names_subject) subject += '\0' + to_text(*value);
    row.dated = row.dated || (field.key == settings_.kind->time_key && !is_null(*value));
    row.values[column_[i]] = std::move(*value);
  }
  for (const FieldOrder& order : settings_.kind->orders) {
    const auto lesser = value_of(row, order.lesser);
    const auto greater = value_of(row, order.greater);
    if (!lesser || !greater || *lesser <= *greater) continue;
    const std::string other = header_of(field_of(order.greater));
    return failure(header_of(field_of(order.lesser)), "is greater than \"" + other +
                                                          "\"; correct one of them | lớn hơn \"" + other +
                                                          "\"; hãy sửa lại một trong hai");
  }
  std::string content;
  // By name and without the nulls: a column that a later program adds changes no dossier.
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (is_null(row.values[i])) continue;
    content += schema_.columns[i].name + '\0' + to_text(row.values[i]) + '\0';
  }
  const auto about = sha256(subject);
  row.subject.assign(about.begin(), about.begin() + Telling::kSubjectBytes);
  const auto says = sha256(content);
  for (std::size_t i = 0; i < sizeof row.content; ++i) row.content = row.content << 8U | says[i];
  return row;
}

const TableField& RowMapping::field_of(std::string_view key) const {
  const auto found = std::find_if(settings_.kind->fields.begin(), settings_.kind->fields.end(),
                                  [&](const TableField& field) { return field.key == key; });
  assert(found != settings_.kind->fields.end() && "orders are about fields");
  return *found;
}

std::optional<std::uint64_t> RowMapping::value_of(const MappedRow& row, std::string_view key) const {
  const std::optional<std::size_t> column = column_index(schema_, field_of(key).column);
  const Value& value = row.values.at(column.value());
  if (is_null(value)) return std::nullopt;
  return std::get<std::uint64_t>(value);
}

std::string RowMapping::shown(const FieldTexts& texts) const {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!texts[i]) continue;
    const TableField& field = settings_.kind->fields[i];
    std::string text = decoder_.decode(*texts[i]).value_or(*texts[i]);
    text = without_blank_ends(text);
    if (field.kind == FieldKind::code && !text.empty()) text = settings_.code_hash(text);
    // A link or the name of a file may tell whose dossier it is.
    if (field.kind == FieldKind::presence && !text.empty()) text = "(...)";
    if (text.size() > kMostShown) text = text.substr(0, kMostShown) + "...";
    line += (line.empty() ? "" : "; ") + header_of(field) + "=" + text;
  }
  return line;
}

}  // namespace xalink
