#pragma once
// How much life the card has left that holds the records.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace xalink {

/// Each value stands alone: what cannot be read is empty. SD cards seldom tell their life, eMMC does.
struct StorageHealth {
  std::optional<std::string> device;      ///< "mmcblk0"
  std::optional<std::uint8_t> life_used;  ///< per cent, rounded up to tens; 110 is past its end
  std::optional<std::uint8_t> pre_eol;    ///< reserved blocks: 1 fine, 2 80 % used, 3 90 % used
  std::optional<std::uint64_t> errors;    ///< that ext4 found since the file system was last checked
  std::optional<bool> read_only;          ///< the file system takes no writes
  friend bool operator==(const StorageHealth&, const StorageHealth&) = default;
};

/// Of the file system that holds `storage` (as it is, not below `root`); its device is looked up in /sys
/// below `root`. Sources: JESD84-B51 (EXT_CSD 267 to 269) as
/// /sys/block/mmcblk*/device/{life_time,pre_eol_info} tell it, /sys/fs/ext4/<device>/errors_count,
/// statvfs(3).
[[nodiscard]] StorageHealth read_storage_health(const std::filesystem::path& storage,
                                                const std::filesystem::path& root = "/");

}  // namespace xalink
