#pragma once
// The tables of the investment report, one file each. All are pure.

#include <vector>

#include "gateway/reports/document.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/investment_report.hpp"

namespace xalink::reports::investment_tables {

/// Who needs most, in what, why, and whether it became better or worse. Table "ranking".
[[nodiscard]] Table ranking(const InvestmentReportInput& input, const Ranking& ranking);
/// What was measured and surveyed of each commune that is ranked, in the order of the ranks: "evidence".
[[nodiscard]] Table evidence(const Ranking& ranking);
/// What the province's registry says of each: people, contracts, programmes. "registry".
[[nodiscard]] Table registered(const Ranking& ranking);
/// What each score is made of: "points".
[[nodiscard]] Table points(const InvestmentReportInput& input, const Ranking& ranking);
/// Communes of which too little is known, with what the registry says of them: "unranked". They stand in no
/// other table.
[[nodiscard]] Table unranked(const Ranking& ranking);
/// How the first ten change when a weight does: "sensitivity".
[[nodiscard]] Table sensitivity(const InvestmentReportInput& input, const Ranking& ranking);
/// Larger units: how many of their communes are ranked, and how high. "units".
[[nodiscard]] Table units(const InvestmentReportInput& input, const Ranking& ranking);

}  // namespace xalink::reports::investment_tables
