#pragma once
// The report of dossiers: how many came, how many were done in time, how they were filed and paid; the groups
// of Decision 766, published figures, targets and registers of tasks beside them.

#include <cstdint>
#include <vector>

#include "gateway/meaning/service_table.hpp"
#include "gateway/meaning/task_register.hpp"
#include "gateway/registry/entry.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports {

enum class Audience : std::uint8_t {
  everybody,  ///< counts of 1 to 4, and what they would follow from, are not shown
  office,     ///< everything, with a list of dossiers that are due soon or overdue
};

/// Dossiers due within so many working days are listed.
inline constexpr std::int64_t kDueSoonDays = 3;

/// What is referred to must outlive the call.
struct DossiersReportInput {
  const meaning::ServiceTable& table;
  const registry::Registry& registry;
  const std::vector<registry::Entry>& rows;  ///< of the registry: points, published figures, targets, tasks
  std::int64_t registry_version = 0;
  meaning::ReportPeriod period;
  Scope scope = Scope::commune;
  Audience audience = Audience::everybody;
  meaning::JudgementRules rules;
  std::uint64_t records = 0;         ///< events of the dossiers that the period concerns
  std::uint64_t unusable = 0;        ///< of these
  std::size_t answers_left_out = 0;  ///< rows of answers that reach outside the period or overlap
  std::vector<meaning::TaskCount> task_counts{};  ///< of agencies' boards, as they were taken
};

/// Pure: the same input gives the same report. Tables "units" (by scope), "figures", "scores", "official",
/// "targets", "tasks", "task_counts"; for the office "due".
[[nodiscard]] Document dossiers_report(const DossiersReportInput& input);

}  // namespace xalink::reports
