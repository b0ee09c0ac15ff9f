#pragma once
// Villages as an agency's small tables count them, commune by commune, beside the registry's surveys of
// single villages. The two are never added: they are about the same villages.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/registry/registry.hpp"
#include "sparkplug/clock.hpp"

namespace xalink::meaning {

/// One row: group "Villages" of device "indicators".
struct VillageCount {
  std::string commune;    ///< code
  std::string code_list;  ///< that the code is of; a day, or the agency's name for it
  registry::Date as_of;   ///< of the survey or declaration
  std::string source;
  std::int64_t villages = 0;
  std::optional<std::int64_t> no_signal;
  std::optional<std::int64_t> gaps;
  std::optional<std::int64_t> no_power;
  WallTime recorded{};
  friend bool operator==(const VillageCount&, const VillageCount&) = default;
  friend auto operator<=>(const VillageCount&, const VillageCount&) = default;
};

/// Of each commune, list and source the newest count up to that day; of one that was told again, by whichever
/// board, the one taken last. By commune, list and source.
[[nodiscard]] std::vector<VillageCount> newest_counts(std::vector<VillageCount> counts, registry::Date day);

/// The unit that a count is of: the one that had the code on the day that the list names, else on the day of
/// the survey. Null: none had it.
[[nodiscard]] const registry::Commune* commune_of(const registry::Registry& registry,
                                                  const VillageCount& count);

}  // namespace xalink::meaning
