#include <optional>
#include <variant>

#include "gateway/meaning/official_figures.hpp"
#include "gateway/meaning/service_scores.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {

Table official(const ShownFigures& shown) {
  Table table;
  table.key = "official";
  table.title = {"Published figures of the period, and these", "Số liệu đã công bố trong kỳ và số liệu này"};
  table.columns = {{"unit", {"Unit", "Đơn vị"}, ColumnKind::text, 0},
                   {"indicator", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                   {"measure", {"In", "Tính bằng"}, ColumnKind::text, 0},
                   {"official", {"Published", "Công bố"}, ColumnKind::decimal, 2},
                   {"ours", {"Here", "Hệ thống"}, ColumnKind::decimal, 2},
                   {"difference", {"Difference", "Chênh lệch"}, ColumnKind::decimal, 2},
                   {"note", {"Note", "Ghi chú"}, ColumnKind::text, 0},
                   {"source", {"Source", "Nguồn"}, ColumnKind::text, 0}};
  for (const auto& [level, unit, tally] : units_of(shown, registry::Kind::official)) {
    const auto figures = meaning::figures_of(tally);
    const auto official = meaning::official_of(shown.input().rows, level, unit.key, shown.input().period);
    for (const auto& each : meaning::compare(
             official, figures, meaning::scores_of(shown.input().rows, meaning::kDecision766, figures))) {
      // What may not be shown as a figure may not follow from a difference.
      const Cell ours =
          each.ours ? shown.cell_of(*each.ours, tally, shown.hidden_of(unit)) : Cell(Missing::not_measured);
      const bool hidden =
          std::holds_alternative<Missing>(ours) && std::get<Missing>(ours) == Missing::suppressed;
      const auto value = [&](const std::optional<double>& number) {
        return hidden ? Cell(Missing::suppressed) : cell_or(number, Missing::not_measured);
      };
      table.rows.push_back({{shown.name_of(unit), each.official.indicator, each.official.measure,
                             each.official.value, value(each.ours_value), value(each.difference),
                             said_or_none(each.note), text_or_none(each.official.source)},
                            std::nullopt});
    }
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
