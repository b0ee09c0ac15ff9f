#include "gateway/meaning/service_scores.hpp"

#include <algorithm>

#include "gateway/registry/field_text.hpp"

namespace xalink::meaning {
namespace {

using registry::Entry;
using registry::Kind;
using registry::read_decimal;

/// In English where the table has it.
Said said(const Entry& row, const std::string& column) {
  const std::string& english = row.at(column + "_en");
  return {english.empty() ? row.at(column) : english, row.at(column)};
}

ScoreLine line_of(const Entry& row, const std::vector<Figure>& figures) {
  ScoreLine line;
  line.id = row.at("id");
  line.group = line.id.substr(0, line.id.find('.'));
  line.name = said(row, "name");
  line.maximum = read_decimal(row.at("maximum"));
  line.threshold = read_decimal(row.at("threshold"));
  line.formula = row.at("formula");
  line.reason = said(row, "reason");
  const Figure* figure = find_figure(figures, row.at("measure"));
  if (figure == nullptr) {
    if (!row.at("measure").empty()) {
      line.reason = {"this gateway has no figure " + row.at("measure"),
                     "hệ thống không có số đo " + row.at("measure")};
    }
    return line;
  }
  if (!figure->measured) {
    line.reason = figure->note;
    return line;
  }
  line.figure = *figure;
  if (!figure->has_value()) {
    line.status = ScoreStatus::no_cases;
    return line;
  }
  line.status = ScoreStatus::rate_only;
  const std::string& conversion = row.at("conversion");
  if (!line.maximum || figure->measure != FigureUnit::percent) return line;
  if (conversion == "threshold") {
    line.points = points_by_threshold(*figure, *line.maximum, *line.threshold);
  } else if (conversion == "proportional") {
    line.points = points_by_threshold(*figure, *line.maximum, 100);
  }
  if (line.points) line.status = ScoreStatus::scored;
  return line;
}

}  // namespace

double points_by_threshold(const Figure& figure, double maximum, double threshold) {
  // Compared without dividing: 80 of 100 are not less than 80 percent.
  const double scaled = 100 * static_cast<double>(figure.numerator);
  const double needed = threshold * static_cast<double>(figure.denominator);
  return scaled >= needed ? maximum : maximum * scaled / needed;
}

std::string band_of(const std::vector<Entry>& rows, std::string_view decision, double points) {
  for (const auto& row : rows) {
    if (row.kind != Kind::score_bands || row.at("decision") != decision) continue;
    const auto below = read_decimal(row.at("points_below"));
    if (points >= *read_decimal(row.at("points_from")) && (!below || points < *below)) return row.at("band");
  }
  return {};
}

Scores scores_of(const std::vector<Entry>& rows, std::string_view decision,
                 const std::vector<Figure>& figures) {
  Scores scores;
  scores.decision = decision;
  for (const auto& row : rows) {
    if (row.kind != Kind::scores || row.at("decision") != decision) continue;
    if (row.at("conversion") != "group") {
      scores.lines.push_back(line_of(row, figures));
      continue;
    }
    ScoreGroup group;
    group.id = row.at("id");
    group.name = said(row, "name");
    group.maximum = read_decimal(row.at("maximum"));
    scores.groups.push_back(std::move(group));
  }
  // The registry gives rows by key, a file as somebody wrote them.
  std::ranges::sort(scores.lines, {}, &ScoreLine::id);
  std::ranges::sort(scores.groups, {}, &ScoreGroup::id);
  scores.complete = !scores.groups.empty();
  for (auto& group : scores.groups) {
    for (const auto& line : scores.lines) {
      if (line.group != group.id || !line.points) continue;
      group.points += *line.points;
      group.scored_maximum += *line.maximum;
    }
    group.complete = group.maximum && group.scored_maximum == *group.maximum;
    scores.points += group.points;
    scores.scored_maximum += group.scored_maximum;
    scores.complete = scores.complete && group.complete;
  }
  if (scores.complete) scores.band = band_of(rows, decision, scores.points);
  return scores;
}

}  // namespace xalink::meaning
