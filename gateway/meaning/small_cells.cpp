#include "gateway/meaning/small_cells.hpp"

#include <optional>

namespace xalink::meaning {
namespace {

/// Hides more, until what is hidden cannot be told from the sum. Whether it did.
bool hide_complements(const std::vector<std::int64_t>& counts, std::vector<bool>& hidden) {
  std::size_t cells = 0;
  std::int64_t together = 0;
  const auto count_in = [&](std::size_t cell) {
    ++cells;
    together += counts[cell];
  };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (hidden[i]) count_in(i);
  }
  bool more = false;
  while (cells > 0 && (cells < 2 || is_small_cell(together))) {
    std::optional<std::size_t> next;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (!hidden[i] && counts[i] > 0 && (!next || counts[i] < counts[*next])) next = i;
    }
    if (!next) break;  // there is nothing left to hide behind: the sum itself is small, and hidden
    hidden[*next] = true;
    count_in(*next);
    more = true;
  }
  return more;
}

}  // namespace

std::vector<bool> hidden_cells(const std::vector<std::int64_t>& counts) {
  std::vector<bool> hidden;
  for (const auto count : counts) hidden.push_back(is_small_cell(count));
  hide_complements(counts, hidden);
  return hidden;
}

std::vector<std::vector<bool>> hidden_cells(const std::vector<std::vector<std::int64_t>>& rows,
                                            const std::vector<SumOfColumns>& sums, bool column_sums) {
  std::vector<std::vector<bool>> hidden;
  for (const auto& row : rows) {
    hidden.emplace_back();
    for (const auto count : row) hidden.back().push_back(is_small_cell(count));
  }
  // Cells only ever become hidden, so that this ends.
  for (bool more = true; more;) {
    more = false;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (const auto& sum : sums) {
        if (hidden[r][sum.sum]) continue;
        std::vector<std::int64_t> counts;
        std::vector<bool> parts;
        for (const auto part : sum.parts) {
          counts.push_back(rows[r][part]);
          parts.push_back(hidden[r][part]);
        }
        if (!hide_complements(counts, parts)) continue;
        for (std::size_t i = 0; i < parts.size(); ++i) hidden[r][sum.parts[i]] = parts[i];
        more = true;
      }
    }
    if (!column_sums || rows.empty()) continue;
    for (std::size_t column = 0; column < rows[0].size(); ++column) {
      std::vector<std::int64_t> counts;
      std::vector<bool> cells;
      for (std::size_t r = 0; r < rows.size(); ++r) {
        counts.push_back(rows[r][column]);
        cells.push_back(hidden[r][column]);
      }
      if (!hide_complements(counts, cells)) continue;
      for (std::size_t r = 0; r < rows.size(); ++r) hidden[r][column] = cells[r];
      more = true;
    }
  }
  return hidden;
}

}  // namespace xalink::meaning
