#include "gateway/reports/report_command.hpp"

#include <algorithm>
#include <functional>
#include <iostream>
#include <utility>

#include "gateway/meaning/period.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/registry/registry_store.hpp"
#include "gateway/reports/report_sources.hpp"
#include "sparkplug/program.hpp"

namespace xalink {
namespace {

using reports::Document;

int complain(const Error& error, ExitCode code = kProblem) {
  return xalink::complain("xalink-gateway", error.to_string(), code);
}

struct Maker {
  ReportKind kind;
  std::function<Result<Document>(const reports::Sources&)> make;
};

const std::vector<Maker>& makers() {
  static const std::vector<Maker> all{
      {{"investment", "Which communes need what first: ranking, evidence, formula, weights, how firm it is"},
       reports::investment},
      {{"coverage",
        "Whose line is good, limited or bad by a profile of thresholds; public services, villages"},
       reports::coverage},
      {{"outages", "How long offices were cut off, why and when; availability in office hours and all hours"},
       reports::outages},
      {{"services", "Public services as offices find them: answers, outages, how long they were missing"},
       reports::services},
      {{"dossiers",
        "Dossiers: on time, online, paid online, satisfied; Decision 766, targets, tasks. Small "
        "counts hidden"},
       reports::dossiers},
      {{"dossiers-office", "The same for the office's own work: nothing hidden, dossiers that are due soon"},
       reports::dossiers_office},
      {{"fleet", "Boards: live, at risk or silent, software, what waits, what was lost, clocks"},
       reports::fleet},
  };
  return all;
}

Result<void> read_registry(reports::Sources& sources, const std::filesystem::path& file) {
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
  sources.procedures = meaning::Procedures(*entries);
  return {};
}

/// "availability=30", "zone=0.5"; a number with a point.
Result<reports::Weights> read_weights(const std::vector<std::string>& texts) {
  auto weights = reports::kUsualWeights;
  constexpr const char* kNext =
      "Next: write --weight availability=30; the others are coverage, villages, power, dossiers, population, "
      "ethnic_minority, zone";
  for (const auto& text : texts) {
    const auto sign = text.find('=');
    const auto criterion = reports::criterion_named(std::string_view(text).substr(0, sign));
    if (sign == std::string::npos || !criterion) {
      return failure("--weight", "\"" + text + "\" names no criterion", kNext);
    }
    const auto number = registry::read_decimal(std::string_view(text).substr(sign + 1));
    if (!number || *number < 0 || *number > 1000) {
      return failure("--weight", "\"" + text + "\" gives no number from 0 to 1000", kNext);
    }
    weights[static_cast<std::size_t>(*criterion)] = *number;
  }
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0; })) {
    return failure("--weight", "all weights are 0", kNext);
  }
  return weights;
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
  const auto weights = read_weights(order.weights);
  if (!weights) return complain(weights.error(), kUsage);
  if (!order.weights.empty() && order.kind != "investment") {
    return complain(Error{"--weight", "the report " + order.kind + " has no weights",
                          "Next: leave it out, or write report investment"},
                    kUsage);
  }
  const auto now = clock.wall();
  if (period->from() > now) {
    return complain(
        Error{"--period", "\"" + order.period + "\" has not begun", "Next: name a period that has begun"},
        kUsage);
  }
  reports::Sources sources;
  sources.store = store;
  sources.period = *period;
  sources.scope = *scope;
  if (order.due == "moment") sources.dossier_rules.granularity = meaning::Granularity::exact;
  sources.now = now;
  sources.profile = order.profile;
  sources.profiles = order.profiles;
  sources.weights = *weights;
  ProgressBar progress(clock, language == Language::vietnamese ? "Lập báo cáo" : "Making the report");
  sources.progress = &progress;
  if (const auto read = read_registry(sources, registry); !read) return complain(read.error());
  // Before the work, which takes minutes for a year of a province.
  if (const auto made = reports::make_folder(order.folder); !made) return complain(made.error());
  const auto document = maker->make(sources);
  if (!document) {
    // An option names what is not there.
    return complain(document.error(), document.error().where.starts_with("--") ? kUsage : kProblem);
  }
  const auto files = reports::write_report(*document, *formats, language, order.folder, progress);
  if (!files) return complain(files.error());
  for (const auto& file : *files) std::cout << file.string() << "\n";
  return std::cout.flush() ? kFine : kProblem;
}

}  // namespace xalink
