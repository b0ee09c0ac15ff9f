#pragma once
// A report as a workbook, for people who go on calculating with it.

#include <string>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"

namespace xalink::reports {

/// The bytes of an .xlsx file: a sheet that sums up, one for each table (numbers as numbers, dates as dates,
/// headings that stay, a filter, ready for A4), one of charts that follow the tables' cells, one of
/// definitions and sources. Texts are never formulas. The same report gives the same bytes: the date of
/// creation is the period's end. Fails when there is no room for temporary files ($TMPDIR, else /tmp).
[[nodiscard]] Result<std::string> as_xlsx(const Document& document, Language language);

}  // namespace xalink::reports
