#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

using meaning::Figure;
using meaning::Level;
using meaning::ServiceTally;

constexpr const char* kShares[] = {
    "on_time_of_resolved", "on_time_of_all", "online_filed",       "full_online",       "partial_online",
    "online_payment",      "reused_data",    "digitised_dossiers", "digitised_results", "satisfaction"};
constexpr const char* kDays[] = {"processing_days", "processing_days_median"};

Level level_of(Scope scope) {
  switch (scope) {
    case Scope::commune: return Level::commune;
    case Scope::district: return Level::district;
    case Scope::region: return Level::zone;
    case Scope::province: break;
  }
  return Level::province;
}

/// In words that claim no threshold; a target's is in the table of targets.
State timeliness_of(const ServiceTally& tally) {
  const auto judged = tally.resolved_judged() + tally.pending_judged();
  const auto late = tally.late + tally.overdue;
  if (judged == 0) return {"none", {"nothing to judge", "không có hồ sơ để xét"}, Tone::unknown};
  if (late == 0) return {"in_time", {"nothing late", "không có quá hạn"}, Tone::good};
  if (2 * late > judged) return {"mostly_late", {"mostly late", "phần lớn quá hạn"}, Tone::bad};
  return {"some_late", {"some late", "có quá hạn"}, Tone::limited};
}

}  // namespace

Table units(const ShownFigures& shown) {
  Table table;
  table.key = "units";
  table.title = {"By " + std::string(to_string(shown.input().scope)),
                 "Theo " + heading_of(shown.input().scope).vietnamese};
  table.columns = {{"unit", heading_of(shown.input().scope), ColumnKind::text, 0},
                   {"code", {"Code", "Mã"}, ColumnKind::text, 0},
                   {"timeliness", {"Timeliness", "Tình trạng"}, ColumnKind::state, 0}};
  std::vector<const meaning::Unit*> units;
  std::vector<std::vector<Figure>> figures;
  for (const auto& [unit, tally] : shown.input().table.tallies()) {
    if (unit.level != level_of(shown.input().scope)) continue;
    // What is nowhere is told when there is something of it.
    if (unit.key.empty() && tally == ServiceTally{}) continue;
    units.push_back(&unit);
    figures.push_back(meaning::figures_of(tally));
  }
  std::map<std::string, Place> places;
  for (const auto& [key, commune] : shown.input().registry.communes()) {
    if (const auto place = place_of(commune)) places[key.to_string()] = *place;
  }
  const auto add_columns = [&](const auto& ids) {
    for (const char* id : ids) {
      const Figure& figure = *meaning::find_figure(shown.figures(), id);
      table.columns.push_back({id, figure.label, kind_of(figure.measure), digits_of(figure.measure)});
    }
  };
  add_columns(kDossierCounts);
  add_columns(kShares);
  add_columns(kDays);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto& tally = shown.input().table.tallies().at(*units[i]);
    Row row;
    row.cells = {shown.name_of(*units[i]), text_or_none(units[i]->key), timeliness_of(tally)};
    const auto add_cells = [&](const auto& ids) {
      for (const char* id : ids) {
        row.cells.push_back(
            shown.cell_of(*meaning::find_figure(figures[i], id), tally, shown.hidden_of(*units[i])));
      }
    };
    add_cells(kDossierCounts);
    add_cells(kShares);
    add_cells(kDays);
    const auto place = places.find(units[i]->key);
    if (place != places.end()) row.place = place->second;
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
