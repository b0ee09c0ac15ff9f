#pragma once
// The investment report: the ranking with its evidence, the formula and the weights, and how firm it is.

#include <string>
#include <vector>

#include "gateway/reports/document.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports {

struct InvestmentReportInput {
  const std::vector<CommuneEvidence>& communes;
  Weights weights = kUsualWeights;
  meaning::ReportPeriod period;
  Scope scope = Scope::commune;  ///< other than commune: a table of larger units besides
  Said profile;                  ///< of thresholds that the coverage gap is measured against
  const std::vector<CommuneEvidence>* before = nullptr;  ///< of the period before; null: no trend
  meaning::ReportPeriod period_before{};
};

/// Pure. Tables "ranking" and "unranked" (both on the map, each commune in one of them), "evidence",
/// "registry", "points", "sensitivity", "units" (investment/tables.hpp). What the figures rest on is the
/// caller's to add (add_ground()).
[[nodiscard]] Document investment_report(const InvestmentReportInput& input);

}  // namespace xalink::reports
