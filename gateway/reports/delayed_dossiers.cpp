#include "gateway/reports/delayed_dossiers.hpp"

#include <algorithm>
#include <utility>

#include "gateway/meaning/judgement.hpp"

namespace xalink::reports {
namespace {

/// The last day of which something has passed.
Date last_day(const OutageReportInput& ground) {
  return meaning::day_of(ground.span.end - Milliseconds(1));
}

}  // namespace

bool DelayedDossiers::was_down(const std::string& site, Date day) const {
  const auto found = ground_.sites.find(site);
  if (found == ground_.sites.end()) return false;
  const meaning::Interval whole_day{meaning::start_of(day), meaning::start_of(day + std::chrono::days(1))};
  const auto hours = meaning::open_within(meaning::common_part(whole_day, ground_.span), ground_.opening,
                                          ground_.registry.office_hours_of(site, day));
  const auto tally = meaning::tally(found->second.timeline, hours);
  return tally.period.count() > 0 && 2 * tally.outage_time() >= tally.period;
}

void DelayedDossiers::add(std::vector<meaning::DossierEvent> events) {
  const auto as_of = ground_.span.end;
  const auto dossier = meaning::dossier_at(meaning::in_order(std::move(events)), as_of);
  if (!dossier || !dossier->accepted) return;
  const bool ended_here = dossier->ended && ground_.period.holds(*dossier->ended) && *dossier->ended < as_of;
  if (!ended_here && !dossier->pending()) return;
  const auto judged =
      meaning::judge(*dossier, as_of, calendar_, procedures_, {},
                     ground_.registry.office_hours_of(dossier->site, meaning::day_of(*dossier->accepted)));
  if (judged.standing == meaning::Standing::not_judged) return;
  const auto* commune = ground_.registry.commune_of(dossier->site, last_day(ground_));
  if (commune == nullptr) return;
  auto& counts = counts_[commune->key.to_string()];
  ++counts.dossiers;
  const bool late =
      judged.standing == meaning::Standing::late || judged.standing == meaning::Standing::overdue;
  if (late && judged.due && ground_.period.holds(*judged.due) &&
      was_down(dossier->site, meaning::day_of(*judged.due))) {
    ++counts.delayed;
  }
}

void DelayedDossiers::put_into(std::vector<CommuneEvidence>& communes) const {
  for (auto& commune : communes) {
    const auto found = counts_.find(commune.key);
    if (found == counts_.end()) continue;
    commune.dossiers = found->second.dossiers;
    commune.dossiers_delayed = found->second.delayed;
  }
}

Result<void> read_dossiers(store::RecordQuery& records, const std::vector<DelayedDossiers*>& periods,
                           const EventProgress& progress) {
  if (periods.empty()) return {};
  // What one period leaves out may be the other's business; each looks again.
  auto window = periods.front()->window();
  for (const auto* each : periods) {
    window.from = std::min(window.from, each->window().from);
    window.as_of = std::max(window.as_of, each->window().as_of);
  }
  const auto read = for_each_dossier(
      records, "",
      [&](std::vector<meaning::DossierEvent> events) {
        for (auto* each : periods) each->add(events);
        return true;
      },
      progress, window);
  if (!read) return Unexpected(read.error());
  return {};
}

}  // namespace xalink::reports
