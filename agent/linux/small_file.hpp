#pragma once
// Values of /proc and /sys: small texts that the kernel makes up when they are read.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace xalink {

/// The whole text, or nothing when it cannot be read (missing, not permitted, or the driver says no, as
/// for the carrier of an interface that is down). At most 1 MiB: more is not a value.
[[nodiscard]] std::optional<std::string> read_small_file(const std::filesystem::path& file);

/// A decimal number with white space around it; nothing when it is something else.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// `text` without white space at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace xalink
