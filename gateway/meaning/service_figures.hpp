#pragma once
// What a tally comes to: each figure with its numerator and denominator, exact, and what they are.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/service_tally.hpp"
#include "sparkplug/said.hpp"

namespace xalink::meaning {

enum class FigureUnit : std::uint8_t { count, percent, days };

/// numerator / denominator, times 100 for percent. Without a denominator there is no value: never 0.
struct Figure {
  std::string id;  ///< "on_time_of_resolved": as official figures and targets name it
  FigureUnit measure = FigureUnit::count;
  Said label;
  Count numerator = 0;
  Count denominator = 0;  ///< 1 for a count; 0: nothing to divide by, or not measured
  Said numerator_label;
  Said denominator_label;
  Said note;             ///< why there is no value, or what to know of it; may be empty
  bool measured = true;  ///< no: there was something to look at, and no source tells of this

  [[nodiscard]] bool has_value() const { return denominator > 0; }
  /// For charts and comparisons; decimal() is the exact one.
  [[nodiscard]] std::optional<double> value() const;
  /// With so many decimals, halves away from zero: "97.90". Nothing without a value.
  [[nodiscard]] std::optional<std::string> decimal(int decimals) const;
};

/// All of them, in the order of a report; those that this gateway cannot measure too, with the reason.
[[nodiscard]] std::vector<Figure> figures_of(const ServiceTally& tally);
/// Null: there is none of that name.
[[nodiscard]] const Figure* find_figure(const std::vector<Figure>& figures, std::string_view id);

}  // namespace xalink::meaning
