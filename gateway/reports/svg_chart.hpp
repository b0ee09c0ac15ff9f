#pragma once
// Charts of a page, as SVG without scripts.

#include <string>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

namespace xalink::reports {

/// An `<svg>` element as wide as the page: lying bars with their values (several columns side by side or on
/// each other), or lines over the rows. Rows without a value show why instead of a bar; of those that are
/// hidden only the number is told (chart_rows.hpp). Empty when the table has no rows. Durations are drawn in
/// hours.
[[nodiscard]] std::string svg_of(const Chart& chart, const Table& table, Language language);

}  // namespace xalink::reports
