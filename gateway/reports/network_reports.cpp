// Reports on boards and lines, out of the store.

#include <utility>

#include "gateway/boards.hpp"
#include "gateway/meaning/calendar_opening.hpp"
#include "gateway/reports/coverage_report.hpp"
#include "gateway/reports/delayed_dossiers.hpp"
#include "gateway/reports/fleet_report.hpp"
#include "gateway/reports/investment_evidence.hpp"
#include "gateway/reports/investment_report.hpp"
#include "gateway/reports/outage_report.hpp"
#include "gateway/reports/report_sources.hpp"
#include "gateway/reports/services_report.hpp"
#include "gateway/reports/threshold_profiles_text.hpp"
#include "gateway/site_reading.hpp"
#include "gateway/store/connected_query.hpp"
#include "gateway/store/record_query.hpp"

namespace xalink::reports {
namespace {

SiteProgress progress_of(const Sources& sources) {
  return [&sources](std::size_t done, std::size_t of) { sources.progress->show(done, of); };
}

/// Sites of a period with all that was measured there.
struct Province {
  meaning::SiteTimelines lines;
  MeasuredSites measured;
};

Result<Province> read_province(store::RecordQuery& records, const Sources& sources) {
  auto figures = read_site_figures(records, sources.span(), sources.now, {}, progress_of(sources));
  if (!figures) return Unexpected(figures.error());
  Province province;
  for (auto& [site, each] : *figures) {
    province.lines.emplace(site, std::move(each.line));
    province.measured.emplace(site, std::move(each.measured));
  }
  return province;
}

Result<meaning::ThresholdProfile> read_profile(const Sources& sources) {
  auto profiles = sources.profiles.empty()
                      ? meaning::parse_threshold_profiles(kThresholdProfiles, "threshold-profiles.csv")
                      : meaning::read_threshold_profiles(sources.profiles);
  if (!profiles) return Unexpected(profiles.error());
  std::string names;
  for (auto& profile : *profiles) {
    if (profile.id == sources.profile) return std::move(profile);
    names += (names.empty() ? "" : ", ") + profile.id;
  }
  return failure("--profile", "there is no profile \"" + sources.profile + "\"",
                 "Next: write one of " + names);
}

}  // namespace

Result<Document> fleet(const Sources& sources) {
  auto fleet = read_fleet(sources.store);
  if (!fleet) return Unexpected(fleet.error());
  auto connected = store::connected_times(sources.store, sources.period.from(), sources.period.to());
  if (!connected) return Unexpected(connected.error());
  return fleet_report({std::move(*fleet), std::move(*connected), sources.registry, sources.registry_version,
                       sources.period, sources.scope, meaning::day_of(sources.now)});
}

Result<Document> outages(const Sources& sources) {
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  const auto sites = read_site_timelines(*records, sources.span(), sources.now, {}, progress_of(sources));
  if (!sites) return Unexpected(sites.error());
  const meaning::CalendarOpening opening(sources.calendar);
  return outage_report({*sites, sources.registry, sources.registry_version, sources.period, sources.span(),
                        sources.scope, opening, sources.calendar_known()});
}

namespace {

/// Coverage and services stand on the same ground.
Result<Document> measured_report(const Sources& sources, Document (*write)(const CoverageReportInput&)) {
  const auto profile = read_profile(sources);
  if (!profile) return Unexpected(profile.error());
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  const auto province = read_province(*records, sources);
  if (!province) return Unexpected(province.error());
  const meaning::CalendarOpening opening(sources.calendar);
  const OutageReportInput ground{province->lines, sources.registry,        sources.registry_version,
                                 sources.period,  sources.span(),          sources.scope,
                                 opening,         sources.calendar_known()};
  return write({ground, province->measured, *profile});
}

}  // namespace

Result<Document> coverage(const Sources& sources) {
  return measured_report(sources, coverage_report);
}

Result<Document> services(const Sources& sources) {
  return measured_report(sources, services_report);
}

Result<Document> investment(const Sources& sources) {
  const auto profile = read_profile(sources);
  if (!profile) return Unexpected(profile.error());
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  const auto province = read_province(*records, sources);
  if (!province) return Unexpected(province.error());
  const meaning::CalendarOpening opening(sources.calendar);
  const OutageReportInput ground{province->lines, sources.registry,        sources.registry_version,
                                 sources.period,  sources.span(),          sources.scope,
                                 opening,         sources.calendar_known()};
  auto communes = commune_evidence(ground, province->measured, *profile);
  DelayedDossiers delayed(ground, sources.calendar, sources.procedures);
  if (const auto read = delayed.read(*records); !read) return Unexpected(read.error());
  delayed.put_into(communes);
  auto document =
      investment_report({communes,
                         sources.weights,
                         sources.period,
                         sources.scope,
                         {profile->name(Language::english), profile->name(Language::vietnamese)}});
  add_ground(document, ground);
  return document;
}

}  // namespace xalink::reports
