#include "gateway/reports/report_command.hpp"

#include <algorithm>
#include <functional>
#include <iostream>
#include <utility>

#include "gateway/boards.hpp"
#include "gateway/meaning/calendar_opening.hpp"
#include "gateway/meaning/period.hpp"
#include "gateway/meaning/work_calendar.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/registry/registry_store.hpp"
#include "gateway/reports/dossiers_making.hpp"
#include "gateway/reports/fleet_report.hpp"
#include "gateway/reports/outage_report.hpp"
#include "gateway/site_reading.hpp"
#include "gateway/store/connected_query.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/program.hpp"

namespace xalink {
namespace {

using reports::Document;

/// What every report is made from.
struct Sources {
  std::filesystem::path store;
  std::vector<registry::Entry> rows;  ///< of the registry
  registry::Registry registry;
  std::int64_t registry_version = 0;
  meaning::WorkCalendar calendar;
  meaning::ReportPeriod period;
  reports::Scope scope = reports::Scope::commune;
  meaning::JudgementRules dossiers;
  WallTime now{};
  ProgressBar* progress = nullptr;

  /// Of the period, what has passed.
  [[nodiscard]] meaning::Interval span() const {
    return meaning::up_to_now({period.from(), period.to()}, now);
  }
  [[nodiscard]] bool calendar_known() const {
    return calendar.knows(period.first) && calendar.knows(period.last);
  }
  [[nodiscard]] SiteProgress site_progress() const {
    return [this](std::size_t done, std::size_t of) { progress->show(done, of); };
  }
};

int complain(const Error& error, ExitCode code = kProblem) {
  return xalink::complain("xalink-gateway", error.to_string(), code);
}

Result<Document> fleet(const Sources& sources) {
  auto fleet = read_fleet(sources.store);
  if (!fleet) return Unexpected(fleet.error());
  auto connected = store::connected_times(sources.store, sources.period.from(), sources.period.to());
  if (!connected) return Unexpected(connected.error());
  return reports::fleet_report({std::move(*fleet), std::move(*connected), sources.registry,
                                sources.registry_version, sources.period, sources.scope,
                                meaning::day_of(sources.now)});
}

Result<Document> outages(const Sources& sources) {
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  const auto sites = read_site_timelines(*records, sources.span(), sources.now, {}, sources.site_progress());
  if (!sites) return Unexpected(sites.error());
  const meaning::CalendarOpening opening(sources.calendar);
  return reports::outage_report({*sites, sources.registry, sources.registry_version, sources.period,
                                 sources.span(), sources.scope, opening, sources.calendar_known()});
}

Result<Document> dossiers_for(const Sources& sources, reports::Audience audience) {
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  return reports::make_dossiers_report(
      *records,
      {sources.rows, sources.registry, sources.registry_version, sources.calendar, sources.period,
       sources.scope, audience, sources.dossiers, sources.now},
      sources.site_progress());
}
Result<Document> dossiers(const Sources& sources) {
  return dossiers_for(sources, reports::Audience::everybody);
}
Result<Document> dossiers_office(const Sources& sources) {
  return dossiers_for(sources, reports::Audience::office);
}

struct Maker {
  ReportKind kind;
  std::function<Result<Document>(const Sources&)> make;
};

const std::vector<Maker>& makers() {
  static const std::vector<Maker> all{
      {{"outages", "How long offices were cut off, why and when; availability in office hours and all hours"},
       outages},
      {{"dossiers",
        "Dossiers: on time, online, paid online, satisfied; Decision 766, targets, tasks. Small "
        "counts hidden"},
       dossiers},
      {{"dossiers-office", "The same for the office's own work: nothing hidden, dossiers that are due soon"},
       dossiers_office},
      {{"fleet", "Boards: live, at risk or silent, software, what waits, what was lost, clocks"}, fleet},
  };
  return all;
}

Result<void> read_registry(Sources& sources, const std::filesystem::path& file) {
  const auto store = registry::RegistryStore::open_to_read(file);
  if (!store) return Unexpected(store.error());
  const auto newest = store->newest();
  if (!newest) return Unexpected(newest.error());
  const auto entries = store->entries(newest->id);
  if (!entries) return Unexpected(entries.error());
  sources.registry = registry::Registry(*entries);
  sources.registry_version = newest->id;
  sources.calendar = meaning::WorkCalendar(*entries);
  sources.rows = *entries;
  return {};
}

Result<std::vector<reports::Format>> read_formats(const std::vector<std::string>& names) {
  std::vector<reports::Format> formats;
  for (const auto& name : names) {
    const auto format = reports::format_named(name);
    if (!format) {
      return failure("--format", "there is no format \"" + name + "\"",
                     "Next: write xlsx, html, csv, geojson or json, or several with commas between them");
    }
    if (std::ranges::find(formats, *format) == formats.end()) formats.push_back(*format);
  }
  return formats;
}

}  // namespace

const std::vector<ReportKind>& report_kinds() {
  static const std::vector<ReportKind> kinds = [] {
    std::vector<ReportKind> names;
    for (const auto& maker : makers()) names.push_back(maker.kind);
    return names;
  }();
  return kinds;
}

int run_report(const std::filesystem::path& store, const std::filesystem::path& registry,
               const ReportOrder& order, Language language, const Clock& clock) {
  const auto maker =
      std::ranges::find_if(makers(), [&](const Maker& each) { return order.kind == each.kind.name; });
  if (maker == makers().end()) {
    return complain(Error{"report", "there is no report \"" + order.kind + "\"",
                          "Next: xalink-gateway report --help lists them"},
                    kUsage);
  }
  const auto period = meaning::read_period(order.period);
  if (!period) return complain(period.error(), kUsage);
  const auto scope = reports::scope_named(order.by);
  if (!scope) {
    return complain(Error{"--by", "there are no rows by \"" + order.by + "\"",
                          "Next: write commune, district, region or province"},
                    kUsage);
  }
  if (order.due != "day" && order.due != "moment") {
    return complain(Error{"--due", "due dates are not compared by \"" + order.due + "\"",
                          "Next: write day (as the one-stop software does) or moment"},
                    kUsage);
  }
  const auto formats = read_formats(order.formats);
  if (!formats) return complain(formats.error(), kUsage);
  const auto now = clock.wall();
  if (period->from() > now) {
    return complain(
        Error{"--period", "\"" + order.period + "\" has not begun", "Next: name a period that has begun"},
        kUsage);
  }
  Sources sources;
  sources.store = store;
  sources.period = *period;
  sources.scope = *scope;
  if (order.due == "moment") sources.dossiers.granularity = meaning::Granularity::exact;
  sources.now = now;
  ProgressBar progress(clock, language == Language::vietnamese ? "Lập báo cáo" : "Making the report");
  sources.progress = &progress;
  if (const auto read = read_registry(sources, registry); !read) return complain(read.error());
  const auto document = maker->make(sources);
  if (!document) return complain(document.error());
  const auto files = reports::write_report(*document, *formats, language, order.folder, progress);
  if (!files) return complain(files.error());
  for (const auto& file : *files) std::cout << file.string() << "\n";
  return std::cout.flush() ? kFine : kProblem;
}

}  // namespace xalink
