#include "gateway/registry/registry_file.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "gateway/registry/field_form.hpp"
#include "gateway/registry/field_text.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink::registry {
namespace {

std::string hexadecimal_digest(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

/// Whether rows can be judged together though this field of one could not be read.
bool stands_alone(Kind kind, std::string_view column) {
  static constexpr std::array<std::string_view, 18> kAlone = {
      "name_en",   "area_km2",   "border",  "population",      "population_date", "ethnic_minority_percent",
      "decision",  "source",     "zone",    "coverage",        "grid_power",      "hard_area",
      "down_mbps", "households", "up_mbps", "price_vnd_month", "programmes",      "role"};
  const bool of_units = kind == Kind::communes || kind == Kind::zones || kind == Kind::villages ||
                        kind == Kind::sites || kind == Kind::lines;
  return of_units && std::ranges::find(kAlone, column) != kAlone.end();
}

/// An empty line, or the row of delimiters that Excel leaves of cells that were emptied.
bool says_nothing(const CsvRow& row) {
  return row.broken.empty() && std::ranges::all_of(row.fields, [](const std::string& field) {
           return without_blank_ends(field).empty();
         });
}

/// A latitude that stands before a longitude's field, cut in two by a decimal comma without quotes: "22,8".
bool halved_by_comma(std::string_view before, std::string_view after) {
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const auto degrees = read_whole(before);
  return digits(before) && digits(after) && degrees && *degrees >= 6 && *degrees < 24;
}

/// A workbook, new or old, whose bytes are no text at all.
bool is_workbook(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("\xD0\xCF\x11\xE0");
}

/// Reads the rows after one another; the headings first.
class TableRows {
 public:
  TableRows(std::string name, TextEncoding encoding) : name_(std::move(name)), decoder_(encoding) {}

  void take(const CsvRow& row) {
    if (says_nothing(row)) return;
    if (!row.broken.empty()) {
      const auto why = halves(std::string(row.broken));
      mistake(row.line, 0, {"is no row of CSV: " + why.english, "không đúng dạng CSV: " + why.vietnamese},
              {"open the line in a text editor and look at its quotes",
               "mở dòng này bằng trình soạn thảo và xem các dấu nháy"});
      return;
    }
    if (!headed_) {
      read_headings(row);
    } else if (!refused_) {
      read_row(row);
    }
  }
  ReadTable finish() {
    if (!headed_) {
      mistake(0, 0, {"the file has no rows", "tệp không có dòng nào"},
              {"begin it with a line of headings: xalink-gateway communes template communes",
               "bắt đầu bằng dòng tiêu đề: xalink-gateway communes template communes"});
    }
    return std::move(table_);
  }
  [[nodiscard]] std::size_t width() const { return refused_ ? 0 : headings_.size(); }

 private:
  void mistake(std::size_t line, std::size_t column, Said what, Said next) {
    Mistake made;
    made.place = {name_, line};
    made.column = column;
    if (column > 0 && column <= headings_.size()) made.heading = headings_[column - 1];
    made.what = std::move(what);
    made.next = std::move(next);
    table_.mistakes.push_back(std::move(made));
  }

  std::vector<std::string> decoded(const CsvRow& row) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      auto text = decoder_.decode(row.fields[i]);
      if (!text) {
        mistake(row.line, i + 1, {"is not text in UTF-8", "không phải văn bản UTF-8"},
                {"save the file as \"CSV UTF-8\", or name its encoding with --encoding",
                 "lưu tệp ở dạng \"CSV UTF-8\", hoặc chỉ bảng mã bằng --encoding"});
        broken_ = true;
        unreadable_.insert(i + 1);
      }
      fields.push_back(text.value_or(""));
    }
    return fields;
  }

  void read_headings(const CsvRow& row) {
    headed_ = true;
    headings_ = decoded(row);
    for (auto& heading : headings_) heading = std::string(without_blank_ends(heading));
    while (!headings_.empty() && headings_.back().empty()) headings_.pop_back();
    if (!choose_kind(row.line)) {
      refused_ = true;
      return;
    }
    const auto& shape = shape_of(table_.kind);
    table_.columns.assign(shape.columns.size(), 0);
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      const auto column = shape.column(headings_[i]);
      if (!column) {
        mistake(row.line, i + 1,
                {"is no column of the table " + std::string(shape.name),
                 "không phải cột của bảng " + std::string(shape.name)},
                {"`xalink-gateway communes template " + std::string(shape.name) +
                     "` prints the columns; remove or rename this one",
                 "lệnh `xalink-gateway communes template " + std::string(shape.name) +
                     "` in ra các cột; xóa hoặc đổi tên cột này"});
      } else if (table_.columns[*column] != 0) {
        mistake(row.line, i + 1, {"stands twice", "bị lặp lại"}, {"remove one of them", "xóa một cột"});
      } else {
        table_.columns[*column] = i + 1;
      }
    }
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      if (!shape.columns[i].required || table_.columns[i] != 0) continue;
      mistake(row.line, 0,
              {"the column " + std::string(shape.columns[i].name) + " is missing",
               "thiếu cột " + std::string(shape.columns[i].vietnamese) + " (" +
                   std::string(shape.columns[i].name) + ")"},
              {"add it", "thêm cột này"});
      refused_ = true;
    }
  }

  /// The table whose required columns are there; of several the one that knows most headings.
  bool choose_kind(std::size_t line) {
    std::size_t best = 0;
    bool complete = false;
    for (const Kind kind : kKinds) {
      const auto& shape = shape_of(kind);
      std::size_t known = 0;
      std::size_t missing = 0;
      for (const auto& heading : headings_) known += shape.column(heading) ? 1U : 0U;
      for (const auto& column : shape.columns) {
        bool there = !column.required;
        for (const auto& heading : headings_) {
          const auto found = shape.column(heading);
          there = there || (found && &shape.columns[*found] == &column);
        }
        missing += there ? 0U : 1U;
      }
      if (known == 0 || (complete && missing > 0)) continue;
      if ((missing == 0 && !complete) || known > best) {
        best = known;
        complete = missing == 0;
        table_.kind = kind;
      }
    }
    if (best >= 2) return true;
    mistake(
        line, 0,
        {"these are not the headings of any table of the registry",
         "đây không phải tiêu đề của bảng nào trong danh bạ"},
        {"begin with what `xalink-gateway communes template communes` (zones, villages, sites, lines) prints",
         "bắt đầu bằng kết quả của `xalink-gateway communes template communes` (zones, villages, sites, "
         "lines)"});
    return false;
  }

  void read_row(const CsvRow& row) {
    broken_ = false;
    unreadable_.clear();
    const auto fields = decoded(row);
    for (std::size_t i = headings_.size(); i < fields.size(); ++i) {
      if (without_blank_ends(fields[i]).empty()) continue;
      mistake(row.line, i + 1,
              {"there is a text beyond the last heading", "có nội dung ngoài cột tiêu đề cuối cùng"},
              {"look for a comma in an earlier field; put that field into double quotes",
               "tìm dấu phẩy trong trường phía trước; đặt trường đó trong dấu nháy kép"});
      return;
    }
    // A field that is no text could be any.
    bool judged = !broken_;
    Entry entry;
    entry.kind = table_.kind;
    entry.place = {name_, row.line};
    const auto& shape = shape_of(table_.kind);
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      const std::size_t at = table_.columns[i];
      const std::string written = at == 0 || at > fields.size() ? "" : fields[at - 1];
      auto kept = kept_form(shape.columns[i], written);
      if (!kept) {
        if (at > 1 && shape.columns[i].form == Form::longitude && halved_by_comma(fields[at - 2], written)) {
          const auto number = fields[at - 2] + "," + written;
          kept.error().next = {
              "if " + number + " is one number, put it into double quotes: \"" + number + "\", or write " +
                  fields[at - 2] + "." + written + "; look at the later fields of this row too",
              "nếu " + number + " là một số, đặt trong dấu nháy kép: \"" + number + "\", hoặc ghi " +
                  fields[at - 2] + "." + written + "; xem cả các ô sau trong dòng này"};
        }
        mistake(row.line, at, std::move(kept.error().what), std::move(kept.error().next));
        broken_ = true;
        judged = judged && stands_alone(table_.kind, shape.columns[i].name);
        entry.fields.emplace_back();
        continue;
      }
      if (kept->empty() && shape.columns[i].required && !unreadable_.contains(at)) {
        mistake(row.line, at, {"is empty", "đang để trống"},
                {shape.columns[i].meaning.english, shape.columns[i].meaning.vietnamese});
        broken_ = true;
        judged = judged && stands_alone(table_.kind, shape.columns[i].name);
      }
      entry.fields.push_back(std::move(*kept));
    }
    if (!broken_) {
      table_.entries.push_back(std::move(entry));
      return;
    }
    if (table_.kind == Kind::communes) table_.half_read.insert(entry.key());
    if (table_.kind == Kind::sites) table_.half_read.insert(entry.at("site"));
    (judged ? table_.judged_only : table_.judged_alone).push_back(std::move(entry));
  }

  std::string name_;
  FieldDecoder decoder_;
  ReadTable table_;
  std::vector<std::string> headings_;
  bool headed_ = false;
  bool refused_ = false;
  bool broken_ = false;
  std::set<std::size_t> unreadable_;  ///< columns of this row whose mistake is told already
};

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n;\t|") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + "\"";
}

}  // namespace

ReadTable read_table_text(std::string_view bytes, const std::string& name, TextEncoding encoding) {
  TableRows rows(name, encoding);
  ByteOrder order(encoding);
  CsvReader csv(CsvReader::kAnyDelimiter);
  std::string utf8(order.feed(bytes));
  utf8 += order.finish();
  csv.feed(utf8);
  csv.finish();
  while (const CsvRow* row = csv.next()) {
    rows.take(*row);
    csv.expect_width(rows.width());
  }
  ReadTable table = rows.finish();
  table.digest = hexadecimal_digest(bytes);
  return table;
}

Result<ReadTable> read_table(const std::filesystem::path& file, TextEncoding encoding,
                             const std::string& name) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  if (in) bytes << in.rdbuf();
  std::error_code error;
  if (!in || std::filesystem::is_directory(file, error)) {
    return Unexpected(refusal(file.string(), {"cannot be read", "không đọc được"},
                              {"look whether it is there, is a file and may be read",
                               "kiểm tra tệp có tồn tại, đúng là tệp và được phép đọc"}));
  }
  if (is_workbook(bytes.view())) {
    return Unexpected(refusal(file.string(), {"is a workbook, not CSV", "là tệp bảng tính, không phải CSV"},
                              {"save each of its sheets as \"CSV UTF-8\", and name those files",
                               "lưu từng trang tính ở dạng \"CSV UTF-8\" rồi dùng các tệp đó"}));
  }
  return read_table_text(bytes.str(), name.empty() ? file.filename().string() : name, encoding);
}

std::string table_text(Kind kind, const std::vector<Entry>& entries, Language language) {
  const auto& columns = shape_of(kind).columns;
  std::string text = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ',';
    text +=
        csv_field(std::string(language == Language::vietnamese ? columns[i].vietnamese : columns[i].name));
  }
  text += "\r\n";
  for (const auto& entry : entries) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) text += ',';
      text += csv_field(entry.fields.at(i));
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace xalink::registry
