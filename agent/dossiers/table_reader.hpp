#pragma once
// The rows of a file or an answer, whatever its form: CSV or JSON Lines, in any encoding that is taken.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/dossiers/json_lines.hpp"
#include "agent/dossiers/json_rows.hpp"
#include "agent/dossiers/row_mapping.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/text_encoding.hpp"

namespace xalink {

enum class TableForm : std::uint8_t { csv, json_lines };

struct TableRow {
  enum class What : std::uint8_t {
    nothing,  ///< a blank line or the header
    row,
    no_header,  ///< the file as a whole cannot be read; `reason` says why
  };
  What what = What::nothing;
  std::size_t line = 0;
  std::string_view raw;  ///< its bytes in UTF-8's order of bytes (ByteOrder), with the line end
  std::string reason;
};

struct BadRow {
  std::string field;   ///< the column's name; empty: the row as a whole
  std::string reason;  ///< in English and Vietnamese
  std::string shown;   ///< the mapped columns, where they can be told apart
};

/// Above the header of a CSV file may stand titles, as reports have them: up to kMostTitles rows with
/// texts in at most kMostTitleFields fields.
///
/// Rows do not depend on how the bytes were cut into pieces, and memory does not grow with the file.
/// Thread-safety: none.
class TableReader {
 public:
  static constexpr std::size_t kMostTitles = 20;
  /// The office at the left, the motto of the state at the right, and one more.
  static constexpr std::size_t kMostTitleFields = 3;

  /// `settings` must outlive it.
  TableReader(TableForm form, const TableSettings& settings);

  void feed(std::string_view bytes);
  void finish();
  /// Valid until the next call of anything but read(). Null: feed more, or at_end().
  [[nodiscard]] const TableRow* next();
  [[nodiscard]] bool at_end() const;
  /// Whether anything but blank lines was seen.
  [[nodiscard]] bool saw_content() const { return saw_content_; }

  /// The row that next() gave, when it is one.
  [[nodiscard]] tl::expected<MappedRow, BadRow> read() const;

 private:
  [[nodiscard]] const TableRow* next_csv();
  [[nodiscard]] const TableRow* next_json();
  [[nodiscard]] tl::expected<MappedRow, BadRow> map(const FieldTexts& texts) const;

  TableForm form_;
  ByteOrder bytes_;
  FieldDecoder decoder_;
  RowMapping mapping_;
  CsvReader csv_;
  JsonLines lines_;
  JsonRowReader json_;
  const CsvRow* csv_row_ = nullptr;
  const JsonLine* json_line_ = nullptr;
  /// The first row that is no header, in case none follows.
  struct Title {
    std::size_t line = 0;
    std::string reason;
  };

  [[nodiscard]] const TableRow* refuse(Title title);

  std::optional<Title> title_;
  std::size_t titles_ = 0;
  bool header_seen_ = false;
  bool saw_content_ = false;
  TableRow row_;
};

}  // namespace xalink
