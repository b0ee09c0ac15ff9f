#include "gateway/meaning/official_figures.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "gateway/registry/field_text.hpp"

namespace xalink::meaning {
namespace {

using registry::Entry;
using registry::Kind;
using registry::read_date;
using registry::read_decimal;
using registry::read_whole;

std::string_view measure_name(FigureUnit measure) {
  switch (measure) {
    case FigureUnit::count: return "count";
    case FigureUnit::percent: return "percent";
    case FigureUnit::days: return "days";
  }
  return "";
}

Said no_value(const Figure& figure) {
  return figure.note.empty() ? Said{"the gateway has no value", "hệ thống không có giá trị"} : figure.note;
}

}  // namespace

std::vector<OfficialFigure> official_of(const std::vector<Entry>& rows, std::string_view level,
                                        std::string_view unit, const ReportPeriod& period) {
  // Two measures of one indicator, its rate and its points, are two figures.
  std::map<std::pair<std::string, std::string>, OfficialFigure> newest;
  for (const auto& row : rows) {
    if (row.kind != Kind::official || row.at("level") != level || row.at("unit") != unit) continue;
    const ReportPeriod told{*read_date(row.at("from")), *read_date(row.at("to"))};
    if (told != period) continue;
    OfficialFigure figure{row.at("indicator"),
                          row.at("level"),
                          row.at("unit"),
                          told,
                          read_date(row.at("as_of")),
                          row.at("measure"),
                          *read_decimal(row.at("value")),
                          read_whole(row.at("numerator")),
                          read_whole(row.at("denominator")),
                          row.at("source")};
    const auto [place, is_new] = newest.try_emplace({figure.indicator, figure.measure}, figure);
    if (!is_new && place->second.as_of < figure.as_of) place->second = std::move(figure);
  }
  std::vector<OfficialFigure> figures;
  for (auto& [indicator, figure] : newest) figures.push_back(std::move(figure));
  return figures;
}

std::vector<Comparison> compare(const std::vector<OfficialFigure>& official,
                                const std::vector<Figure>& figures, const Scores& scores) {
  std::vector<Comparison> compared;
  for (const auto& each : official) {
    Comparison comparison;
    comparison.official = each;
    const auto line = std::ranges::find(scores.lines, each.indicator, &ScoreLine::id);
    const Figure* figure = find_figure(figures, each.indicator);
    if (figure != nullptr) {
      comparison.ours = *figure;
    } else if (line != scores.lines.end()) {
      comparison.ours = line->figure;
    }
    if (each.measure == "points" && line != scores.lines.end()) {
      comparison.ours_value = line->points;
      if (!line->points)
        comparison.note = {"no points: " + line->reason.english,
                           "không tính điểm: " + line->reason.vietnamese};
    } else if (!comparison.ours) {
      comparison.note = {"not measured here", "hệ thống không đo"};
      if (line != scores.lines.end() && !line->reason.empty()) {
        comparison.note.english += ": " + line->reason.english;
        comparison.note.vietnamese += ": " + line->reason.vietnamese;
      }
    } else if (measure_name(comparison.ours->measure) != each.measure) {
      comparison.note = {"measured in " + std::string(measure_name(comparison.ours->measure)) + " here",
                         "hệ thống dùng đơn vị khác"};
    } else {
      comparison.ours_value = comparison.ours->value();
      if (!comparison.ours_value) comparison.note = no_value(*comparison.ours);
    }
    if (comparison.ours_value) comparison.difference = *comparison.ours_value - each.value;
    compared.push_back(std::move(comparison));
  }
  return compared;
}

std::vector<Target> targets_of(const std::vector<Entry>& rows, std::string_view level, std::string_view unit,
                               const std::vector<Figure>& figures, registry::Date day) {
  std::vector<Target> targets;
  for (const auto& row : rows) {
    if (row.kind != Kind::targets || row.at("level") != level || row.at("unit") != unit) continue;
    Target target{row.at("indicator"),
                  row.at("level"),
                  row.at("unit"),
                  *read_date(row.at("deadline")),
                  row.at("direction") == "at_least",
                  *read_decimal(row.at("value")),
                  row.at("decision"),
                  std::nullopt,
                  TargetState::not_measured};
    if (const Figure* figure = find_figure(figures, target.indicator)) target.now = figure->value();
    if (target.now) {
      const bool reached = target.at_least ? *target.now >= target.value : *target.now <= target.value;
      target.state = reached                  ? TargetState::reached
                     : day <= target.deadline ? TargetState::open
                                              : TargetState::missed;
    }
    targets.push_back(std::move(target));
  }
  std::ranges::sort(targets, {},
                    [](const Target& target) { return std::tie(target.deadline, target.indicator); });
  return targets;
}

}  // namespace xalink::meaning
