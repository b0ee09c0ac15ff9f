#pragma once
// Coverage by commune, and how many communes are in which state by district, zone and province.

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/coverage.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "gateway/registry/registry.hpp"

namespace xalink::meaning {

using SiteMeasurements = std::map<std::string, MeasuredFigures>;

struct CoveredSite {
  std::string site;
  SiteCoverage coverage;
  std::string technology;  ///< as measured, else as contracted; empty: nobody knows
  const registry::Line* contract =
      nullptr;  ///< of the period's last day; of the registry, which outlives this
};

struct CommuneCoverage {
  registry::CommuneKey commune;
  std::string name;  ///< "xã Lũng Cú"
  std::string district_code;
  std::string province_code;
  std::string zone;  ///< empty: not told
  CoverageState state = CoverageState::no_recent_data;
  Liveness liveness = Liveness::silent;   ///< of the site that was heard of last
  std::vector<CoveredSite> sites;         ///< by id
  std::set<std::string> technologies;     ///< of its sites
  std::map<std::string, Ratio> services;  ///< over its sites, by name
  Ratio under_voltage;                    ///< likewise
  Ratio on_mains;
  VillageFigures villages;
};

struct CoverageInput {
  const registry::Registry& registry;
  const SiteTimelines& lines;
  const SiteMeasurements& measured;
  const ThresholdProfile& profile;
  Interval span;  ///< the period, up to now
  const OpeningTimes& opening;
  LivenessRules rules{};
};

/// The communes that are valid on the last day of the span, in the order of their keys, with the sites that
/// belong to them on that day: coverage is a state, and that is when it is. A site is judged by the whole
/// span, also by its days in a commune that was merged into this one: the line is the same. A commune is as
/// good as its best site.
[[nodiscard]] std::vector<CommuneCoverage> coverage_by_commune(const CoverageInput& input);

/// How many communes are in each state, by index of CoverageState.
struct CoverageCounts {
  std::array<std::uint64_t, 4> communes{};
  std::array<std::uint64_t, 3> by_liveness{};
  VillageFigures villages;
  [[nodiscard]] std::uint64_t all() const { return communes[0] + communes[1] + communes[2] + communes[3]; }
};
/// Of the unit that a commune belongs to: UnitAvailability::key.
[[nodiscard]] std::string unit_key(const CommuneCoverage& commune, By by);
/// By unit_key(); every commune once.
[[nodiscard]] std::map<std::string, CoverageCounts> count_coverage(
    const std::vector<CommuneCoverage>& communes, By by);

}  // namespace xalink::meaning
