#pragma once
// A report as one page: to be read in any browser without a network, and printed on A4.

#include <string>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

namespace xalink::reports {

/// Everything is inside: style, charts and map as SVG, no script, nothing fetched. Headings of tables repeat
/// on each sheet of paper; wide tables lie across. Well-formed as XML too. The same report gives the same
/// bytes.
[[nodiscard]] std::string as_html(const Document& document, Language language);

}  // namespace xalink::reports
