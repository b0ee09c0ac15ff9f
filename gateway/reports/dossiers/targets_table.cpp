#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gateway/meaning/official_figures.hpp"
#include "gateway/meaning/task_register.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

bool is_of_tasks(const meaning::Figure& figure) {
  return figure.id.starts_with("tasks_");
}

/// Agencies have no place among communes; what is known of them is their tasks.
std::set<std::string> agencies(const std::vector<registry::Entry>& rows) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    if (row.kind == registry::Kind::targets && row.at("level") == "agency") names.insert(row.at("unit"));
  }
  return names;
}

State state_of(meaning::TargetState state) {
  switch (state) {
    case meaning::TargetState::reached: return {"reached", {"reached", "đạt"}, Tone::good};
    case meaning::TargetState::open: return {"open", {"not yet reached", "chưa đạt, còn hạn"}, Tone::limited};
    case meaning::TargetState::missed: return {"missed", {"missed", "không đạt"}, Tone::bad};
    case meaning::TargetState::not_measured: break;
  }
  return {"not_measured", {"not measured", "không đo"}, Tone::unknown};
}

}  // namespace

Table targets(const ShownFigures& shown) {
  Table table;
  table.key = "targets";
  table.title = {"Targets", "Chỉ tiêu"};
  table.columns = {{"unit", {"Unit", "Đơn vị"}, ColumnKind::text, 0},
                   {"indicator", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                   {"deadline", {"Deadline", "Thời hạn"}, ColumnKind::date, 0},
                   {"direction", {"Direction", "Chiều"}, ColumnKind::text, 0},
                   {"target", {"Target", "Chỉ tiêu"}, ColumnKind::decimal, 2},
                   {"now", {"In the period", "Trong kỳ"}, ColumnKind::decimal, 2},
                   {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
                   {"decision", {"Decision", "Văn bản"}, ColumnKind::text, 0}};
  const auto add = [&](const std::string& level, const meaning::Unit& unit, const Said& name,
                       const std::vector<meaning::Figure>& figures, const meaning::ServiceTally* tally) {
    for (const auto& target :
         meaning::targets_of(shown.input().rows, level, unit.key, figures, shown.last_day())) {
      const auto* figure = meaning::find_figure(figures, target.indicator);
      Cell now = Missing::not_measured;
      if (figure != nullptr && tally != nullptr && !is_of_tasks(*figure)) {
        now = shown.cell_of(*figure, *tally, shown.hidden_of(unit));
        if (const auto* count = std::get_if<std::int64_t>(&now)) now = static_cast<double>(*count);
      } else if (figure != nullptr) {
        // Tasks are an administration's, not a person's: none of them is a small cell.
        now = cell_or(figure->value(), Missing::not_applicable);
      }
      table.rows.push_back({{name, target.indicator, target.deadline,
                             target.at_least ? Said{"at least", "tối thiểu"} : Said{"at most", "tối đa"},
                             target.value, now, state_of(target.state), text_or_none(target.decision)},
                            std::nullopt});
    }
  };
  const auto& input = shown.input();
  for (const auto& [level, unit, tally] : units_of(shown, registry::Kind::targets)) {
    auto figures = meaning::figures_of(tally);
    if (unit.level == meaning::Level::province) {
      std::ranges::move(meaning::task_figures(input.rows, input.task_counts, "", shown.last_day()),
                        std::back_inserter(figures));
    }
    add(level, unit, shown.name_of(unit), figures, &tally);
  }
  for (const auto& agency : agencies(input.rows)) {
    add("agency", {meaning::Level::all, agency}, Said::same(agency),
        meaning::task_figures(input.rows, input.task_counts, agency, shown.last_day()), nullptr);
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
