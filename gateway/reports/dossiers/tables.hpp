#pragma once
// The tables of the report of dossiers, one file each. All are pure; those that the registry has no rows for
// are empty, and are left out of the report.

#include "gateway/reports/document.hpp"
#include "gateway/reports/dossiers/shown_figures.hpp"

namespace xalink::reports::dossiers_tables {

/// By --by, on the map: "units".
[[nodiscard]] Table units(const ShownFigures& shown);
/// Every figure of the whole, with what it is a share of: "figures".
[[nodiscard]] Table figures(const ShownFigures& shown);
/// Decision 766: "scores".
[[nodiscard]] Table scores(const ShownFigures& shown);
/// Published figures beside these: "official".
[[nodiscard]] Table official(const ShownFigures& shown);
/// "targets".
[[nodiscard]] Table targets(const ShownFigures& shown);
/// Registers of tasks by programme: "tasks".
[[nodiscard]] Table tasks(const ShownFigures& shown);
/// Counts of tasks that agencies' boards told, register by register: "task_counts".
[[nodiscard]] Table task_counts(const ShownFigures& shown);
/// Dossiers that are overdue or due soon, for the office: "due".
[[nodiscard]] Table due(const ShownFigures& shown);

/// A unit that a table of the registry has rows for, with its figures.
struct NamedUnit {
  std::string level;  ///< as the registry has it
  meaning::Unit unit;
  meaning::ServiceTally tally;
};
/// Units among communes and larger ones, in the order of the rows.
[[nodiscard]] std::vector<NamedUnit> units_of(const ShownFigures& shown, registry::Kind kind);

}  // namespace xalink::reports::dossiers_tables
