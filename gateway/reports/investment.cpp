#include "gateway/reports/investment.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "gateway/meaning/small_cells.hpp"

namespace xalink::reports {
namespace {

using meaning::Cause;

constexpr double kWantedAvailability = 0.995;  // QCVN 34
constexpr double kWorstShortfall = 0.25;
constexpr double kWorstDelayed = 0.20;
constexpr double kMostPeople = 10'000;
/// A cause with this share of the outages decides what is to be done.
constexpr double kDominating = 0.40;
/// Below this much of the hours that are asked for nobody invests.
constexpr double kNoOutages = 0.002;
constexpr double kNoGap = 0.05;
constexpr double kFewVillages = 0.10;
constexpr double kMostVillages = 0.50;

struct CriterionWords {
  std::string_view name;
  const char* english;
  const char* vietnamese;
};
constexpr std::array<CriterionWords, kCriteria> kCriterionWords{{
    {"availability", "Availability", "Độ khả dụng"},
    {"coverage", "Quality of the line", "Chất lượng đường truyền"},
    {"villages", "Villages without signal", "Thôn chưa có sóng"},
    {"power", "Villages without grid power", "Thôn chưa có điện lưới"},
    {"dossiers", "Dossiers delayed offline", "Hồ sơ chậm do mất kết nối"},
    {"population", "Population", "Dân số"},
    {"ethnic_minority", "Ethnic minorities", "Dân tộc thiểu số"},
    {"zone", "Region", "Khu vực"},
}};

struct KindWords {
  std::string_view name;
  const char* english;
  const char* vietnamese;
};
constexpr std::array<KindWords, 11> kKindWords{{
    {"power", "UPS or solar power", "Lưu điện (UPS) hoặc điện mặt trời"},
    {"last_mile", "line to the office", "đường truyền đến trụ sở"},
    {"satellite", "satellite", "vệ tinh"},
    {"backhaul", "provider's network", "mạng trục của nhà cung cấp"},
    {"service_owner", "owner of the service", "đơn vị chủ quản dịch vụ"},
    {"gateway", "the province's gateway", "máy chủ của tỉnh"},
    {"board", "measuring board", "máy đo"},
    {"coverage", "faster line", "nâng tốc độ đường truyền"},
    {"villages", "signal for villages", "phủ sóng thôn bản"},
    {"find_cause", "find the cause first", "tìm nguyên nhân trước"},
    {"none", "none", "chưa cần"},
}};

double limited(double share) {
  return std::clamp(share, 0.0, 1.0);
}

std::optional<double> village_need(const CommuneEvidence& commune) {
  if (commune.villages.value_or(0) <= 0) return std::nullopt;
  const auto bad = static_cast<double>(commune.villages_without_signal) +
                   0.5 * static_cast<double>(commune.villages_with_gaps);
  return limited(bad / static_cast<double>(*commune.villages));
}

std::optional<double> zone_need(const std::string& zone) {
  if (zone == "III") return 1.0;
  if (zone == "II") return 2.0 / 3;
  if (zone == "I") return 1.0 / 3;
  if (zone == "none") return 0.0;
  return std::nullopt;
}

std::optional<double> need_of(const CommuneEvidence& commune, Criterion criterion) {
  switch (criterion) {
    case Criterion::availability:
      if (!commune.availability) return std::nullopt;
      return limited((kWantedAvailability - *commune.availability) / kWorstShortfall);
    case Criterion::coverage:
      if (!commune.coverage_gap) return std::nullopt;
      return limited(*commune.coverage_gap);
    case Criterion::villages: return village_need(commune);
    case Criterion::power:
      if (commune.villages_power_told.value_or(0) <= 0) return std::nullopt;
      return limited(static_cast<double>(commune.villages_without_power) /
                     static_cast<double>(*commune.villages_power_told));
    case Criterion::dossiers:
      // Small counts are not shown: they may not follow from the points either.
      if (commune.dossiers.value_or(0) < meaning::kSmallestShown) return std::nullopt;
      if (meaning::is_small_cell(commune.dossiers_delayed)) return 0.0;
      return limited(static_cast<double>(commune.dossiers_delayed) / static_cast<double>(*commune.dossiers) /
                     kWorstDelayed);
    case Criterion::population:
      if (!commune.population) return std::nullopt;
      return limited(static_cast<double>(*commune.population) / kMostPeople);
    case Criterion::ethnic_minority:
      if (!commune.ethnic_minority_percent) return std::nullopt;
      return limited(*commune.ethnic_minority_percent / 100);
    case Criterion::zone: break;
  }
  return zone_need(commune.zone);
}

Investment kind_by(Cause cause) {
  switch (cause) {
    case Cause::switched_off: break;
    case Cause::power: return Investment::power;
    case Cause::board: return Investment::board;
    case Cause::modem:
    case Cause::link:
    case Cause::first_hop: return Investment::last_mile;
    case Cause::internet:
    case Cause::dns: return Investment::backhaul;
    case Cause::services: return Investment::service_owner;
    case Cause::gateway: return Investment::gateway;
  }
  return Investment::none;
}

/// Kinds, not single causes, compete: a line that fails now at the modem and now at the first hop is one
/// line.
void find_kind(RankedCommune& commune) {
  const auto& evidence = *commune.evidence;
  const auto all = outage_time(evidence);
  std::map<Investment, Milliseconds> kinds;
  Milliseconds most{0};
  for (std::size_t i = 0; i < meaning::kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (!is_outage(cause)) continue;
    kinds[kind_by(cause)] += evidence.down[i];
    if (evidence.down[i] > most) {
      most = evidence.down[i];
      commune.cause = cause;
    }
  }
  if (all.count() > 0)
    commune.cause_share = static_cast<double>(most.count()) / static_cast<double>(all.count());
  const auto villages = village_need(evidence).value_or(0);
  const bool well_up = evidence.availability.value_or(0) >= 1 - kNoOutages;
  if (well_up || all.count() == 0) {
    commune.kind = evidence.coverage_gap.value_or(0) > kNoGap ? Investment::coverage
                   : villages > kFewVillages                  ? Investment::villages
                                                              : Investment::none;
    return;
  }
  const auto first = std::ranges::max_element(
      kinds, [](const auto& left, const auto& right) { return left.second < right.second; });
  const double share = static_cast<double>(first->second.count()) / static_cast<double>(all.count());
  commune.kind = share < kDominating ? Investment::find_cause : first->first;
  if (commune.kind == Investment::last_mile && villages >= kMostVillages)
    commune.kind = Investment::satellite;
}

double in_print(double score) {
  return std::round(score * 100) / 100;
}

std::vector<RankedCommune> ranked(const std::vector<CommuneEvidence>& communes, const Weights& weights) {
  std::vector<RankedCommune> result;
  for (const auto& evidence : communes) {
    if (!evidence.availability || evidence.completeness.value_or(0) < kLeastCompleteness) continue;
    RankedCommune commune;
    commune.evidence = &evidence;
    double known = 0;
    double all = 0;
    double points = 0;
    for (std::size_t i = 0; i < kCriteria; ++i) {
      commune.need[i] = need_of(evidence, static_cast<Criterion>(i));
      all += weights[i];
      if (!commune.need[i]) continue;
      known += weights[i];
      points += weights[i] * *commune.need[i];
    }
    commune.score = known > 0 ? 100 * points / known : 0;
    commune.evidence_share = all > 0 ? known / all : 0;
    find_kind(commune);
    result.push_back(std::move(commune));
  }
  std::ranges::sort(result, [](const RankedCommune& left, const RankedCommune& right) {
    const auto a = in_print(left.score);
    const auto b = in_print(right.score);
    return a != b ? a > b : left.evidence->key < right.evidence->key;
  });
  for (std::size_t i = 0; i < result.size(); ++i) {
    const bool tie = i > 0 && in_print(result[i - 1].score) == in_print(result[i].score);
    result[i].rank = tie ? result[i - 1].rank : static_cast<int>(i) + 1;
  }
  return result;
}

/// Those of the first ranks; of a tie at the end all, so that no order of keys decides.
std::map<std::string, int> first_of(const std::vector<RankedCommune>& all) {
  std::map<std::string, int> first;
  for (const auto& commune : all) {
    if (commune.rank <= static_cast<int>(kFirst)) first[commune.evidence->key] = commune.rank;
  }
  return first;
}

Sensitivity compare(const std::vector<RankedCommune>& before, const std::vector<RankedCommune>& after) {
  Sensitivity change;
  const auto first_before = first_of(before);
  const auto first_after = first_of(after);
  for (const auto& [key, rank] : first_after) {
    if (!first_before.contains(key)) change.entered.push_back(key);
  }
  for (const auto& commune : after) {
    const auto& key = commune.evidence->key;
    const auto was = first_before.find(key);
    if (was == first_before.end()) continue;
    if (!first_after.contains(key)) change.left.push_back(key);
    change.largest_move = std::max(change.largest_move, std::abs(commune.rank - was->second));
  }
  std::ranges::sort(change.left);
  return change;
}

}  // namespace

std::string_view to_string(Criterion criterion) {
  return kCriterionWords[static_cast<std::size_t>(criterion)].name;
}

std::optional<Criterion> criterion_named(std::string_view name) {
  for (std::size_t i = 0; i < kCriteria; ++i) {
    if (kCriterionWords[i].name == name) return static_cast<Criterion>(i);
  }
  return std::nullopt;
}

Said words_of(Criterion criterion) {
  const auto& words = kCriterionWords[static_cast<std::size_t>(criterion)];
  return {words.english, words.vietnamese};
}

std::string_view to_string(Investment kind) {
  return kKindWords[static_cast<std::size_t>(kind)].name;
}

Said words_of(Investment kind) {
  const auto& words = kKindWords[static_cast<std::size_t>(kind)];
  return {words.english, words.vietnamese};
}

Milliseconds outage_time(const CommuneEvidence& commune) {
  Milliseconds sum{0};
  for (std::size_t i = 0; i < meaning::kCauseCount; ++i) {
    if (is_outage(static_cast<Cause>(i))) sum += commune.down[i];
  }
  return sum;
}

State need_state(double score) {
  if (score >= 50) return {"high", {"high need", "nhu cầu cao"}, Tone::bad};
  if (score >= 25) return {"medium", {"medium need", "nhu cầu vừa"}, Tone::limited};
  return {"low", {"low need", "nhu cầu thấp"}, Tone::good};
}

Ranking rank(const std::vector<CommuneEvidence>& communes, const Weights& weights) {
  Ranking ranking;
  ranking.ranked = ranked(communes, weights);
  std::set<const CommuneEvidence*> there;
  for (const auto& commune : ranking.ranked) there.insert(commune.evidence);
  for (const auto& commune : communes) {
    if (!there.contains(&commune)) ranking.unranked.push_back(&commune);
  }
  std::ranges::sort(ranking.unranked, std::ranges::less{}, &CommuneEvidence::key);
  for (std::size_t i = 0; i < kCriteria; ++i) {
    for (const double factor : {0.8, 1.2}) {
      auto moved = weights;
      moved[i] *= factor;
      auto change = compare(ranking.ranked, ranked(communes, moved));
      change.criterion = static_cast<Criterion>(i);
      change.factor = factor;
      ranking.sensitivity.push_back(std::move(change));
    }
  }
  return ranking;
}

}  // namespace xalink::reports
