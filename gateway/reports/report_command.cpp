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
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

using reports::Document;

int complain(const Error& error, Language language, ExitCode code = kProblem) {
  return xalink::complain("xalink-gateway", told(error, language), code);
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
  const auto refused = [](const Said& what) {
    const std::string names = "coverage, villages, power, dossiers, population, ethnic_minority, zone";
    return Unexpected(refusal("--weight", what,
                              {"write --weight availability=30; the others are " + names,
                               "ghi --weight availability=30; các tiêu chí khác: " + names}));
  };
  for (const auto& text : texts) {
    const auto sign = text.find('=');
    const auto criterion = reports::criterion_named(std::string_view(text).substr(0, sign));
    if (sign == std::string::npos || !criterion) {
      return refused(Said::same("\"" + text + "\"") +
                     Said(" names no criterion", " không phải tiêu chí nào"));
    }
    const auto number = registry::read_decimal(std::string_view(text).substr(sign + 1));
    if (!number || *number < 0 || *number > 1000) {
      return refused(Said::same("\"" + text + "\"") +
                     Said(" gives no number from 0 to 1000", " không cho một số từ 0 đến 1000"));
    }
    weights[static_cast<std::size_t>(*criterion)] = *number;
  }
  if (std::ranges::all_of(weights, [](double weight) { return weight == 0; })) {
    return refused({"all weights are 0", "mọi trọng số đều bằng 0"});
  }
  return weights;
}

Result<std::vector<reports::Format>> read_formats(const std::vector<std::string>& names) {
  std::vector<reports::Format> formats;
  for (const auto& name : names) {
    const auto format = reports::format_named(name);
    if (!format) {
      return Unexpected(
          refusal("--format", Said("there is no format ", "không có định dạng ") + ("\"" + name + "\""),
                  {"write xlsx, html, csv, geojson or json, or several with commas between them",
                   "ghi xlsx, html, csv, geojson hoặc json; nhiều định dạng cách nhau bằng dấu phẩy"}));
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
    return complain(
        refusal("report", Said("there is no report ", "không có báo cáo ") + ("\"" + order.kind + "\""),
                {"xalink-gateway report --help lists them", "xem danh sách: xalink-gateway report --help"}),
        language, kUsage);
  }
  const auto period = meaning::read_period(order.period);
  if (!period) return complain(period.error(), language, kUsage);
  const auto scope = reports::scope_named(order.by);
  if (!scope) {
    return complain(
        refusal("--by", Said("there are no rows by ", "không có báo cáo theo ") + ("\"" + order.by + "\""),
                {"write commune, district, region or province",
                 "ghi commune (xã), district (huyện), region (khu vực) hoặc province (tỉnh)"}),
        language, kUsage);
  }
  if (order.due != "day" && order.due != "moment") {
    return complain(
        refusal("--due",
                Said("due dates are not compared by ", "không so hạn trả theo ") + ("\"" + order.due + "\""),
                {"write day (as the one-stop software does) or moment",
                 "ghi day (theo ngày, như phần mềm một cửa) hoặc moment (theo thời điểm)"}),
        language, kUsage);
  }
  const auto formats = read_formats(order.formats);
  if (!formats) return complain(formats.error(), language, kUsage);
  const auto weights = read_weights(order.weights);
  if (!weights) return complain(weights.error(), language, kUsage);
  if (!order.weights.empty() && order.kind != "investment") {
    return complain(
        refusal(
            "--weight",
            {"the report " + order.kind + " has no weights", "báo cáo " + order.kind + " không có trọng số"},
            {"leave it out, or write report investment", "bỏ tùy chọn này, hoặc lập báo cáo investment"}),
        language, kUsage);
  }
  const auto now = clock.wall();
  if (period->from() > now) {
    return complain(
        refusal("--period", Said::same("\"" + order.period + "\"") + Said(" has not begun", " chưa bắt đầu"),
                {"name a period that has begun", "ghi một kỳ đã bắt đầu"}),
        language, kUsage);
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
  if (const auto read = read_registry(sources, registry); !read) return complain(read.error(), language);
  // Before the work, which takes minutes for a year of a province.
  if (const auto made = reports::make_folder(order.folder); !made) return complain(made.error(), language);
  const auto document = maker->make(sources);
  if (!document) {
    // An option names what is not there.
    return complain(document.error(), language, document.error().where.starts_with("--") ? kUsage : kProblem);
  }
  const auto files = reports::write_report(*document, *formats, language, order.folder, progress);
  if (!files) return complain(files.error(), language);
  for (const auto& file : *files) std::cout << file.string() << "\n";
  return std::cout.flush() ? kFine : kProblem;
}

}  // namespace xalink
