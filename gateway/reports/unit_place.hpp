#pragma once
// Names and places of the units that availability and coverage are reckoned for.

#include <map>
#include <optional>
#include <string>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports {

[[nodiscard]] meaning::By by_of(Scope scope);

/// Units of the whole period: over a merger the old ones and the new ones.
class UnitPlaces {
 public:
  /// `registry` outlives it.
  UnitPlaces(const registry::Registry& registry, Scope scope, const meaning::ReportPeriod& period);
  [[nodiscard]] Said name_of(const meaning::UnitAvailability& unit) const;
  [[nodiscard]] std::optional<Place> place_of(const meaning::UnitAvailability& unit) const;

 private:
  [[nodiscard]] const Unit* find(const std::string& key) const;
  const registry::Registry& registry_;
  Scope scope_;
  std::map<std::string, Unit> units_;
};

}  // namespace xalink::reports
