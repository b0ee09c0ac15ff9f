#include "gateway/meaning/village_counts.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "gateway/registry/field_text.hpp"

namespace xalink::meaning {

std::vector<VillageCount> newest_counts(std::vector<VillageCount> counts, registry::Date day) {
  std::ranges::sort(counts);
  std::map<std::tuple<std::string, std::string, std::string>, VillageCount> newest;
  for (auto& count : counts) {
    if (count.as_of > day) continue;
    const auto [place, is_new] = newest.try_emplace({count.commune, count.code_list, count.source}, count);
    if (is_new) continue;
    const VillageCount& kept = place->second;
    if (std::tie(kept.as_of, kept.recorded) <= std::tie(count.as_of, count.recorded)) {
      place->second = std::move(count);
    }
  }
  std::vector<VillageCount> kept;
  for (auto& [key, count] : newest) kept.push_back(std::move(count));
  return kept;
}

const registry::Commune* commune_of(const registry::Registry& registry, const VillageCount& count) {
  return registry.on(count.commune, registry::read_date(count.code_list).value_or(count.as_of));
}

}  // namespace xalink::meaning
