#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

using meaning::Level;

std::optional<Level> level_named(std::string_view name) {
  if (name == "province") return Level::province;
  if (name == "district") return Level::district;
  if (name == "commune") return Level::commune;
  if (name == "zone") return Level::zone;
  if (name == "site") return Level::site;
  return std::nullopt;  // an agency has no place among communes
}

}  // namespace

std::vector<NamedUnit> units_of(const ShownFigures& shown, registry::Kind kind) {
  std::vector<NamedUnit> units;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& row : shown.input().rows) {
    if (row.kind != kind || !seen.insert({row.at("level"), row.at("unit")}).second) continue;
    const auto level = level_named(row.at("level"));
    if (!level) continue;
    const meaning::Unit unit{*level, row.at("unit")};
    units.push_back({row.at("level"), unit, shown.input().table.tally(unit)});
  }
  return units;
}

}  // namespace xalink::reports::dossiers_tables
