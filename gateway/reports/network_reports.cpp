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
#include "gateway/service_reading.hpp"
#include "gateway/site_reading.hpp"
#include "gateway/store/connected_query.hpp"
#include "gateway/store/record_query.hpp"

namespace xalink::reports {
namespace {

SiteProgress progress_of(const Sources& sources) {
  return [&sources](std::size_t done, std::size_t of) { sources.progress->show(done, of); };
}

/// What all of them stand on: sites of a period with all that was measured there. Stays where it is, others
/// refer to it.
class Province {
 public:
  explicit Province(const Sources& sources) : opening_(sources.calendar), sources_(sources) {}
  Province(const Province&) = delete;
  Province& operator=(const Province&) = delete;

  [[nodiscard]] Result<void> read(store::RecordQuery& records) {
    auto figures = read_site_figures(records, sources_.span(), sources_.now, {}, progress_of(sources_));
    if (!figures) return Unexpected(figures.error());
    for (auto& [site, each] : *figures) {
      lines_.emplace(site, std::move(each.line));
      measured_.emplace(site, std::move(each.measured));
    }
    return {};
  }
  /// Without what was measured: faster.
  [[nodiscard]] Result<void> read_lines(store::RecordQuery& records) {
    auto lines = read_site_timelines(records, sources_.span(), sources_.now, {}, progress_of(sources_));
    if (!lines) return Unexpected(lines.error());
    lines_ = std::move(*lines);
    return {};
  }
  [[nodiscard]] OutageReportInput ground() const {
    return {lines_,         sources_.registry, sources_.registry_version, sources_.period, sources_.span(),
            sources_.scope, opening_,          sources_.calendar_known()};
  }
  [[nodiscard]] const MeasuredSites& measured() const { return measured_; }
  /// Once evidence was made of it: the rest of the work needs the room.
  void forget_measured() { measured_.clear(); }

  /// Says so where records of the period are gone.
  void tell_of_removed(Document& document) const {
    std::uint64_t removed = 0;
    for (const auto& [site, line] : lines_) removed += line.records_in({sources_.span()}).removed;
    if (removed == 0) return;
    const auto number = std::to_string(removed);
    document.notes.push_back(
        {number +
             " records of this period have been removed ([records] keep_days). The figures are those from "
             "before: what they need of each was kept. A clock that is put right later moves them no more.",
         number +
             " bản ghi của kỳ này đã bị xóa ([records] keep_days). Số liệu vẫn như trước khi xóa, vì phần "
             "cần thiết của mỗi bản ghi được giữ lại; đồng hồ chỉnh lại sau này không còn tác dụng với "
             "chúng."});
  }

 private:
  meaning::CalendarOpening opening_;
  const Sources& sources_;
  meaning::SiteTimelines lines_;
  MeasuredSites measured_;
};

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
  return Unexpected(refusal(
      "--profile", Said("there is no profile ", "không có bộ ngưỡng ") + ("\"" + sources.profile + "\""),
      Said("write one of ", "ghi một trong ") + names));
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
  Province province(sources);
  if (const auto read = province.read_lines(*records); !read) return Unexpected(read.error());
  auto document = outage_report(province.ground());
  province.tell_of_removed(document);
  return document;
}

namespace {

/// Coverage and services stand on the same ground.
Result<Document> measured_report(const Sources& sources, const meaning::ThresholdProfile& profile,
                                 Document (*write)(const CoverageReportInput&)) {
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  Province province(sources);
  if (const auto read = province.read(*records); !read) return Unexpected(read.error());
  auto villages = village_counts(*records, "");
  if (!villages) return Unexpected(villages.error());
  auto document = write({province.ground(), province.measured(), profile, std::move(*villages)});
  province.tell_of_removed(document);
  return document;
}

}  // namespace

Result<Document> coverage(const Sources& sources) {
  const auto profile = read_profile(sources);
  if (!profile) return Unexpected(profile.error());
  return measured_report(sources, *profile, coverage_report);
}

Result<Document> services(const Sources& sources) {
  return measured_report(sources, meaning::ThresholdProfile{}, services_report);
}

Result<Document> investment(const Sources& sources) {
  const auto profile = read_profile(sources);
  if (!profile) return Unexpected(profile.error());
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  Sources earlier = sources;
  earlier.period = meaning::period_before(sources.period);
  Province before(earlier);
  Province province(sources);
  std::vector<CommuneEvidence> communes_before;
  std::vector<CommuneEvidence> communes;
  for (auto [each, evidence] : {std::pair(&before, &communes_before), std::pair(&province, &communes)}) {
    if (const auto read = each->read(*records); !read) return Unexpected(read.error());
    *evidence = commune_evidence(each->ground(), each->measured(), *profile);
    each->forget_measured();
  }
  const auto ground_before = before.ground();
  const auto ground = province.ground();
  DelayedDossiers delayed_before(ground_before, sources.calendar, sources.procedures);
  DelayedDossiers delayed(ground, sources.calendar, sources.procedures);
  if (const auto read = read_dossiers(*records, {&delayed_before, &delayed}, progress_of(sources)); !read)
    return Unexpected(read.error());
  delayed_before.put_into(communes_before);
  delayed.put_into(communes);
  auto document = investment_report({communes,
                                     sources.weights,
                                     sources.period,
                                     sources.scope,
                                     {profile->name(Language::english), profile->name(Language::vietnamese)},
                                     &communes_before,
                                     earlier.period});
  add_ground(document, ground);
  province.tell_of_removed(document);
  return document;
}

}  // namespace xalink::reports
