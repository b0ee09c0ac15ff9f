#pragma once
// What the connection of a site or commune is worth, by a profile of requirements.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/availability.hpp"
#include "gateway/meaning/site_measures.hpp"
#include "gateway/meaning/threshold_profiles.hpp"
#include "gateway/registry/registry.hpp"

namespace xalink::meaning {

/// From the best to the worst; what nobody measured comes last and is not bad.
enum class CoverageState : std::uint8_t { good, limited, bad, no_recent_data };
enum class Liveness : std::uint8_t { live, at_risk, silent };
[[nodiscard]] std::string_view to_string(CoverageState state);
[[nodiscard]] std::string_view to_string(Liveness liveness);

/// Giga's: live up to 21 days after the last record, at risk up to 28, then silent (domain.md, 4.3).
struct LivenessRules {
  std::chrono::days live{21};
  std::chrono::days at_risk{28};
};
/// `at`: the end of the period. Who was never heard of is silent.
[[nodiscard]] Liveness liveness_of(std::optional<WallTime> last_seen, WallTime at,
                                   const LivenessRules& rules = {});

struct Judged {
  enum class Outcome : std::uint8_t {
    good,
    limited,
    bad,
    not_measured,
    does_not_apply,  ///< meant for another technology
  };
  const Requirement* requirement = nullptr;  ///< of the profile, which outlives this
  Outcome outcome = Outcome::not_measured;
  std::optional<double> measured;
  std::uint64_t measurements = 0;  ///< of speed, round trips, loss; 0 for availability
};

struct SiteCoverage {
  CoverageState state = CoverageState::no_recent_data;
  Liveness liveness = Liveness::silent;
  std::vector<Judged> requirements;  ///< in the profile's order
};

struct SiteFacts {
  const Availability* availability = nullptr;
  const MeasuredFigures* measured = nullptr;
  std::optional<WallTime> last_seen;
  const registry::Line* contract = nullptr;  ///< null: none is registered
  /// As measured, else as contracted; empty: nobody knows. Then what is meant for some technologies only does
  /// not apply.
  [[nodiscard]] std::string technology() const;
};

/// The rules:
/// - silent, or no requirement that applies was measured: no recent data;
/// - every one that was measured is good: good;
/// - none of them is better than bad: bad;
/// - else limited. Where a requirement has a bound for limited, below it the site is bad whatever the others
///   say.
[[nodiscard]] SiteCoverage coverage_of(const ThresholdProfile& profile, const SiteFacts& facts, WallTime at,
                                       const LivenessRules& rules = {});

/// Of a commune: as its best site; no recent data without one.
[[nodiscard]] CoverageState best(const std::vector<CoverageState>& sites);

/// The contract of a site on a day: of several that of this technology, else the fastest.
[[nodiscard]] const registry::Line* contract_of(const registry::Registry& registry, std::string_view site,
                                                registry::Date day, std::string_view technology);

/// Villages as the newest survey of each up to a day declares them.
struct VillageFigures {
  std::uint64_t surveyed = 0;
  std::uint64_t without_signal = 0;  ///< trắng sóng
  std::uint64_t with_gaps = 0;       ///< lõm sóng
  std::uint64_t covered = 0;
  std::uint64_t without_power = 0;  ///< no grid power, whatever the signal
  /// Of without_signal, as the ministry divides them; they add up to it.
  std::uint64_t hard_area_with_power = 0;
  std::uint64_t other_with_power = 0;
  std::uint64_t no_power = 0;
  std::uint64_t power_not_told = 0;
  std::optional<registry::Date> oldest_survey;
  std::optional<registry::Date> newest_survey;
  VillageFigures& operator+=(const VillageFigures& other);
  friend bool operator==(const VillageFigures&, const VillageFigures&) = default;
};
[[nodiscard]] VillageFigures village_figures(const registry::Registry& registry,
                                             const registry::CommuneKey& commune, registry::Date day);

}  // namespace xalink::meaning
