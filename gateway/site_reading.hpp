#pragma once
// From the store to what is known of each site in a period.

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/site_evidence.hpp"
#include "gateway/meaning/site_measures.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// How many sites of how many have been read.
using SiteProgress = std::function<void(std::size_t done, std::size_t of)>;

/// Every node that ever delivered a record, by its id, which is the site's; where two groups have a node of
/// the same id, their records are the site's together. Reads site by site: memory is for one site's records
/// of the period. `now`: the period ends with it at the latest.
[[nodiscard]] Result<meaning::SiteTimelines> read_site_timelines(store::RecordQuery& records,
                                                                 const meaning::Interval& period,
                                                                 WallTime now,
                                                                 const meaning::EvidenceRules& rules = {},
                                                                 const SiteProgress& progress = {});

/// What a site's records of a period say in all.
struct SiteFigures {
  meaning::SiteTimeline line;
  meaning::MeasuredFigures measured;
};
[[nodiscard]] Result<std::map<std::string, SiteFigures>> read_site_figures(
    store::RecordQuery& records, const meaning::Interval& period, WallTime now,
    const meaning::EvidenceRules& rules = {}, const SiteProgress& progress = {});

/// The evidence of one site for a period: its outages and starts of all times, its other records of the
/// period and a day around it. `measures` gets them too. Longer quiet than the rules have it is believed of a
/// board that says in its births that it records less often.
[[nodiscard]] Result<meaning::SiteEvidence> read_site_evidence(store::RecordQuery& records,
                                                               const std::string& site,
                                                               const meaning::Interval& period,
                                                               const meaning::EvidenceRules& rules = {},
                                                               meaning::SiteMeasures* measures = nullptr);

}  // namespace xalink
