#pragma once
// CSV as RFC 4180 has it, read in pieces and in constant memory.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xalink {

struct CsvRow {
  std::size_t line = 0;             ///< where it begins in the file, from 1
  std::string_view raw;             ///< its bytes with the line end (and, first of a file, the BOM)
  std::vector<std::string> fields;  ///< without quotes; empty when broken
  std::string_view broken;          ///< why this is not CSV; empty when it is

  [[nodiscard]] bool blank() const { return broken.empty() && fields.size() == 1 && fields[0].empty(); }
};

/// Quoted fields may hold delimiters, doubled quotes and line ends; lines end with LF, CRLF or CR CR LF (or
/// all with CR alone, when the first one does), the last one with nothing if it likes; a BOM is passed over.
/// A quote inside an unquoted field stands for itself. A first line "sep=;", as Excel writes it, sets the
/// delimiter and is given as a blank row.
///
/// A row that is not CSV (a quote never closed, text after a closing quote, longer than kMaxRowBytes) is
/// given as broken up to the end of its first line, and reading goes on with the next line: one stray quote
/// must not swallow the rest of a file. So is a row of several lines that has not the expected number of
/// fields, or holds a line that would be a row by itself: a quote was opened there that closes by accident
/// further down. What is left of a line beyond kMaxRowBytes is given as blank rows. Where rows begin depends
/// on the bytes only, never on how they were cut into pieces. Thread-safety: none.
class CsvReader {
 public:
  /// Many times any dossier's row; what is longer is a quote that was never closed.
  static constexpr std::size_t kMaxRowBytes = 64 * 1024;

  /// The one of , ; tab | that stands most often in the first line that is not blank.
  static constexpr char kAnyDelimiter = '\0';

  explicit CsvReader(char delimiter) : delimiter_(delimiter), chosen_(delimiter) {}

  /// Fields of each row from now on; 0: any number. Empty ones beyond it do not count.
  void expect_width(std::size_t fields) { width_ = fields; }

  /// What was read so far stands above the table and says nothing about its delimiter.
  void choose_delimiter_anew() {
    if (!sep_line_seen_) delimiter_ = chosen_;
  }

  void feed(std::string_view bytes);
  /// No more bytes will come.
  void finish() { finished_ = true; }

  /// The next row, blank ones too; valid until the next call of anything. Null: feed more, or at_end().
  [[nodiscard]] const CsvRow* next();
  [[nodiscard]] bool at_end() const { return finished_ && begin_ == buffer_.size(); }

 private:
  enum class Found { row, broken, more };
  /// One row at the start of `text`; `end` gets its length. `complete`: nothing follows `text`.
  Found parse(std::string_view text, bool complete, std::size_t& end);
  /// Reads one field at `at` and moves past it.
  Found parse_quoted(std::string_view text, bool complete, std::size_t& at);
  Found parse_plain(std::string_view text, bool complete, std::size_t& at);
  const CsvRow* give(std::size_t length);
  /// Settles line end and delimiter by the line at the start of `text`; false: feed more. `sep_line` gets the
  /// length of a "sep=" line, 0 if it is none.
  bool settle(std::string_view text, bool complete, std::size_t& sep_line);
  /// Whether the row that was parsed over several lines is one.
  [[nodiscard]] bool fits(std::string_view row) const;

  char delimiter_;
  char chosen_;
  bool sep_line_seen_ = false;
  char line_end_ = '\n';
  std::size_t width_ = 0;
  bool finished_ = false;
  bool started_ = false;
  bool inside_long_row_ = false;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what was not yet given
  std::size_t line_ = 1;
  CsvRow row_;
};

}  // namespace xalink
