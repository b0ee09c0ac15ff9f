#pragma once
// Passwords that a configuration names a file for.

#include <string>
#include <string_view>

#include "sparkplug/settings.hpp"

namespace xalink {

/// The name of the key's file when it can be read, else "" and, where the key stands, a mistake.
[[nodiscard]] std::string readable_file(SettingsTable& table, std::string_view key);
/// What the key's file holds, without blanks around it; "" without the key, or with a mistake.
[[nodiscard]] std::string read_secret(SettingsTable& table, std::string_view key);

}  // namespace xalink
