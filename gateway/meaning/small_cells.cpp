#include "gateway/meaning/small_cells.hpp"

#include <cstddef>
#include <optional>

namespace xalink::meaning {

std::vector<bool> hidden_cells(const std::vector<std::int64_t>& counts) {
  std::vector<bool> hidden(counts.size(), false);
  std::size_t cells = 0;
  std::int64_t together = 0;
  const auto hide = [&](std::size_t cell) {
    hidden[cell] = true;
    ++cells;
    together += counts[cell];
  };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (is_small_cell(counts[i])) hide(i);
  }
  while (cells > 0 && (cells < 2 || is_small_cell(together))) {
    std::optional<std::size_t> next;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (!hidden[i] && counts[i] > 0 && (!next || counts[i] < counts[*next])) next = i;
    }
    if (!next) break;  // there is nothing left to hide behind: the sum itself must not be shown
    hide(*next);
  }
  return hidden;
}

}  // namespace xalink::meaning
