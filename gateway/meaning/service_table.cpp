#include "gateway/meaning/service_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace xalink::meaning {
namespace {

/// Since 2025-07-01 provinces have no districts: "08/", which is not the same as not knowing.
std::string district_key(const registry::Commune& commune) {
  return commune.province_code + "/" + commune.district_code;
}

bool all_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

std::string dossier_key(const DossierEvent& event) {
  const std::string& code = event.code;
  // <agency>-<day>-<number>, with 6 or 8 digits of day; or the 32 digits of a keyed hash.
  const auto last = code.rfind('-');
  const auto before = last == std::string::npos || last == 0 ? std::string::npos : code.rfind('-', last - 1);
  bool national = code.size() == 32 && all_of(code, "0123456789abcdef");
  if (before != std::string::npos && before > 0) {
    const std::string_view day = std::string_view(code).substr(before + 1, last - before - 1);
    national = national || (all_of(day, "0123456789") && (day.size() == 6 || day.size() == 8));
  }
  if (national) return code;
  return (event.agency.empty() ? "site " + event.site : "agency " + event.agency) + '\x1f' + code;
}

ServiceTable::ServiceTable(const ReportPeriod& period, WallTime now, const ServiceGround& ground)
    : period_(period), as_of_(std::min(period.to(), now)), ground_(ground) {
  tallies_[{Level::all, ""}];
  const registry::Period days{period.first, period.last};
  for (const auto& [key, commune] : ground.registry.communes()) {
    if (!commune.valid.overlaps(days)) continue;
    name(commune);
    const Date day = commune.valid.last ? std::min(*commune.valid.last, period.last) : period.last;
    for (const auto& unit : units_of("", &commune, day)) tallies_[unit];
  }
  for (const auto& site : ground.registry.sites()) {
    if (!site.valid.overlaps(days)) continue;
    tallies_[{Level::site, site.id}];
    names_[{Level::site, site.id}] = site.name;
  }
}

void ServiceTable::name(const registry::Commune& commune) {
  names_[{Level::commune, commune.key.to_string()}] = commune.full_name();
  names_[{Level::province, commune.province_code}] = commune.province;
  names_[{Level::district, district_key(commune)}] =
      commune.district_code.empty() ? commune.province + " (không có cấp huyện)" : commune.district;
}

std::vector<Unit> ServiceTable::units_of(const std::string& site, const registry::Commune* commune,
                                         Date day) const {
  std::vector<Unit> units{{Level::all, ""}};
  if (!site.empty()) units.push_back({Level::site, site});
  units.push_back({Level::province, commune == nullptr ? "" : commune->province_code});
  units.push_back({Level::district, commune == nullptr ? "" : district_key(*commune)});
  units.push_back({Level::zone, commune == nullptr ? "" : ground_.registry.zone_of(commune->key, day)});
  units.push_back({Level::commune, commune == nullptr ? "" : commune->key.to_string()});
  return units;
}

const std::vector<Unit>& ServiceTable::units_of(const std::string& site, Date day) {
  auto& days = units_of_site_[site];
  const auto [place, is_new] = days.try_emplace(day);
  if (is_new) {
    const auto* commune = ground_.registry.commune_of(site, day);
    if (commune != nullptr) name(*commune);
    place->second = units_of(site, commune, day);
  }
  return place->second;
}

template <class Change>
void ServiceTable::count(const Dossier& dossier, WallTime when, Change change) {
  for (const auto& unit : units_of(dossier.site, day_of(when))) change(tallies_[unit]);
  change(tallies_[{Level::procedure, dossier.procedure}]);
}

void ServiceTable::add(std::vector<DossierEvent> events) {
  const auto made = dossier_at(in_order(std::move(events)), as_of_);
  if (!made) return;
  ++dossiers_;
  const Dossier& dossier = *made;
  if (!dossier.accepted) {
    const WallTime first = dossier.history.front().from;
    if (in_period(first)) count(dossier, first, [](ServiceTally& tally) { ++tally.not_accepted; });
    return;
  }
  if (in_period(*dossier.accepted)) {
    OnlineLevel level = dossier.level;
    if (level == OnlineLevel::unknown) {
      const auto* procedure = ground_.procedures.find(dossier.procedure, day_of(*dossier.accepted));
      if (procedure != nullptr) level = procedure->online;
    }
    count(dossier, *dossier.accepted, [&](ServiceTally& tally) { tally.add_received(dossier, level); });
  }
  const bool ended_here = dossier.ended && in_period(*dossier.ended);
  if (!ended_here && !dossier.pending()) return;
  const auto office = ground_.registry.office_hours_of(dossier.site, day_of(*dossier.accepted));
  const auto judged = judge(dossier, as_of_, ground_.calendar, ground_.procedures, ground_.rules, office);
  if (ended_here) {
    JudgementRules first = ground_.rules;
    first.due_date = DueDate::first;
    const auto against_first = judge(dossier, as_of_, ground_.calendar, ground_.procedures, first, office);
    const Count working_days = ground_.calendar.working_days(*dossier.accepted, *dossier.ended);
    count(dossier, *dossier.ended,
          [&](ServiceTally& tally) { tally.add_resolved(dossier, judged, against_first, working_days); });
    return;
  }
  const WallTime last = as_of_ - Milliseconds(1);
  count(dossier, last, [&](ServiceTally& tally) { tally.add_pending(dossier, judged); });
  // Where the calendar ends, the date that was told is better than none.
  const auto moved = due_for_office(dossier, judged, as_of_, ground_.calendar, ground_.rules);
  const auto due = moved ? moved : judged.due;
  if (!due) return;
  const auto* commune = ground_.registry.commune_of(dossier.site, day_of(last));
  const bool ahead = day_of(last) <= day_of(*due);
  due_.push_back({dossier.code, dossier.procedure, dossier.site,
                  commune == nullptr ? "" : commune->key.to_string(), *due,
                  ahead ? ground_.calendar.working_days(last, *due)
                        : -std::max<std::int64_t>(ground_.calendar.working_days(*due, last), 1),
                  dossier.state == DossierState::supplement_requested});
}

void ServiceTable::add(const SatisfactionCount& answers) {
  const auto* commune = answers.commune.empty() ? ground_.registry.commune_of(answers.site, answers.last)
                                                : ground_.registry.on(answers.commune, answers.last);
  if (commune != nullptr) name(*commune);
  for (const auto& unit : units_of(answers.site, commune, answers.last)) {
    auto& tally = tallies_[unit];
    if (answers.satisfied) {
      tally.answers += answers.answers;
      tally.satisfied += *answers.satisfied;
    }
    if (answers.asked) {
      tally.answers_of_asked += answers.answers;
      tally.asked += *answers.asked;
    }
  }
}

ServiceTally ServiceTable::tally(const Unit& unit) const {
  const auto found = tallies_.find(unit);
  return found == tallies_.end() ? ServiceTally{} : found->second;
}

std::string ServiceTable::name_of(const Unit& unit) const {
  const auto found = names_.find(unit);
  if (found != names_.end() && !found->second.empty()) return found->second;
  if (unit.level == Level::procedure) {
    const auto* procedure = ground_.procedures.find(unit.key, period_.last);
    if (procedure != nullptr && !procedure->name.empty()) return procedure->name;
  }
  return unit.key;
}

std::vector<DueDossier> ServiceTable::due_within(std::int64_t working_days) const {
  std::vector<DueDossier> soon;
  std::ranges::copy_if(due_, std::back_inserter(soon),
                       [&](const DueDossier& each) { return each.working_days_left <= working_days; });
  std::ranges::sort(soon, {},
                    [](const DueDossier& each) { return std::tie(each.due, each.code, each.site); });
  return soon;
}

}  // namespace xalink::meaning
