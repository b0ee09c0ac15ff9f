#pragma once
// Why an office could not be reached, or reach what it needs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/language.hpp"

namespace xalink::meaning {

/// In the order of the ladder, from the bottom: of two at one time, the lower one is the cause of a site.
enum class Cause : std::uint8_t {
  switched_off,  ///< the board was shut down as it should be: planned, no outage
  power,         ///< it went off without that, and nothing else explains it
  board,         ///< watchdog, kernel panic, a program that crashed and stayed away
  modem,
  link,
  first_hop,
  internet,
  dns,
  services,  ///< a named public service, and not what leads to it
  gateway,   ///< the province's own gateway, and not what leads to it
};
inline constexpr std::size_t kCauseCount = 10;

[[nodiscard]] constexpr std::size_t index(Cause cause) {
  return static_cast<std::size_t>(cause);
}

/// An interruption that somebody wanted is no outage: it counts as time without service on all time, and not
/// among outages.
[[nodiscard]] constexpr bool is_outage(Cause cause) {
  return cause != Cause::switched_off;
}
/// The board had no power, or was not to have any: what powered-on time leaves out.
[[nodiscard]] constexpr bool is_without_power(Cause cause) {
  return cause <= Cause::power;
}
/// The office's line did its work all the same.
[[nodiscard]] constexpr bool is_beyond_line(Cause cause) {
  return cause >= Cause::services;
}

/// As the board's records and all files spell it: "power", "first hop"; "switched off" is ours.
[[nodiscard]] std::string_view to_string(Cause cause);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view name);
/// For headings and people: "Mất điện", "Power loss".
[[nodiscard]] std::string cause_label(Cause cause, Language language);

}  // namespace xalink::meaning
