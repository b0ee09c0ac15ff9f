#pragma once
// Cells of the investment report's tables. What the registry's columns do not hold is "not given": a province
// fills them in, and nothing is put in their place.

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/reports/document.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/scope.hpp"

namespace xalink::reports::investment_tables {

/// 100 times a share, or no data.
[[nodiscard]] inline Cell percent(const std::optional<double>& share) {
  return share ? Cell(100 * *share) : Cell(Missing::no_data);
}

template <class Number>
[[nodiscard]] Cell given(const std::optional<Number>& number) {
  return cell_or(number, Missing::not_given);
}
[[nodiscard]] inline Cell given(const Said& words) {
  return words.empty() ? Cell(Missing::not_given) : Cell(words);
}
[[nodiscard]] inline Cell given(const std::string& text) {
  return text.empty() ? Cell(Missing::not_given) : Cell(text);
}

/// A count out of a survey that may not be there.
[[nodiscard]] inline Cell surveyed(std::int64_t count, const std::optional<std::int64_t>& of) {
  return of ? Cell(count) : Cell(Missing::not_given);
}

[[nodiscard]] inline Cell zone_cell(const CommuneEvidence& commune) {
  return commune.zone.empty() ? Cell(Missing::not_given) : Cell(zone_name(commune.zone));
}

}  // namespace xalink::reports::investment_tables
