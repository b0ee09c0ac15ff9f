#pragma once
// JSON Lines: each line is one JSON value. Cut into lines here, in pieces and in constant memory.

#include <cstddef>
#include <string>
#include <string_view>

namespace xalink {

struct JsonLine {
  std::size_t line = 0;     ///< from 1
  std::string_view raw;     ///< its bytes with the line end (and, first of a file, the BOM)
  std::string_view text;    ///< without line end and BOM
  std::string_view broken;  ///< why it cannot be read; empty when it can
  bool blank = false;       ///< nothing to read: an empty line, or the rest of one that was too long
};

/// A line longer than kMaxLineBytes is given as broken and passed over to its end. Lines do not depend on
/// how the bytes were cut into pieces. Thread-safety: none.
class JsonLines {
 public:
  static constexpr std::size_t kMaxLineBytes = 64 * 1024;

  void feed(std::string_view bytes);
  void finish() { finished_ = true; }
  /// Valid until the next call of anything. Null: feed more, or at_end().
  [[nodiscard]] const JsonLine* next();
  [[nodiscard]] bool at_end() const { return finished_ && begin_ == buffer_.size(); }

 private:
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what was not yet given
  std::size_t line_number_ = 1;
  bool finished_ = false;
  bool started_ = false;
  bool inside_long_line_ = false;
  JsonLine line_;
};

}  // namespace xalink
