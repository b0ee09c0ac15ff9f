#pragma once
// Which boot this is.

#include <filesystem>
#include <string>

namespace xalink {

/// The kernel's UUID of this boot, e.g. "1c6e3f2a-...", from /proc/sys/kernel/random/boot_id below `root`.
/// Empty when it cannot be read.
[[nodiscard]] std::string read_boot_id(const std::filesystem::path& root = "/");

}  // namespace xalink
