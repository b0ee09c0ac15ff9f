#include "gateway/registry/registry.hpp"

#include <algorithm>

namespace xalink::registry {
namespace {

std::optional<Date> day(const Entry& entry, std::string_view column) {
  return read_date(entry.at(column));
}
std::optional<bool> flag(const Entry& entry, std::string_view column) {
  const auto& text = entry.at(column);
  return text.empty() ? std::nullopt : std::optional(text == "yes");
}

Commune commune(const Entry& entry) {
  Commune made;
  made.key = commune_key_of(entry);
  made.valid = period_of(entry, "valid_from", "valid_to");
  made.type = entry.at("type");
  made.name = entry.at("name");
  made.name_english = entry.at("name_en");
  made.district_code = entry.at("district_code");
  made.district = entry.at("district");
  made.province_code = entry.at("province_code");
  made.province = entry.at("province");
  made.latitude = read_decimal(entry.at("latitude"));
  made.longitude = read_decimal(entry.at("longitude"));
  made.area_km2 = read_decimal(entry.at("area_km2"));
  made.successors = successors_of(entry);
  made.border = flag(entry, "border");
  made.population = read_whole(entry.at("population"));
  made.ethnic_minority_percent = read_decimal(entry.at("ethnic_minority_percent"));
  made.programmes = entry.at("programmes");
  return made;
}

Village village(const Entry& entry) {
  return {commune_key_of(entry),
          entry.at("village"),
          *day(entry, "date"),
          entry.at("coverage"),
          flag(entry, "grid_power"),
          flag(entry, "hard_area"),
          read_whole(entry.at("households")),
          entry.at("source")};
}

Site site(const Entry& entry) {
  return {entry.at("site"),
          commune_key_of(entry),
          period_of(entry, "from", "to"),
          entry.at("name"),
          entry.at("role"),
          read_decimal(entry.at("latitude")),
          read_decimal(entry.at("longitude")),
          entry.at("office_hours")};
}

Line line(const Entry& entry) {
  return {entry.at("site"),
          period_of(entry, "from", "to"),
          entry.at("technology"),
          entry.at("provider"),
          read_decimal(entry.at("down_mbps")),
          read_decimal(entry.at("up_mbps")),
          read_whole(entry.at("price_vnd_month"))};
}

}  // namespace

std::string CommuneKey::to_string() const {
  return code + "@" + (valid_from ? date_text(*valid_from) : "");
}

CommuneKey commune_key_of(const Entry& entry) {
  return {entry.at("code"), day(entry, "valid_from")};
}

Period period_of(const Entry& entry, std::string_view first, std::string_view last) {
  return {day(entry, first), day(entry, last)};
}

std::vector<CommuneKey> successors_of(const Entry& commune) {
  std::vector<CommuneKey> keys;
  for (const auto& part : split(commune.at("successors"), ';')) {
    const auto at = part.find('@');
    if (at == std::string::npos) continue;
    keys.push_back({part.substr(0, at), read_date(std::string_view(part).substr(at + 1))});
  }
  return keys;
}

Registry::Registry(const std::vector<Entry>& entries) {
  for (const auto& entry : entries) {
    switch (entry.kind) {
      case Kind::communes: {
        auto made = commune(entry);
        communes_.emplace(made.key, std::move(made));
        break;
      }
      case Kind::zones:
        zones_.push_back({commune_key_of(entry), entry.at("zone"), period_of(entry, "zone_from", "zone_to"),
                          entry.at("decision")});
        break;
      case Kind::villages: villages_.push_back(village(entry)); break;
      case Kind::sites: sites_.push_back(site(entry)); break;
      case Kind::lines: lines_.push_back(line(entry)); break;
      // What is said of services is read where it is used, gateway/meaning/.
      case Kind::calendar:
      case Kind::office_hours:
      case Kind::procedures:
      case Kind::official:
      case Kind::tasks:
      case Kind::targets:
      case Kind::scores:
      case Kind::score_bands: break;
    }
  }
  for (const auto& [key, old] : communes_) {
    for (const auto& successor : old.successors) {
      const auto found = communes_.find(successor);
      if (found != communes_.end()) found->second.predecessors.push_back(key);
    }
  }
}

const Commune* Registry::find(const CommuneKey& key) const {
  const auto found = communes_.find(key);
  return found == communes_.end() ? nullptr : &found->second;
}

const Commune* Registry::on(std::string_view code, Date day) const {
  for (auto at = communes_.lower_bound({std::string(code), std::nullopt});
       at != communes_.end() && at->first.code == code; ++at) {
    if (at->second.valid.holds(day)) return &at->second;
  }
  return nullptr;
}

const Commune* Registry::commune_of(std::string_view site, Date day) const {
  const auto row = std::ranges::find_if(
      sites_, [&](const Site& each) { return each.id == site && each.valid.holds(day); });
  if (row == sites_.end()) return nullptr;
  const Commune* commune = find(row->commune);
  // A chain of mergers is no longer than the list of units; a circle would be one.
  for (std::size_t step = 0; commune != nullptr && !commune->valid.holds(day); ++step) {
    if (commune->successors.size() != 1 || step > communes_.size() ||
        (commune->valid.first && day < *commune->valid.first)) {
      return nullptr;
    }
    commune = find(commune->successors.front());
  }
  return commune;
}

std::string Registry::office_hours_of(std::string_view site, Date day) const {
  const auto row = std::ranges::find_if(
      sites_, [&](const Site& each) { return each.id == site && each.valid.holds(day); });
  return row == sites_.end() ? std::string() : row->office_hours;
}

std::string Registry::zone_of(const CommuneKey& commune, Date day) const {
  for (const auto& zone : zones_) {
    if (zone.commune == commune && zone.valid.holds(day)) return zone.zone;
  }
  return {};
}

std::vector<const Village*> Registry::villages_of(const CommuneKey& commune, Date day) const {
  std::map<std::string_view, const Village*> newest;
  for (const auto& village : villages_) {
    if (village.commune != commune || village.surveyed > day) continue;
    auto& kept = newest[village.name];
    if (kept == nullptr || kept->surveyed < village.surveyed) kept = &village;
  }
  std::vector<const Village*> villages;
  for (const auto& [name, village] : newest) villages.push_back(village);
  return villages;
}

}  // namespace xalink::registry
