#include "gateway/site_reading.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "gateway/meaning/kept_columns.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink {
namespace {

// So that the boots at the period's ends are placed in time, and the state at its first and last moment
// known.
constexpr Milliseconds kAround = std::chrono::hours(24);

// A board whose probes are slower, or whose heartbeat is, says nothing for longer and was there.
Milliseconds longest_quiet(const store::RecordQuery::Rhythm& rhythm, Milliseconds usual) {
  if (!rhythm.heartbeat) return usual;
  const auto interval = rhythm.shortest_interval.value_or(Milliseconds::zero());
  // Half an interval late at most; what waits for company and the disk is within the five minutes.
  const auto late = std::max<Milliseconds>(std::chrono::minutes(5), interval / 2);
  return std::max(usual, std::max(*rhythm.heartbeat, interval) + late);
}

}  // namespace

Result<meaning::SiteEvidence> read_site_evidence(store::RecordQuery& records, const std::string& site,
                                                 const meaning::Interval& period,
                                                 const meaning::EvidenceRules& usual,
                                                 meaning::SiteMeasures* measures) {
  const auto rhythm = records.rhythm(site);
  if (!rhythm) return Unexpected(rhythm.error());
  auto rules = usual;
  rules.longest_quiet = longest_quiet(*rhythm, usual.longest_quiet);
  meaning::SiteEvidence evidence(rules);
  const auto is_event = [](const Schema& schema) {
    return schema.group == "Outage" || schema.group == "Boot";
  };
  store::RecordSelection events;
  events.node = site;
  events.lane = Lane::events;
  events.metric_groups = {"Outage", "Boot"};
  const auto taken = records.for_each(events, [&](const store::StoredRecord& record) {
    if (is_event(*record.schema)) evidence.take(record);
    return true;
  });
  if (!taken) return Unexpected(taken.error());
  store::RecordSelection signs;
  signs.node = site;
  const auto around = std::max(kAround, rules.longest_quiet);
  signs.from = period.begin - around;
  signs.to = period.end + around;
  signs.with_removed = true;
  signs.with_values = [measures](const Schema& schema) {
    // Evidence asks a summary for its span, and no other row for anything.
    return measures == nullptr ? is_summary(schema) : !meaning::kept_columns(schema).empty();
  };
  const auto seen = records.for_each(signs, [&](const store::StoredRecord& record) {
    if (record.schema->lane != Lane::events || !is_event(*record.schema)) evidence.take(record);
    if (measures != nullptr) measures->take(record);
    return true;
  });
  if (!seen) return Unexpected(seen.error());
  return evidence;
}

namespace {

Result<std::set<std::string>> sites_of(store::RecordQuery& records) {
  const auto nodes = records.nodes();
  if (!nodes) return Unexpected(nodes.error());
  std::set<std::string> sites;
  for (const auto& node : *nodes) sites.insert(node.node);
  return sites;
}

}  // namespace

Result<meaning::SiteTimelines> read_site_timelines(store::RecordQuery& records,
                                                   const meaning::Interval& period, WallTime now,
                                                   const meaning::EvidenceRules& rules,
                                                   const SiteProgress& progress) {
  const auto sites = sites_of(records);
  if (!sites) return Unexpected(sites.error());
  meaning::SiteTimelines timelines;
  for (const auto& site : *sites) {
    const auto evidence = read_site_evidence(records, site, period, rules);
    if (!evidence) return Unexpected(evidence.error());
    timelines.emplace(site, meaning::site_timeline(*evidence, period, now));
    if (progress) progress(timelines.size(), sites->size());
  }
  return timelines;
}

Result<std::map<std::string, SiteFigures>> read_site_figures(store::RecordQuery& records,
                                                             const meaning::Interval& period, WallTime now,
                                                             const meaning::EvidenceRules& rules,
                                                             const SiteProgress& progress) {
  const auto sites = sites_of(records);
  if (!sites) return Unexpected(sites.error());
  std::map<std::string, SiteFigures> figures;
  for (const auto& site : *sites) {
    meaning::SiteMeasures measures(meaning::up_to_now(period, now));
    const auto evidence = read_site_evidence(records, site, period, rules, &measures);
    if (!evidence) return Unexpected(evidence.error());
    figures.emplace(site, SiteFigures{meaning::site_timeline(*evidence, period, now), measures.figures()});
    if (progress) progress(figures.size(), sites->size());
  }
  return figures;
}

}  // namespace xalink
