#include "gateway/reports/scope.hpp"

#include <array>
#include <utility>

namespace xalink::reports {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 4> kScopes{{{Scope::commune, "commune"},
                                                                    {Scope::district, "district"},
                                                                    {Scope::region, "region"},
                                                                    {Scope::province, "province"}}};

Said same_in_both(const std::string& name) {
  return {name, name};
}

}  // namespace

std::string_view to_string(Scope scope) {
  for (const auto& [each, name] : kScopes) {
    if (each == scope) return name;
  }
  return kScopes[0].second;
}

std::optional<Scope> scope_named(std::string_view name) {
  for (const auto& [scope, each] : kScopes) {
    if (each == name) return scope;
  }
  return std::nullopt;
}

Said heading_of(Scope scope) {
  switch (scope) {
    case Scope::commune: return {"Commune", "Xã"};
    case Scope::district: return {"District", "Huyện"};
    case Scope::region: return {"Region", "Khu vực"};
    case Scope::province: break;
  }
  return {"Province", "Tỉnh"};
}

Fact fact_of(Scope scope) {
  return {"by", {"Rows are", "Tổng hợp theo"}, heading_of(scope), ColumnKind::text, 0};
}

Said zone_name(std::string_view zone) {
  if (zone.empty()) return {"region not told", "chưa rõ khu vực"};
  if (zone == "none") return {"outside regions I–III", "ngoài khu vực I–III"};
  return {"region " + std::string(zone), "khu vực " + std::string(zone)};
}

Said name_of(const registry::Commune& commune) {
  auto name = commune.full_name();
  if (!commune.district.empty()) name += " (" + commune.district + ")";
  return same_in_both(name);
}

std::optional<Place> place_of(const registry::Commune& commune) {
  if (!commune.latitude || !commune.longitude) return std::nullopt;
  return Place{*commune.latitude, *commune.longitude};
}

Units::Units(const registry::Registry& registry, Scope scope, Date day)
    : registry_(registry), scope_(scope), day_(day) {
  std::map<std::string, int> places;
  for (const auto& [key, commune] : registry.communes()) {
    if (!commune.valid.holds(day)) continue;
    auto unit = named(commune);
    auto& kept = units_.try_emplace(unit.key, unit).first->second;
    // The middle of all communes of region III is no place.
    const auto place = scope == Scope::region ? std::nullopt : place_of(commune);
    if (!place) continue;
    const double count = ++places[unit.key];
    const Place before = kept.place.value_or(Place{});
    kept.place = Place{before.latitude + (place->latitude - before.latitude) / count,
                       before.longitude + (place->longitude - before.longitude) / count};
  }
}

Unit Units::named(const registry::Commune& commune) const {
  switch (scope_) {
    case Scope::commune: return {commune.key.to_string(), name_of(commune), std::nullopt};
    case Scope::district:
      if (commune.district_code.empty()) {
        return {
            "none", {"no district (since 2025-07-01)", "không có cấp huyện (từ 01/07/2025)"}, std::nullopt};
      }
      return {commune.district_code, same_in_both(commune.district), std::nullopt};
    case Scope::region: {
      const auto zone = registry_.zone_of(commune.key, day_);
      return {zone.empty() ? "not_told" : zone, zone_name(zone), std::nullopt};
    }
    case Scope::province: break;
  }
  return {commune.province_code, same_in_both(commune.province), std::nullopt};
}

Unit Units::of(const registry::Commune* commune) const {
  if (commune == nullptr) return {"", {"not in the registry", "chưa có trong danh bạ"}, std::nullopt};
  auto unit = named(*commune);
  const auto found = units_.find(unit.key);
  return found == units_.end() ? unit : found->second;
}

}  // namespace xalink::reports
