#include "gateway/meaning/coverage_by.hpp"

#include <algorithm>
#include <utility>

#include "gateway/meaning/period.hpp"

namespace xalink::meaning {
namespace {

std::string office_hours_of(const registry::Registry& registry, const std::string& site, registry::Date day) {
  for (const auto& row : registry.sites()) {
    if (row.id == site && row.valid.holds(day)) return row.office_hours;
  }
  return {};
}

CoveredSite cover(const CoverageInput& input, const std::string& id, registry::Date day,
                  const MeasuredFigures* measured) {
  CoveredSite site;
  site.site = id;
  site.contract =
      contract_of(input.registry, id, day, measured == nullptr ? std::string() : measured->technology);
  SiteFacts facts;
  facts.measured = measured;
  facts.contract = site.contract;
  Availability availability;
  if (const auto line = input.lines.find(id); line != input.lines.end()) {
    availability = measure(line->second.timeline, {input.span},
                           open_within(input.span, input.opening, office_hours_of(input.registry, id, day)));
    facts.availability = &availability;
    facts.last_seen = line->second.last_seen;
    // What came after the period is no sign of life in it.
    if (facts.last_seen && *facts.last_seen > input.span.end) facts.last_seen = input.span.end;
  }
  site.technology = facts.technology();
  site.coverage = coverage_of(input.profile, facts, input.span.end, input.rules);
  return site;
}

}  // namespace

std::vector<CommuneCoverage> coverage_by_commune(const CoverageInput& input) {
  std::vector<CommuneCoverage> communes;
  if (input.span.empty()) return communes;
  const auto day = day_of(input.span.end - Milliseconds(1));
  std::map<registry::CommuneKey, std::set<std::string>> members;
  for (const auto& site : input.registry.sites()) {
    if (const auto* commune = input.registry.commune_of(site.id, day)) members[commune->key].insert(site.id);
  }
  for (const auto& [key, commune] : input.registry.communes()) {
    if (!commune.valid.holds(day)) continue;
    CommuneCoverage found;
    found.commune = key;
    found.name = commune.full_name();
    found.district_code = commune.district_code;
    found.province_code = commune.province_code;
    found.zone = input.registry.zone_of(key, day);
    found.villages = village_figures(input.registry, key, day);
    for (const auto& id : members[key]) {
      const auto measured = input.measured.find(id);
      const auto* figures = measured == input.measured.end() ? nullptr : &measured->second;
      auto site = cover(input, id, day, figures);
      found.state = std::min(found.state, site.coverage.state);
      found.liveness = std::min(found.liveness, site.coverage.liveness);
      if (!site.technology.empty()) found.technologies.insert(site.technology);
      if (figures != nullptr) {
        for (const auto& [name, ratio] : figures->services) found.services[name] += ratio;
        found.under_voltage += figures->under_voltage;
        found.on_mains += figures->on_mains;
      }
      found.sites.push_back(std::move(site));
    }
    communes.push_back(std::move(found));
  }
  return communes;
}

std::string unit_key(const CommuneCoverage& commune, By by) {
  if (by == By::district) return commune.district_code;
  if (by == By::zone) return commune.zone;
  if (by == By::province) return commune.province_code;
  return commune.commune.to_string();
}

std::map<std::string, CoverageCounts> count_coverage(const std::vector<CommuneCoverage>& communes, By by) {
  std::map<std::string, CoverageCounts> counts;
  for (const auto& commune : communes) {
    auto& unit = counts[unit_key(commune, by)];
    ++unit.communes[static_cast<std::size_t>(commune.state)];
    ++unit.by_liveness[static_cast<std::size_t>(commune.liveness)];
    unit.villages += commune.villages;
  }
  return counts;
}

}  // namespace xalink::meaning
