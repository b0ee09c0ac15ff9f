#include "gateway/meaning/coverage.hpp"

#include <algorithm>
#include <tuple>

namespace xalink::meaning {
namespace {

using Outcome = Judged::Outcome;

struct Reading {
  std::optional<double> value;
  std::uint64_t measurements = 0;
};

Reading reading_of(const Distribution& values, Statistic statistic) {
  return {values.statistic(statistic), values.count()};
}

Reading share_of(Reading reading, std::optional<double> promised) {
  if (!promised || *promised <= 0) return {};
  if (reading.value) *reading.value /= *promised;
  return reading;
}

Reading read(const Requirement& requirement, const SiteFacts& facts) {
  if (requirement.measure == Measure::availability_percent) {
    if (facts.availability == nullptr) return {};
    const auto& kind = requirement.availability;
    const auto& tally = kind.office_hours ? facts.availability->office_hours : facts.availability->all_hours;
    const auto share = availability(tally, kind.base, kind.demand).value();
    return {share ? std::optional(*share * 100) : std::nullopt, 0};
  }
  if (facts.measured == nullptr) return {};
  const auto& measured = *facts.measured;
  const auto* contract = facts.contract;
  const auto of = [&](const Distribution& values) { return reading_of(values, requirement.statistic); };
  switch (requirement.measure) {
    case Measure::download_mbps: return of(measured.download_mbps);
    case Measure::upload_mbps: return of(measured.upload_mbps);
    case Measure::download_of_contract:
      return share_of(of(measured.download_mbps), contract == nullptr ? std::nullopt : contract->down_mbps);
    case Measure::upload_of_contract:
      return share_of(of(measured.upload_mbps), contract == nullptr ? std::nullopt : contract->up_mbps);
    case Measure::rtt_ms: return of(measured.rtt_ms);
    case Measure::loss_percent: return of(measured.loss_percent);
    case Measure::availability_percent: break;
  }
  return {};
}

Judged judge(const Requirement& requirement, const SiteFacts& facts) {
  Judged judged;
  judged.requirement = &requirement;
  if (!requirement.applies_to(facts.technology())) {
    judged.outcome = Outcome::does_not_apply;
    return judged;
  }
  const auto reading = read(requirement, facts);
  judged.measured = reading.value;
  judged.measurements = reading.measurements;
  if (!reading.value) return judged;
  const auto reached = [&](double bound) {
    return is_better_low(requirement.measure) ? *reading.value <= bound : *reading.value >= bound;
  };
  judged.outcome = reached(requirement.good) ? Outcome::good : Outcome::bad;
  if (judged.outcome == Outcome::bad && requirement.limited && reached(*requirement.limited))
    judged.outcome = Outcome::limited;
  return judged;
}

CoverageState state_of(const std::vector<Judged>& requirements) {
  bool any_good = false;
  bool any_limited = false;
  bool any_bad = false;
  for (const auto& judged : requirements) {
    any_good = any_good || judged.outcome == Outcome::good;
    any_limited = any_limited || judged.outcome == Outcome::limited;
    any_bad = any_bad || judged.outcome == Outcome::bad;
    if (judged.outcome == Outcome::bad && judged.requirement->limited) return CoverageState::bad;
  }
  if (!any_good && !any_limited) return any_bad ? CoverageState::bad : CoverageState::no_recent_data;
  return any_limited || any_bad ? CoverageState::limited : CoverageState::good;
}

}  // namespace

std::string_view to_string(CoverageState state) {
  switch (state) {
    case CoverageState::good: return "good";
    case CoverageState::limited: return "limited";
    case CoverageState::bad: return "bad";
    case CoverageState::no_recent_data: return "no recent data";
  }
  return "no recent data";
}

std::string_view to_string(Liveness liveness) {
  switch (liveness) {
    case Liveness::live: return "live";
    case Liveness::at_risk: return "at risk";
    case Liveness::silent: return "silent";
  }
  return "silent";
}

Liveness liveness_of(std::optional<WallTime> last_seen, WallTime at, const LivenessRules& rules) {
  if (!last_seen || at - *last_seen > rules.at_risk) return Liveness::silent;
  return at - *last_seen > rules.live ? Liveness::at_risk : Liveness::live;
}

std::string SiteFacts::technology() const {
  if (measured != nullptr && !measured->technology.empty()) return measured->technology;
  return contract == nullptr ? std::string() : contract->technology;
}

SiteCoverage coverage_of(const ThresholdProfile& profile, const SiteFacts& facts, WallTime at,
                         const LivenessRules& rules) {
  SiteCoverage coverage;
  coverage.liveness = liveness_of(facts.last_seen, at, rules);
  for (const auto& requirement : profile.requirements)
    coverage.requirements.push_back(judge(requirement, facts));
  if (coverage.liveness != Liveness::silent) coverage.state = state_of(coverage.requirements);
  return coverage;
}

CoverageState best(const std::vector<CoverageState>& sites) {
  return sites.empty() ? CoverageState::no_recent_data : *std::ranges::min_element(sites);
}

const registry::Line* contract_of(const registry::Registry& registry, std::string_view site,
                                  registry::Date day, std::string_view technology) {
  const registry::Line* found = nullptr;
  const auto rank = [&](const registry::Line& line) {
    return std::tuple(line.technology == technology, line.down_mbps.value_or(0));
  };
  for (const auto& line : registry.lines()) {
    if (line.site != site || !line.valid.holds(day)) continue;
    if (found == nullptr || rank(*found) < rank(line)) found = &line;
  }
  return found;
}

VillageFigures& VillageFigures::operator+=(const VillageFigures& other) {
  surveyed += other.surveyed;
  without_signal += other.without_signal;
  with_gaps += other.with_gaps;
  covered += other.covered;
  without_power += other.without_power;
  hard_area_with_power += other.hard_area_with_power;
  other_with_power += other.other_with_power;
  no_power += other.no_power;
  power_not_told += other.power_not_told;
  if (other.oldest_survey)
    oldest_survey = std::min(oldest_survey.value_or(*other.oldest_survey), *other.oldest_survey);
  if (other.newest_survey)
    newest_survey = std::max(newest_survey.value_or(*other.newest_survey), *other.newest_survey);
  return *this;
}

VillageFigures village_figures(const registry::Registry& registry, const registry::CommuneKey& commune,
                               registry::Date day) {
  VillageFigures figures;
  for (const auto* village : registry.villages_of(commune, day)) {
    VillageFigures one;
    one.surveyed = 1;
    one.oldest_survey = one.newest_survey = village->surveyed;
    one.without_power = village->grid_power == false ? 1 : 0;
    if (village->coverage == "covered") {
      one.covered = 1;
    } else if (village->coverage == "partial") {
      one.with_gaps = 1;
    } else {
      one.without_signal = 1;
      if (!village->grid_power) {
        one.power_not_told = 1;
      } else if (!*village->grid_power) {
        one.no_power = 1;
      } else {
        (village->hard_area == true ? one.hard_area_with_power : one.other_with_power) = 1;
      }
    }
    figures += one;
  }
  return figures;
}

}  // namespace xalink::meaning
