#include "gateway/reports/investment_evidence.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "gateway/reports/technology_words.hpp"

namespace xalink::reports {
namespace {

/// The last day of which something has passed.
Date last_day(const OutageReportInput& ground) {
  return meaning::day_of(ground.span.end - Milliseconds(1));
}

double shortfall(const meaning::Judged& judged) {
  const double wanted = judged.requirement->good;
  const double measured = *judged.measured;
  if (is_better_low(judged.requirement->measure)) {
    return measured <= wanted || measured <= 0 ? 0 : 1 - wanted / measured;
  }
  return measured >= wanted || wanted <= 0 ? 0 : 1 - measured / wanted;
}

ContractedLines contracted(const registry::Registry& registry, const registry::Commune& commune, Date day) {
  ContractedLines all;
  std::set<std::pair<std::string, std::string>> lines;  // technology and provider
  std::int64_t price = 0;
  bool priced = true;
  for (const auto& line : registry.lines()) {
    if (!line.valid.holds(day) || registry.commune_of(line.site, day) != &commune) continue;
    lines.emplace(line.technology, line.provider);
    priced = priced && line.price_vnd_month.has_value();
    price += line.price_vnd_month.value_or(0);
    if (line.down_mbps && *line.down_mbps > all.down_mbps.value_or(-1)) {
      all.down_mbps = line.down_mbps;
      all.up_mbps = line.up_mbps;
    }
  }
  for (const auto& [technology, provider] : lines) {
    if (!all.lines.empty()) all.lines += Said::same(", ");
    all.lines += words_of_technology(technology) + (provider.empty() ? provider : " " + provider);
  }
  if (priced && !lines.empty()) all.price_vnd_month = price;
  return all;
}

}  // namespace

std::optional<double> shortfall_of(const meaning::SiteCoverage& coverage) {
  double sum = 0;
  int count = 0;
  for (const auto& judged : coverage.requirements) {
    if (!judged.measured || judged.requirement->measure == meaning::Measure::availability_percent) continue;
    sum += std::clamp(shortfall(judged), 0.0, 1.0);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::vector<CommuneEvidence> commune_evidence(const OutageReportInput& ground, const MeasuredSites& measured,
                                              const meaning::ThresholdProfile& profile) {
  const auto day = last_day(ground);
  const auto& registry = ground.registry;
  std::map<std::string, meaning::Availability> of_site;
  for (auto& unit :
       meaning::availability_by(meaning::By::site, registry, ground.sites, ground.span, ground.opening)) {
    of_site.emplace(unit.key, unit.availability);
  }
  const Units units(registry, ground.scope == Scope::commune ? Scope::province : ground.scope, day);
  std::vector<CommuneEvidence> communes;
  for (const auto& unit :
       meaning::availability_by(meaning::By::commune, registry, ground.sites, ground.span, ground.opening)) {
    const auto* commune = unit.commune ? registry.find(*unit.commune) : nullptr;
    if (commune == nullptr || !commune->valid.holds(day)) continue;
    CommuneEvidence evidence;
    evidence.key = unit.key;
    evidence.name = name_of(*commune);
    evidence.unit = units.of(commune).name;
    evidence.zone = registry.zone_of(commune->key, day);
    evidence.border = commune->border;
    evidence.place = place_of(*commune);
    const auto& all = unit.availability.all_hours;
    evidence.completeness = all.completeness().value();
    evidence.availability = availability(unit.availability.office_hours, meaning::Base::known_time).value();
    evidence.down = all.down;
    for (const auto& site : unit.sites) {
      const auto found = of_site.find(site);
      const auto figures = measured.find(site);
      const auto line = ground.sites.find(site);
      if (found == of_site.end() || figures == measured.end() || line == ground.sites.end()) continue;
      meaning::SiteFacts facts;
      facts.availability = &found->second;
      facts.measured = &figures->second;
      facts.last_seen = line->second.last_seen;
      facts.contract = meaning::contract_of(registry, site, day, facts.technology());
      const auto gap = shortfall_of(meaning::coverage_of(profile, facts, ground.span.end));
      if (gap) evidence.coverage_gap = std::min(*gap, evidence.coverage_gap.value_or(*gap));
    }
    const auto villages = meaning::village_figures(registry, commune->key, day);
    if (villages.surveyed > 0) {
      evidence.newest_survey = villages.newest_survey;
      evidence.villages = static_cast<std::int64_t>(villages.surveyed);
      evidence.villages_without_signal = static_cast<std::int64_t>(villages.without_signal);
      evidence.villages_with_gaps = static_cast<std::int64_t>(villages.with_gaps);
      const auto all_villages = registry.villages_of(commune->key, day);
      const auto told = std::ranges::count_if(
          all_villages, [](const registry::Village* village) { return village->grid_power.has_value(); });
      if (told > 0) evidence.villages_power_told = told;
      evidence.villages_without_power = static_cast<std::int64_t>(villages.without_power);
    }
    evidence.contract = contracted(registry, *commune, day);
    evidence.programmes = commune->programmes;
    evidence.population = commune->population;
    evidence.ethnic_minority_percent = commune->ethnic_minority_percent;
    communes.push_back(std::move(evidence));
  }
  return communes;
}

}  // namespace xalink::reports
