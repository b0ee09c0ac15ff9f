#include <variant>

#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

using meaning::Figure;
using meaning::FigureUnit;

}  // namespace

Table figures(const ShownFigures& shown) {
  Table table;
  table.key = "figures";
  table.title = {"All figures of the whole", "Toàn bộ chỉ số chung"};
  table.columns = {{"figure", {"Figure", "Chỉ số"}, ColumnKind::text, 0},
                   {"id", {"Id", "Mã"}, ColumnKind::text, 0},
                   {"count", {"Number", "Số lượng"}, ColumnKind::integer, 0},
                   {"percent", {"Percent", "Tỷ lệ %"}, ColumnKind::percent, 2},
                   {"days", {"Days", "Số ngày"}, ColumnKind::decimal, 2},
                   {"numerator", {"Numerator", "Tử số"}, ColumnKind::integer, 0},
                   {"denominator", {"Denominator", "Mẫu số"}, ColumnKind::integer, 0},
                   {"numerator_is", {"Numerator is", "Tử số là"}, ColumnKind::text, 0},
                   {"denominator_is", {"Denominator is", "Mẫu số là"}, ColumnKind::text, 0},
                   {"note", {"Note", "Ghi chú"}, ColumnKind::text, 0}};
  for (const auto& figure : shown.figures()) {
    const Cell value = shown.cell_of(figure, shown.all(), shown.hidden());
    const auto in = [&](FigureUnit measure) {
      return figure.measure == measure ? value : Cell(Missing::not_applicable);
    };
    const bool percent = figure.measure == FigureUnit::percent;
    const auto part = [&](std::int64_t count) {
      if (!percent || !figure.has_value()) return Cell(Missing::not_applicable);
      return std::holds_alternative<Missing>(value) ? value : Cell(count);
    };
    table.rows.push_back(
        {{figure.label, figure.id, in(FigureUnit::count), in(FigureUnit::percent), in(FigureUnit::days),
          part(figure.numerator), part(figure.denominator), said_or_none(figure.numerator_label),
          said_or_none(figure.denominator_label), said_or_none(figure.note)},
         std::nullopt});
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
