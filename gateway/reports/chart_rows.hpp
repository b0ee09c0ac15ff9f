#pragma once
// Which rows of its table a chart draws.

#include <cstddef>
#include <vector>

#include "gateway/reports/document.hpp"
#include "sparkplug/said.hpp"

namespace xalink::reports {

struct ChartRows {
  std::vector<std::size_t> drawn;  ///< places in the table, in its order
  std::size_t hidden = 0;          ///< left out: what they would show is suppressed
  bool more = false;               ///< the table has others that would be drawn
};

/// A bar that says "hidden" says nothing, and forty of them hide the few that do: a bar or stack leaves out
/// rows all of whose figures are suppressed, and takes the first Chart::most_rows of the others. A line takes
/// every row.
[[nodiscard]] ChartRows rows_of(const Chart& chart, const Table& table);

/// To be said below the chart; empty where nothing was hidden.
[[nodiscard]] Said hidden_rows_note(const ChartRows& rows);

}  // namespace xalink::reports
