#pragma once
// How long a site or commune was up, down by cause, and unknown, and the shares that follow from it.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/cause.hpp"
#include "gateway/meaning/interval.hpp"
#include "gateway/meaning/timeline.hpp"

namespace xalink::meaning {

/// A rate with what it was made of: never shown without.
struct Share {
  Milliseconds numerator{};
  Milliseconds denominator{};
  /// 0 to 1; nothing where the denominator is 0: not computable, which is not 0.
  [[nodiscard]] std::optional<double> value() const;
  friend bool operator==(const Share&, const Share&) = default;
};

/// Sums over some hours of some period. up + unknown + all of down = period, to the millisecond.
struct Tally {
  Milliseconds period{};
  Milliseconds up{};
  Milliseconds unknown{};
  Milliseconds without_board{};  ///< of unknown: no site was registered
  Milliseconds estimated{};      ///< of up and down: rests on times within bounds only
  std::array<Milliseconds, kCauseCount> down{};
  std::map<std::string, Milliseconds> services;  ///< of down by services, by name; adds up to it
  /// Stretches of outage without a break (is_outage() of every cause in it), as far as they lie in these
  /// hours. One that goes through the lunch break counts once.
  std::uint64_t outages = 0;
  Milliseconds longest{};  ///< of them, within these hours

  [[nodiscard]] Milliseconds down_by(Cause cause) const { return down[index(cause)]; }
  [[nodiscard]] Milliseconds down_total() const;
  /// Without what was switched off on purpose.
  [[nodiscard]] Milliseconds outage_time() const;
  [[nodiscard]] Milliseconds known() const { return period - unknown; }
  /// known() without the time in which the board had no power or was switched off.
  [[nodiscard]] Milliseconds powered_on() const;

  /// Mean time to repair: outage time by outages. Nothing without an outage.
  [[nodiscard]] std::optional<Milliseconds> mean_time_to_repair() const;
  /// Mean time between failures: time up by outages. Nothing without an outage: longer than was looked at.
  [[nodiscard]] std::optional<Milliseconds> mean_time_between_failures() const;

  /// How much of the period is known at all.
  [[nodiscard]] Share completeness() const { return {known(), period}; }
  [[nodiscard]] Share estimated_share() const { return {estimated, known()}; }

  Tally& operator+=(const Tally& other);
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// What is divided by.
enum class Base : std::uint8_t {
  known_time,       ///< all that is known, up or down
  powered_on_time,  ///< without what the power took and what was switched off: what Giga measures
};
/// What is asked of the office.
enum class Demand : std::uint8_t {
  all,   ///< it reaches the services and the gateway
  line,  ///< its line works: what lies beyond is somebody else's, and counts as up
};

/// Time up of the time that the base takes. Unknown time is in neither.
[[nodiscard]] Share availability(const Tally& tally, Base base, Demand demand = Demand::all);

struct Availability {
  Tally all_hours;
  Tally office_hours;

  Availability& operator+=(const Availability& other);
  friend bool operator==(const Availability&, const Availability&) = default;
};

/// Over the part of the timeline that lies in `scope` (sorted, apart). `office`: likewise.
[[nodiscard]] Availability measure(const Timeline& timeline, const std::vector<Interval>& scope,
                                   const std::vector<Interval>& office);
[[nodiscard]] Tally tally(const Timeline& timeline, const std::vector<Interval>& hours);

}  // namespace xalink::meaning
