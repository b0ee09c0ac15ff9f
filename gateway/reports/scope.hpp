#pragma once
// What a report's rows are about: communes, or what they belong to.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"

namespace xalink::reports {

/// --by. A region is the zone (khu vực) I, II or III.
enum class Scope : std::uint8_t { commune, district, region, province };

[[nodiscard]] std::string_view to_string(Scope scope);
[[nodiscard]] std::optional<Scope> scope_named(std::string_view name);
/// For headings: "Commune", "Xã".
[[nodiscard]] Said heading_of(Scope scope);
/// As a parameter of the report.
[[nodiscard]] Fact fact_of(Scope scope);

struct Unit {
  std::string key;  ///< unique within the scope; empty: what the registry does not tell
  Said name;
  std::optional<Place> place;  ///< of a larger unit, the mean of its communes' points
};

/// Units of one day. Refers to the registry, which outlives it.
class Units {
 public:
  Units(const registry::Registry& registry, Scope scope, Date day);

  /// Null: the unit of what is in no commune of the registry.
  [[nodiscard]] Unit of(const registry::Commune* commune) const;
  /// By key, of the communes that are in force on the day.
  [[nodiscard]] const std::map<std::string, Unit>& all() const { return units_; }

 private:
  [[nodiscard]] Unit named(const registry::Commune& commune) const;

  const registry::Registry& registry_;
  Scope scope_;
  Date day_;
  std::map<std::string, Unit> units_;
};

/// "xã Lũng Cú (Đồng Văn)".
[[nodiscard]] Said name_of(const registry::Commune& commune);
[[nodiscard]] std::optional<Place> place_of(const registry::Commune& commune);
/// "I", "III", "none" as they are shown.
[[nodiscard]] Said zone_name(std::string_view zone);

}  // namespace xalink::reports
