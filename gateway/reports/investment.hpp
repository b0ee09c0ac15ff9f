#pragma once
// Where to invest first, and in what: communes ranked by need, with the evidence for it. Pure: the same
// evidence and weights give the same ranking.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/cause.hpp"
#include "gateway/reports/document.hpp"
#include "sparkplug/said.hpp"

namespace xalink::reports {

/// What need is made of. Each is 0 (none) to 1 (as bad as the scale goes), by a fixed scale: a commune's need
/// does not change because another one's does.
enum class Criterion : std::uint8_t {
  availability,     ///< shortfall of availability in office hours below 99.5 %; 25 points and more are 1
  coverage,         ///< shortfall below the threshold profile, 0 to 1
  villages,         ///< share of villages without signal; those with gaps count half
  power,            ///< share of villages without grid power
  dossiers,         ///< share of dossiers delayed while the office was offline; a fifth and more is 1
  population,       ///< people; 10,000 and more are 1
  ethnic_minority,  ///< their share of the people
  zone,             ///< III is 1, II two thirds, I one third, none 0
};
inline constexpr std::size_t kCriteria = 8;
[[nodiscard]] std::string_view to_string(Criterion criterion);
[[nodiscard]] std::optional<Criterion> criterion_named(std::string_view name);
[[nodiscard]] Said words_of(Criterion criterion);

/// Not negative, not all 0. Only their proportions count.
using Weights = std::array<double, kCriteria>;
inline constexpr Weights kUsualWeights{25, 20, 15, 10, 10, 5, 5, 10};

/// What the need for investment is mostly of.
enum class Investment : std::uint8_t {
  power,          ///< UPS or solar power
  last_mile,      ///< another or a better line to the office
  satellite,      ///< the same where no network on the ground is near
  backhaul,       ///< the provider's network behind the line
  service_owner,  ///< none in the commune: who runs the public service
  gateway,        ///< none in the commune: the province's own gateway
  board,          ///< the measuring board
  coverage,       ///< no outages to speak of, but a line below the thresholds
  villages,       ///< the office is well connected, its villages are not
  find_cause,     ///< no cause takes two fifths of the outages
  none,           ///< nothing in this evidence asks for one
};
[[nodiscard]] std::string_view to_string(Investment kind);
[[nodiscard]] Said words_of(Investment kind);

/// What the registry says of the lines of a commune's sites. Empty: not given.
struct ContractedLines {
  Said lines;                                   ///< "4G Viettel, fibre VNPT"
  std::optional<double> down_mbps;              ///< of the fastest
  std::optional<double> up_mbps;                ///< of the same
  std::optional<std::int64_t> price_vnd_month;  ///< of all; nothing where one has no price
};

/// Of one commune. What is not told is no evidence: neither for need nor against it.
struct CommuneEvidence {
  std::string key;
  Said name;
  Said unit;         ///< the larger one that it is counted in
  std::string zone;  ///< I, II, III, none; empty: not told
  std::optional<bool> border;
  std::optional<Place> place;
  std::optional<double> completeness;                     ///< share of the period that is known, 0 to 1
  std::optional<double> availability;                     ///< in office hours, 0 to 1
  std::array<Milliseconds, meaning::kCauseCount> down{};  ///< all hours
  std::optional<double> coverage_gap;                     ///< 0 to 1
  std::optional<std::int64_t> villages;                   ///< surveyed
  std::int64_t villages_without_signal = 0;
  std::int64_t villages_with_gaps = 0;
  std::optional<std::int64_t> villages_power_told;  ///< villages of which it is told
  std::int64_t villages_without_power = 0;
  std::optional<Date> newest_survey;
  ContractedLines contract;
  std::string programmes;  ///< "1719; VTCI"; empty: not given
  std::optional<std::int64_t> dossiers;
  std::int64_t dossiers_delayed = 0;  ///< while the office was offline
  std::optional<std::int64_t> population;
  std::optional<double> ethnic_minority_percent;
};

/// Time of outages, whatever their cause; time that was switched off on purpose is none.
[[nodiscard]] Milliseconds outage_time(const CommuneEvidence& commune);

/// Need, not rank: it does not depend on how many communes there are.
[[nodiscard]] State need_state(double score);

struct RankedCommune {
  const CommuneEvidence* evidence = nullptr;
  int rank = 0;      ///< communes whose scores are equal to two digits share one, and the next is left out
  double score = 0;  ///< 0 to 100
  std::array<std::optional<double>, kCriteria> need;  ///< 0 to 1; nothing: no evidence
  double evidence_share = 0;                          ///< of the weights, 0 to 1
  Investment kind = Investment::none;
  std::optional<meaning::Cause> cause;  ///< that took most of the outages
  double cause_share = 0;               ///< of the time of outages, 0 to 1
};

/// How the first ten change when one weight does.
struct Sensitivity {
  Criterion criterion = Criterion::availability;
  double factor = 1;                 ///< 0.8 or 1.2
  std::vector<std::string> entered;  ///< keys
  std::vector<std::string> left;
  int largest_move = 0;  ///< ranks, of those that were among the first ten
};

struct Ranking {
  std::vector<RankedCommune> ranked;             ///< by rank, then key
  std::vector<const CommuneEvidence*> unranked;  ///< too little is known: never ranked as fine. By key
  std::vector<Sensitivity> sensitivity;          ///< two for each criterion
};

/// Less of the period known than this, and a commune is not ranked.
inline constexpr double kLeastCompleteness = 0.10;
inline constexpr std::size_t kFirst = 10;

/// score = 100 * sum(weight * need) / sum(weight), over the criteria of which there is evidence. `communes`
/// outlives the ranking.
[[nodiscard]] Ranking rank(const std::vector<CommuneEvidence>& communes,
                           const Weights& weights = kUsualWeights);

}  // namespace xalink::reports
