#pragma once
// What the kernel knows of the board itself.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace xalink {

/// Each value stands alone: what cannot be read is empty.
struct SystemReadings {
  std::optional<std::uint32_t> uptime_s;
  std::optional<double> load_1m;
  std::optional<std::uint64_t> memory_available;  ///< bytes
  std::optional<std::uint64_t> memory_total;
  std::optional<std::uint64_t> disk_available;  ///< bytes that programs without privileges may still write
  std::optional<std::uint64_t> disk_total;
  std::optional<double> temperature;  ///< degrees Celsius, of the hottest thermal zone
};

/// From /proc and /sys below `root`, and the file system that holds `storage` (as it is, not below root).
[[nodiscard]] SystemReadings read_system(const std::filesystem::path& storage,
                                         const std::filesystem::path& root = "/");

}  // namespace xalink
