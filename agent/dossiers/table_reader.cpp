#include "agent/dossiers/table_reader.hpp"

#include <algorithm>
#include <utility>

#include "sparkplug/text_form.hpp"

namespace xalink {
namespace {

/// Spreadsheets leave rows of empty fields below the last one.
bool is_blank(const CsvRow& row) {
  return row.broken.empty() &&
         std::all_of(row.fields.begin(), row.fields.end(),
                     [](const std::string& field) { return without_blank_ends(field).empty(); });
}

std::size_t filled(const CsvRow& row) {
  return static_cast<std::size_t>(
      std::count_if(row.fields.begin(), row.fields.end(),
                    [](const std::string& field) { return !without_blank_ends(field).empty(); }));
}

/// Why a file that begins like this is no table at all, whatever its name says; empty: it may be one.
std::string_view other_form(std::string_view begin) {
  if (begin.starts_with("PK\x03\x04") || begin.starts_with("\xD0\xCF\x11\xE0")) {
    return "is an Excel workbook, not CSV; open it and save it as \"CSV UTF-8\" | là tệp Excel, không phải "
           "CSV; "
           "hãy mở và lưu dạng \"CSV UTF-8\"";
  }
  if (begin.starts_with("%PDF")) {
    return "is a PDF file, not CSV; export the list as \"CSV UTF-8\" | là tệp PDF, không phải CSV; hãy kết "
           "xuất "
           "dạng \"CSV UTF-8\"";
  }
  for (const std::string_view packed : {"\x1F\x8B", "Rar!\x1A", "7z\xBC\xAF", "BZh",
                                        "\xFD"
                                        "7zXZ"}) {
    if (!begin.starts_with(packed)) continue;
    return "is a compressed file, not CSV; unpack it and put the CSV there | là tệp nén, không phải CSV; hãy "
           "giải nén rồi bỏ tệp CSV vào đây";
  }
  if (begin.starts_with("\xEF\xBB\xBF")) begin.remove_prefix(3);
  if (without_blank_ends(begin).starts_with('<')) {
    return "is a web page or XML, not CSV; open it in Excel and save it as \"CSV UTF-8\" | là trang web hoặc "
           "XML, không phải CSV; hãy mở bằng Excel và lưu dạng \"CSV UTF-8\"";
  }
  return {};
}

}  // namespace

TableReader::TableReader(TableForm form, const TableSettings& settings)
    : form_(form),
      bytes_(settings.encoding),
      decoder_(settings.encoding),
      mapping_(settings),
      csv_(settings.delimiter),
      json_(settings) {}

void TableReader::feed(std::string_view bytes) {
  const std::string_view text = bytes_.feed(bytes);
  form_ == TableForm::csv ? csv_.feed(text) : lines_.feed(text);
}

void TableReader::finish() {
  const std::string_view text = bytes_.finish();
  if (form_ == TableForm::csv) {
    csv_.feed(text);
    csv_.finish();
  } else {
    lines_.feed(text);
    lines_.finish();
  }
}

bool TableReader::at_end() const {
  return form_ == TableForm::csv ? csv_.at_end() && !title_ : lines_.at_end();
}

const TableRow* TableReader::next() {
  row_ = TableRow();
  const TableRow* row = form_ == TableForm::csv ? next_csv() : next_json();
  return row;
}

const TableRow* TableReader::next_csv() {
  csv_row_ = csv_.next();
  if (csv_row_ == nullptr) {
    if (!csv_.at_end() || !title_) return nullptr;
    return refuse(std::move(*title_));
  }
  row_.line = csv_row_->line;
  row_.raw = csv_row_->raw;
  if (is_blank(*csv_row_)) return &row_;
  const bool first = !std::exchange(saw_content_, true);
  if (header_seen_) {
    row_.what = TableRow::What::row;
    return &row_;
  }
  const Result<void> mapped = mapping_.map_header(csv_row_->fields);
  if (mapped && csv_row_->broken.empty()) {
    csv_.expect_width(mapping_.width());
    header_seen_ = true;
    title_.reset();
    return &row_;
  }
  Title title{row_.line, csv_row_->broken.empty() ? mapped.error().what : std::string(csv_row_->broken)};
  if (const std::string_view other = first ? other_form(row_.raw) : ""; !other.empty()) {
    title.reason = other;
    return refuse(std::move(title));
  }
  if (!csv_row_->broken.empty() || filled(*csv_row_) > kMostTitleFields) return refuse(std::move(title));
  if (!title_) title_ = std::move(title);
  if (++titles_ > kMostTitles) return refuse(std::move(*title_));
  csv_.choose_delimiter_anew();
  return &row_;
}

const TableRow* TableReader::refuse(Title title) {
  title_.reset();
  header_seen_ = true;  // said once
  row_.what = TableRow::What::no_header;
  row_.line = title.line;
  row_.reason = std::move(title.reason);
  return &row_;
}

const TableRow* TableReader::next_json() {
  json_line_ = lines_.next();
  if (json_line_ == nullptr) return nullptr;
  row_.line = json_line_->line;
  row_.raw = json_line_->raw;
  if (json_line_->blank) return &row_;
  saw_content_ = true;
  row_.what = TableRow::What::row;
  return &row_;
}

tl::expected<MappedRow, BadRow> TableReader::read() const {
  if (form_ == TableForm::csv) {
    if (!csv_row_->broken.empty()) return tl::unexpected(BadRow{"", std::string(csv_row_->broken), ""});
    const Result<FieldTexts> texts = mapping_.pick(csv_row_->fields);
    if (!texts) return tl::unexpected(BadRow{"", texts.error().what, ""});
    return map(*texts);
  }
  if (!json_line_->broken.empty()) return tl::unexpected(BadRow{"", std::string(json_line_->broken), ""});
  const std::optional<std::string> text = decoder_.decode(json_line_->text);
  if (!text)
    return tl::unexpected(
        BadRow{"", "is not UTF-8; save it as UTF-8 | không phải UTF-8; hãy lưu dạng UTF-8", ""});
  Result<JsonRows> found = json_.read(*text);
  if (!found) return tl::unexpected(BadRow{"", found.error().what, ""});
  if (found->rows.size() != 1) {
    return tl::unexpected(
        BadRow{"", "is not one object; each line is one {...} | mỗi dòng phải là một {...}", ""});
  }
  const JsonRow& row = found->rows.front();
  if (!row.bad_reason.empty())
    return tl::unexpected(BadRow{row.bad_field, row.bad_reason, mapping_.shown(row.texts)});
  return map(row.texts);
}

tl::expected<MappedRow, BadRow> TableReader::map(const FieldTexts& texts) const {
  Result<MappedRow> mapped = mapping_.read(texts);
  if (mapped) return std::move(*mapped);
  return tl::unexpected(BadRow{mapped.error().where, mapped.error().what, mapping_.shown(texts)});
}

}  // namespace xalink
