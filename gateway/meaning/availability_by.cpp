#include "gateway/meaning/availability_by.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "gateway/meaning/period.hpp"

namespace xalink::meaning {
namespace {

using registry::Commune;
using registry::Date;
using registry::Registry;

constexpr std::array<std::string_view, 5> kZones = {"I", "II", "III", "none", ""};

Interval day_in(Date day, const Interval& period) {
  return common_part({start_of(day), start_of(day + std::chrono::days(1))}, period);
}

std::vector<Date> days_of(const Interval& period) {
  std::vector<Date> days;
  if (period.empty()) return days;
  const auto last = day_of(period.end - Milliseconds(1));
  for (auto day = day_of(period.begin); day <= last; day += std::chrono::days(1)) days.push_back(day);
  return days;
}

const registry::Site* row_of(const Registry& registry, std::string_view site, Date day) {
  const auto row = std::ranges::find_if(
      registry.sites(), [&](const registry::Site& each) { return each.id == site && each.valid.holds(day); });
  return row == registry.sites().end() ? nullptr : &*row;
}

std::set<std::string> registered(const Registry& registry) {
  std::set<std::string> ids;
  for (const auto& site : registry.sites()) ids.insert(site.id);
  return ids;
}

// What is gathered of one commune, or of one site by itself.
struct Whole {
  std::map<std::string, std::vector<Interval>> sites;  // when each belonged to it
  std::vector<Interval> office;
};

class ByUnit {
 public:
  ByUnit(const Registry& registry, const SiteTimelines& sites, const Interval& period,
         const OpeningTimes& opening)
      : registry_(registry), sites_(sites), period_(period), opening_(opening), days_(days_of(period)) {}

  std::vector<UnitAvailability> by_site() {
    auto ids = registered(registry_);
    for (const auto& [id, timeline] : sites_) ids.insert(id);
    std::vector<UnitAvailability> units;
    const auto known = registered(registry_);
    for (const auto& id : ids) {
      UnitAvailability unit;
      unit.key = id;
      unit.sites = {id};
      Whole whole;
      std::vector<Interval> scope;
      for (const auto day : days_) {
        const auto* row = row_of(registry_, id, day);
        if (row == nullptr && known.contains(id)) continue;
        const auto span = day_in(day, period_);
        scope.push_back(span);
        if (row != nullptr) unit.name = row->name;
        add_office(whole.office, span, row == nullptr ? std::string() : row->office_hours);
      }
      if (scope.empty()) continue;
      whole.sites[id] = united(scope);
      add(unit, whole, united(std::move(scope)));
      units.push_back(std::move(unit));
    }
    return units;
  }

  std::vector<UnitAvailability> by_commune(By by) {
    gather_members();
    std::map<std::pair<std::size_t, std::string>, UnitAvailability> units;
    for (const auto& [key, commune] : registry_.communes()) {
      std::map<std::string, std::vector<Interval>> scopes;
      auto& whole = wholes_[key];
      for (const auto day : days_) {
        if (!commune.valid.holds(day)) continue;
        const auto span = day_in(day, period_);
        scopes[key_of(by, commune, day)].push_back(span);
        if (!served_days_.contains({key, day})) add_office(whole.office, span, {});
      }
      for (auto& [group, scope] : scopes) {
        auto& unit = units[{order_of(by, group), group}];
        unit.key = group;
        name(unit, by, commune);
        ++unit.communes;
        const auto before = unit.availability.all_hours.known();
        add(unit, whole, united(std::move(scope)));
        if (unit.availability.all_hours.known() == before) ++unit.communes_without_data;
      }
    }
    std::vector<UnitAvailability> all;
    for (auto& [key, unit] : units) {
      std::ranges::sort(unit.sites);
      unit.sites.erase(std::unique(unit.sites.begin(), unit.sites.end()), unit.sites.end());
      all.push_back(std::move(unit));
    }
    return all;
  }

 private:
  void add_office(std::vector<Interval>& office, const Interval& span, const std::string& hours) const {
    const auto open = open_within(span, opening_, hours);
    office.insert(office.end(), open.begin(), open.end());
  }

  void gather_members() {
    for (const auto& id : registered(registry_)) {
      for (const auto day : days_) {
        const Commune* commune = registry_.commune_of(id, day);
        const auto* row = row_of(registry_, id, day);
        if (commune == nullptr || row == nullptr) continue;
        auto& whole = wholes_[commune->key];
        const auto span = day_in(day, period_);
        whole.sites[id].push_back(span);
        add_office(whole.office, span, row->office_hours);
        served_days_.emplace(commune->key, day);
      }
    }
    for (auto& [key, whole] : wholes_) {
      for (auto& [id, when] : whole.sites) when = united(std::move(when));
    }
  }

  // The part of the whole that lies in the scope.
  void add(UnitAvailability& unit, const Whole& whole, const std::vector<Interval>& scope) const {
    static const Timeline kNothing;
    std::vector<Member> members;
    for (const auto& [id, when] : whole.sites) {
      auto within = common_parts(when, scope);
      if (within.empty()) continue;
      unit.sites.push_back(id);
      const auto found = sites_.find(id);
      if (found != sites_.end()) unit.records += found->second.records_in(within);
      members.push_back({id, found == sites_.end() ? &kNothing : &found->second.timeline, std::move(within)});
    }
    unit.availability += measure(merged(members, period_), scope, united(whole.office));
  }

  [[nodiscard]] std::string key_of(By by, const Commune& commune, Date day) const {
    switch (by) {
      case By::district: return commune.district_code;
      case By::zone: return registry_.zone_of(commune.key, day);
      case By::province: return commune.province_code;
      default: return commune.key.to_string();
    }
  }
  static std::size_t order_of(By by, const std::string& key) {
    if (by != By::zone) return 0;
    return static_cast<std::size_t>(std::ranges::find(kZones, key) - kZones.begin());
  }
  static void name(UnitAvailability& unit, By by, const Commune& commune) {
    switch (by) {
      case By::district: unit.name = commune.district; break;
      case By::province: unit.name = commune.province; break;
      case By::commune:
        unit.name = commune.full_name();
        unit.commune = commune.key;
        break;
      default: break;
    }
  }

  const Registry& registry_;
  const SiteTimelines& sites_;
  Interval period_;
  const OpeningTimes& opening_;
  std::vector<Date> days_;
  std::map<registry::CommuneKey, Whole> wholes_;
  std::set<std::pair<registry::CommuneKey, Date>> served_days_;
};

}  // namespace

Interval up_to_now(const Interval& period, WallTime now) {
  return {period.begin, std::max(period.begin, std::min(period.end, now))};
}

SiteEvidence::Counts SiteTimeline::records_in(const std::vector<Interval>& when) const {
  SiteEvidence::Counts sum;
  for (const auto& [day, counts] : records) {
    const auto at = start_of(day);
    const auto holds = [&](const Interval& span) { return span.begin <= at && at < span.end; };
    if (std::ranges::any_of(when, holds)) sum += counts;
  }
  return sum;
}

SiteTimeline site_timeline(const SiteEvidence& evidence, const Interval& period, WallTime now) {
  SiteTimeline site;
  const auto until = up_to_now(period, now);
  site.outages = outages_of(evidence, now);
  site.timeline = timeline_of(evidence, site.outages, until);
  std::erase_if(site.outages, [&](const SiteOutage& outage) { return !outage.span.overlaps(until); });
  site.records = evidence.counts_by_day();
  site.last_seen = evidence.last_seen();
  return site;
}

std::vector<UnitAvailability> availability_by(By by, const Registry& registry, const SiteTimelines& sites,
                                              const Interval& period, const OpeningTimes& opening) {
  ByUnit units(registry, sites, period, opening);
  return by == By::site ? units.by_site() : units.by_commune(by);
}

}  // namespace xalink::meaning
