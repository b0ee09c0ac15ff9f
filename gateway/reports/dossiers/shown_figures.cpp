#include "gateway/reports/dossiers/shown_figures.hpp"

#include <algorithm>
#include <iterator>

#include "gateway/meaning/small_cells.hpp"

namespace xalink::reports {
namespace {

using meaning::Figure;
using meaning::FigureUnit;
using meaning::Level;
using meaning::ServiceTally;

// Columns of these that are the sum of others.
const std::vector<meaning::SumOfColumns>& sums_of_counts() {
  static const std::vector<meaning::SumOfColumns> kSums{{1, {2, 3, 4, 5}}, {6, {7, 8, 9}}};
  return kSums;
}

Missing why_missing(const Figure& figure, const ServiceTally& tally) {
  if (!figure.measured) return Missing::not_measured;
  if (figure.id.starts_with("satisfaction") || figure.id == "response") return Missing::no_data;
  return tally.received + tally.resolved + tally.pending == 0 ? Missing::not_applicable : Missing::no_data;
}

}  // namespace

ColumnKind kind_of(FigureUnit measure) {
  switch (measure) {
    case FigureUnit::count: return ColumnKind::integer;
    case FigureUnit::percent: return ColumnKind::percent;
    case FigureUnit::days: break;
  }
  return ColumnKind::decimal;
}
int digits_of(FigureUnit measure) {
  return measure == FigureUnit::count ? 0 : 2;
}

Cell text_or_none(const std::string& text) {
  return text.empty() ? Cell(Missing::not_applicable) : Cell(text);
}
Cell said_or_none(const Said& said) {
  return said.empty() ? Cell(Missing::not_applicable) : Cell(said);
}

ShownFigures::ShownFigures(const DossiersReportInput& input)
    : input_(input),
      all_(input.table.tally({Level::all, ""})),
      figures_(meaning::figures_of(all_)),
      hidden_(hidden_of({figures_}, false).front()) {
  std::map<Level, std::vector<const meaning::Unit*>> levels;
  for (const auto& [unit, tally] : input.table.tallies()) {
    if (open() && unit.level != Level::all) levels[unit.level].push_back(&unit);
  }
  for (const auto& [level, units] : levels) {
    std::vector<std::vector<Figure>> rows;
    for (const auto* unit : units) rows.push_back(meaning::figures_of(input.table.tallies().at(*unit)));
    auto hidden = hidden_of(rows, true);
    for (std::size_t i = 0; i < units.size(); ++i) {
      hidden_of_unit_.emplace(*units[i], std::move(hidden[i]));
    }
  }
}

const ShownFigures::Hidden& ShownFigures::hidden_of(const meaning::Unit& unit) const {
  static const Hidden kNothing;
  const auto found = hidden_of_unit_.find(unit);
  return found == hidden_of_unit_.end() ? kNothing : found->second;
}

Date ShownFigures::last_day() const {
  return meaning::day_of(input_.table.as_of() - Milliseconds(1));
}

std::vector<ShownFigures::Hidden> ShownFigures::hidden_of(const std::vector<std::vector<Figure>>& rows,
                                                          bool with_sums) const {
  std::vector<Hidden> hidden(rows.size());
  if (!open()) return hidden;
  std::vector<std::vector<std::int64_t>> counts;
  for (const auto& figures : rows) {
    counts.emplace_back();
    for (const char* id : kDossierCounts)
      counts.back().push_back(meaning::find_figure(figures, id)->numerator);
  }
  const auto cells = meaning::hidden_cells(counts, sums_of_counts(), with_sums);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < std::size(kDossierCounts); ++i) {
      if (cells[row][i]) hidden[row].insert(kDossierCounts[i]);
    }
    const auto any_part = [&](std::size_t sum) {
      return std::ranges::any_of(sums_of_counts()[sum].parts,
                                 [&](std::size_t part) { return cells[row][part]; });
    };
    if (any_part(0)) hidden[row].insert({"on_time_of_resolved", "early_of_resolved"});
    if (any_part(0) || any_part(1)) hidden[row].insert({"on_time_of_all", "not_judged"});
  }
  return hidden;
}

Cell ShownFigures::cell_of(const Figure& figure, const ServiceTally& tally, const Hidden& hidden) const {
  // Of whom no dossier is known nobody can say that there were none: exports may be missing.
  const bool nothing = tally == ServiceTally{};
  if (!figure.has_value()) return nothing ? Missing::no_data : why_missing(figure, tally);
  if (hidden.contains(figure.id)) return Missing::suppressed;
  if (nothing) return Missing::no_data;
  switch (figure.measure) {
    case FigureUnit::count: return open() ? count_or_suppressed(figure.numerator) : Cell(figure.numerator);
    case FigureUnit::percent:
      if (open() && !meaning::share_may_be_shown(figure.numerator, figure.denominator))
        return Missing::suppressed;
      break;
    case FigureUnit::days:
      if (open() && meaning::is_small_cell(static_cast<std::int64_t>(tally.processing.size())))
        return Missing::suppressed;
      break;
  }
  return *figure.value();
}

Said ShownFigures::name_of(const meaning::Unit& unit) const {
  if (unit.level == Level::zone) return zone_name(unit.key);
  if (unit.key.empty()) return {"not placed by the registry", "chưa có trong danh bạ"};
  const auto name = input_.table.name_of(unit);
  return {name, name};
}

}  // namespace xalink::reports
