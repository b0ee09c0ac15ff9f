#pragma once
// The language that people are spoken to in.

#include <cstdint>
#include <optional>
#include <string_view>

namespace xalink {

enum class Language : std::uint8_t { english, vietnamese };

/// "vi" or "en"; nothing for other words.
[[nodiscard]] std::optional<Language> language_named(std::string_view name);
/// From the locale of the environment (LC_ALL, LC_MESSAGES, LANG in this order): Vietnamese when it
/// says vi, else English.
[[nodiscard]] Language language_of_environment();

}  // namespace xalink
