#pragma once
// How messages about settings show keys and values, and which key a misspelt one was meant to be.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// On one line and not longer than a line, whatever the text holds.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// As the key would have to be written in TOML.
[[nodiscard]] std::string shown_key(std::string_view key);
/// "a", "b" or "c"
[[nodiscard]] std::string list_of(const std::vector<std::string_view>& words);

/// Optimal string alignment distance, blind to case and to '-' for '_'.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

[[nodiscard]] std::string shown(double number);
/// "250ms", "10s", "5m", "2h", "1d"
[[nodiscard]] std::string shown(Milliseconds duration);
/// The other way, a fraction allowed: milliseconds, or nothing when it is no duration.
[[nodiscard]] std::optional<double> milliseconds_in(std::string_view text);

/// "4MiB"; in the largest unit that leaves a whole number.
[[nodiscard]] std::string shown_bytes(std::uint64_t bytes);
/// The other way: B, KiB, MiB, GiB, TiB (of 1024) and kB, MB, GB, TB (of 1000), a fraction allowed.
[[nodiscard]] std::optional<double> bytes_in(std::string_view text);

}  // namespace xalink
