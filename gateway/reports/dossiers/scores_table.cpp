#include <variant>

#include "gateway/meaning/service_scores.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

using meaning::FigureUnit;

State state_of(meaning::ScoreStatus status) {
  switch (status) {
    case meaning::ScoreStatus::scored: return {"scored", {"measured", "đo được"}, Tone::good};
    case meaning::ScoreStatus::rate_only: return {"rate_only", {"rate only", "chỉ có tỷ lệ"}, Tone::limited};
    case meaning::ScoreStatus::no_cases: return {"no_cases", {"no cases", "không phát sinh"}, Tone::unknown};
    case meaning::ScoreStatus::not_measured: break;
  }
  return {"not_measured", {"not measured", "không đo"}, Tone::unknown};
}

}  // namespace

Table scores(const ShownFigures& shown) {
  Table table;
  table.key = "scores";
  table.title = {"Decision 766, as far as it is measured", "Bộ chỉ số 766, phần đo được"};
  table.note = {
      "Points of part of a group are not the group's score, and have no band. Points that the source "
      "does not say how to compute are not computed.",
      "Điểm của một phần không phải điểm của nhóm và không xếp loại. Chỉ số mà nguồn không nêu cách tính "
      "điểm thì không tính."};
  table.columns = {{"id", {"Id", "Mã"}, ColumnKind::text, 0},
                   {"name", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                   {"maximum", {"Maximum points", "Điểm tối đa"}, ColumnKind::decimal, 2},
                   {"rate", {"Rate", "Tỷ lệ"}, ColumnKind::percent, 2},
                   {"threshold", {"Threshold", "Ngưỡng"}, ColumnKind::percent, 0},
                   {"points", {"Points", "Điểm"}, ColumnKind::decimal, 2},
                   {"status", {"Measured", "Tình trạng"}, ColumnKind::state, 0},
                   {"reason", {"Why", "Lý do"}, ColumnKind::text, 0}};
  const auto scores = meaning::scores_of(shown.input().rows, meaning::kDecision766, shown.figures());
  for (const auto& group : scores.groups) {
    table.rows.push_back(
        {{group.id, group.name, cell_or(group.maximum, Missing::not_applicable), Missing::not_applicable,
          Missing::not_applicable, group.complete ? Cell(group.points) : Cell(Missing::not_measured),
          group.complete
              ? state_of(meaning::ScoreStatus::scored)
              : State{"partly", {"partly measured or not", "đo một phần hoặc không đo"}, Tone::unknown},
          Missing::not_applicable},
         std::nullopt});
    for (const auto& line : scores.lines) {
      if (line.group != group.id) continue;
      Cell rate = Missing::not_measured;
      if (line.figure) {
        rate = line.figure->measure == FigureUnit::percent
                   ? shown.cell_of(*line.figure, shown.all(), shown.hidden())
                   : Cell(Missing::not_applicable);
      }
      const bool hidden = std::holds_alternative<Missing>(rate) && line.points;
      table.rows.push_back({{line.id, line.name, cell_or(line.maximum, Missing::not_applicable), rate,
                             cell_or(line.threshold, Missing::not_applicable),
                             hidden ? rate : cell_or(line.points, Missing::not_measured),
                             state_of(line.status), said_or_none(line.reason)},
                            std::nullopt});
    }
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
