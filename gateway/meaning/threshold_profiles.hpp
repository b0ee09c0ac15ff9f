#pragma once
// What a connection ought to be, by whom: requirements as data (data/threshold-profiles.csv).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/availability.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"

namespace xalink::meaning {

enum class Measure : std::uint8_t {
  download_mbps,
  upload_mbps,
  download_of_contract,  ///< share of what the contract promises, 0 to 1 and more
  upload_of_contract,
  rtt_ms,
  loss_percent,
  availability_percent,
};
enum class Statistic : std::uint8_t { mean, median, p5, p10, p90, p95 };

[[nodiscard]] std::string_view to_string(Measure measure);
[[nodiscard]] std::string_view to_string(Statistic statistic);
/// Of round trips and loss, less is better.
[[nodiscard]] constexpr bool is_better_low(Measure measure) {
  return measure == Measure::rtt_ms || measure == Measure::loss_percent;
}

/// Which availability is meant: "office_hours/known/all".
struct AvailabilityKind {
  bool office_hours = false;
  Base base = Base::known_time;
  Demand demand = Demand::all;
  friend bool operator==(const AvailabilityKind&, const AvailabilityKind&) = default;
};

struct Requirement {
  Measure measure = Measure::download_mbps;
  Statistic statistic = Statistic::mean;
  AvailabilityKind availability;          ///< of availability_percent, in place of the statistic
  std::vector<std::string> technologies;  ///< for which it is meant; empty: for any
  double good = 0;                        ///< reached: good
  std::optional<double> limited;          ///< reached: limited; not even this: bad
  std::string source;                     ///< "English | tiếng Việt", or one text for both
  std::string standing;                   ///< how sure the number is; likewise

  [[nodiscard]] bool applies_to(std::string_view technology) const;
  friend bool operator==(const Requirement&, const Requirement&) = default;
};

struct ThresholdProfile {
  std::string id;  ///< "qcvn34"
  std::string name_english;
  std::string name_vietnamese;
  std::vector<Requirement> requirements;
  [[nodiscard]] const std::string& name(Language language) const {
    return language == Language::vietnamese ? name_vietnamese : name_english;
  }
};

/// In the order of the file. Errors name line and column.
[[nodiscard]] Result<std::vector<ThresholdProfile>> parse_threshold_profiles(std::string_view csv,
                                                                             const std::string& file);
[[nodiscard]] Result<std::vector<ThresholdProfile>> read_threshold_profiles(
    const std::filesystem::path& file);

}  // namespace xalink::meaning
