#pragma once
// Cells of a workbook: values in the types that Excel has, with their formats.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

struct lxw_format;
struct lxw_workbook;
struct lxw_worksheet;

namespace xalink::reports {

/// libxlsxwriter said no, with its lxw_error. Thrown inside as_xlsx() only.
struct XlsxRefused {
  int code = 0;
};
/// Throws it unless `code` is LXW_NO_ERROR.
void must(int code);

/// Of UTF-8.
[[nodiscard]] std::size_t letters_of(std::string_view text);
/// The first so many letters.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t most);

class XlsxCells {
 public:
  /// `book` outlives this.
  XlsxCells(lxw_workbook* book, Language language) : book_(book), language_(language) {}

  enum class Look { plain, heading, title, section, wrapped, missing };

  /// Formats belong to the workbook; each is made once.
  lxw_format* format(Look look, const std::string& number = {}, std::optional<Tone> tone = {});
  /// Never as a formula. What Excel has no room for is cut off.
  void write_text(lxw_worksheet* sheet, std::uint32_t row, std::uint16_t column, const std::string& text,
                  lxw_format* look);
  /// Numbers, dates and durations as such; why there is no value, in grey.
  void write(lxw_worksheet* sheet, std::uint32_t row, std::uint16_t column, const Cell& cell, ColumnKind kind,
             int digits, Look text_look);

 private:
  lxw_workbook* book_;
  Language language_;
  std::map<std::tuple<Look, std::string, std::optional<Tone>>, lxw_format*> formats_;
};

/// As Excel takes it: without control characters, no longer than a cell.
[[nodiscard]] std::string xlsx_text(std::string_view text);

}  // namespace xalink::reports
