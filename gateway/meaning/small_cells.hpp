#pragma once
// Which counts a public report may show: from a small one a person of a village could be known.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xalink::meaning {

inline constexpr std::int64_t kSmallestShown = 5;

/// 1 to 4. Nothing at all tells of nobody.
[[nodiscard]] constexpr bool is_small_cell(std::int64_t count) {
  return count > 0 && count < kSmallestShown;
}

/// Whether a share may be shown: neither those counted, nor the others, nor the whole may be few.
[[nodiscard]] constexpr bool share_may_be_shown(std::int64_t numerator, std::int64_t denominator) {
  return !is_small_cell(denominator) && !is_small_cell(numerator) && !is_small_cell(denominator - numerator);
}

/// For counts whose sum is shown too: which to hide. One hidden alone would follow from the sum, and few
/// hidden together from their sum: the next smallest that are not 0 are hidden with it, until what is hidden
/// is at least two cells and together no small cell. Of equal ones the first.
[[nodiscard]] std::vector<bool> hidden_cells(const std::vector<std::int64_t>& counts);

/// Columns of a table of which one is the sum of others: resolved = early + on time + late + not judged.
struct SumOfColumns {
  std::size_t sum = 0;
  std::vector<std::size_t> parts;
};

/// The same for a table whose columns have their sums shown too, and in which columns are sums of others:
/// `rows[row][column]`, all of one width. What is hidden in a row's parts is completed in the row, what is
/// hidden in a column in the column, until nothing follows from what is left. With `column_sums` no, the rows
/// stand for themselves.
[[nodiscard]] std::vector<std::vector<bool>> hidden_cells(const std::vector<std::vector<std::int64_t>>& rows,
                                                          const std::vector<SumOfColumns>& sums,
                                                          bool column_sums);

}  // namespace xalink::meaning
