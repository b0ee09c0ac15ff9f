#pragma once
// Figures of dossiers as a reader may see them: to the public, small counts and what would tell them are
// hidden. Also the columns' forms, and the names of units.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/meaning/service_table.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/dossiers_report.hpp"

namespace xalink::reports {

/// Counts of each unit; what else there is stands in the table of figures.
inline constexpr const char* kDossierCounts[] = {"received",        "resolved",
                                                 "resolved_early",  "resolved_on_time",
                                                 "resolved_late",   "resolved_not_judged",
                                                 "pending",         "pending_in_time",
                                                 "pending_overdue", "pending_not_judged"};

[[nodiscard]] ColumnKind kind_of(meaning::FigureUnit measure);
[[nodiscard]] int digits_of(meaning::FigureUnit measure);
[[nodiscard]] Cell text_or_none(const std::string& text);
[[nodiscard]] Cell said_or_none(const Said& said);

/// Refers to the input, which outlives it.
class ShownFigures {
 public:
  /// Figures of a row that are not shown, by id.
  using Hidden = std::set<std::string_view>;

  explicit ShownFigures(const DossiersReportInput& input);

  [[nodiscard]] const DossiersReportInput& input() const { return input_; }
  /// For everybody to see.
  [[nodiscard]] bool open() const { return input_.audience == Audience::everybody; }
  /// Of the whole.
  [[nodiscard]] const meaning::ServiceTally& all() const { return all_; }
  [[nodiscard]] const std::vector<meaning::Figure>& figures() const { return figures_; }
  [[nodiscard]] const Hidden& hidden() const { return hidden_; }
  /// The last day of which something has passed.
  [[nodiscard]] Date last_day() const;

  /// Of each row of figures, which are not shown: counts, and shares that would tell them. `with_sums`: the
  /// sum of the rows is known to the reader.
  [[nodiscard]] std::vector<Hidden> hidden_of(const std::vector<std::vector<meaning::Figure>>& rows,
                                              bool with_sums) const;
  /// Of a unit, whichever table shows it: as among all units of its level, whose sums are known. What one
  /// table hides no other may tell.
  [[nodiscard]] const Hidden& hidden_of(const meaning::Unit& unit) const;
  [[nodiscard]] Cell cell_of(const meaning::Figure& figure, const meaning::ServiceTally& tally,
                             const Hidden& hidden) const;
  [[nodiscard]] Said name_of(const meaning::Unit& unit) const;

 private:
  const DossiersReportInput& input_;
  meaning::ServiceTally all_;
  std::vector<meaning::Figure> figures_;
  Hidden hidden_;
  std::map<meaning::Unit, Hidden> hidden_of_unit_;
};

}  // namespace xalink::reports
