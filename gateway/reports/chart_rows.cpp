#include "gateway/reports/chart_rows.hpp"

#include <algorithm>
#include <string>

namespace xalink::reports {

ChartRows rows_of(const Chart& chart, const Table& table) {
  ChartRows rows;
  std::vector<std::size_t> columns;
  for (const auto& key : chart.values) columns.push_back(*column_at(table, key));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const bool hidden =
        chart.kind != ChartKind::line && std::ranges::all_of(columns, [&](std::size_t column) {
          const auto* missing = std::get_if<Missing>(&table.rows[row].cells[column]);
          return missing != nullptr && *missing == Missing::suppressed;
        });
    if (hidden) {
      ++rows.hidden;
    } else if (chart.kind == ChartKind::line || rows.drawn.size() < chart.most_rows) {
      rows.drawn.push_back(row);
    } else {
      rows.more = true;
    }
  }
  return rows;
}

Said hidden_rows_note(const ChartRows& rows) {
  if (rows.hidden == 0) return {};
  const auto number = std::to_string(rows.hidden);
  return {"Not drawn, their figures being hidden (< 5): " + number + (rows.hidden == 1 ? " row." : " rows."),
          "Không vẽ do số liệu ẩn (< 5): " + number + " dòng."};
}

}  // namespace xalink::reports
