#pragma once
// Columns that line up in a terminal.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xalink {

/// Terminal columns of a UTF-8 text: one for each code point but combining marks. Vietnamese letters take
/// one, composed or not.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Rows of cells, the first one the headings. Two spaces between columns, none at the ends of lines.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace xalink
