#pragma once
// A report's tables as RFC 4180 has them, for spreadsheets and programs.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

namespace xalink::reports {

struct CsvFile {
  std::string name;  ///< what follows the stem of the report's name: "boards"
  std::string text;
};

/// "about" (period, parameters, findings, notes, definitions, what the figures rest on), then one for each
/// table. UTF-8 with a byte order mark, by which Excel knows it; lines end with CRLF. Headings and words in
/// `language`; numbers, dates and times in the form for programs (cell_for_programs), states too. Where
/// there is no value the field is empty, and the last column, "missing", says why: "rtt_ms=no_data".
///
/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
[[nodiscard]] std::vector<CsvFile> as_csv(const Document& document, Language language);

/// One field: quoted where it must be, made harmless where a spreadsheet would compute it.
[[nodiscard]] std::string csv_text_field(std::string_view text);

}  // namespace xalink::reports
