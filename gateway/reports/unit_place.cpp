#include "gateway/reports/unit_place.hpp"

namespace xalink::reports {

meaning::By by_of(Scope scope) {
  switch (scope) {
    case Scope::commune: return meaning::By::commune;
    case Scope::district: return meaning::By::district;
    case Scope::region: return meaning::By::zone;
    case Scope::province: break;
  }
  return meaning::By::province;
}

UnitPlaces::UnitPlaces(const registry::Registry& registry, Scope scope, const meaning::ReportPeriod& period)
    : registry_(registry), scope_(scope) {
  for (const auto day : {period.last, period.first}) {
    const Units units(registry, scope, day);
    units_.insert(units.all().begin(), units.all().end());
  }
}

const Unit* UnitPlaces::find(const std::string& key) const {
  const auto* wanted = scope_ == Scope::district ? "none" : "not_told";
  const auto found = units_.find(key.empty() ? wanted : key);
  return found == units_.end() ? nullptr : &found->second;
}

Said UnitPlaces::name_of(const meaning::UnitAvailability& unit) const {
  if (unit.commune) {
    if (const auto* commune = registry_.find(*unit.commune)) return reports::name_of(*commune);
  }
  if (scope_ == Scope::region) return zone_name(unit.key);
  if (const auto* found = find(unit.key)) return found->name;
  return unit.name.empty() ? Said{unit.key, unit.key} : Said{unit.name, unit.name};
}

std::optional<Place> UnitPlaces::place_of(const meaning::UnitAvailability& unit) const {
  if (unit.commune) {
    const auto* commune = registry_.find(*unit.commune);
    return commune == nullptr ? std::nullopt : reports::place_of(*commune);
  }
  const auto* found = find(unit.key);
  return found == nullptr ? std::nullopt : found->place;
}

}  // namespace xalink::reports
