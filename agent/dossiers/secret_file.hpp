#pragma once
// Keys and tokens that stand alone in a file.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

/// The file's bytes without line ends at its end. Refuses what others can read, or more than the owner can
/// write. `what` names the secret in errors, `next` says how to make one; the secret itself is never told.
[[nodiscard]] Result<std::string> read_secret(const std::filesystem::path& file, std::string_view what,
                                              std::size_t least, std::size_t most, const std::string& next);

}  // namespace xalink
