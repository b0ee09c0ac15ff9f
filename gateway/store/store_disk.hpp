#pragma once
// The file system that the store is on, as anybody may ask it: a gateway that cannot store cannot write that
// down either, so `xalink-gateway boards` looks for itself.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace xalink {

struct StoreDisk {
  std::uint64_t free_bytes = 0;  ///< for a user without privileges (statvfs(3), f_bavail)
  bool read_only = false;        ///< mounted so, or turned so by the kernel after an error

  /// A province of 200 boards stores some 2 MiB a day: this is the time to free space.
  static constexpr std::uint64_t kLittle = 100ULL << 20U;
  [[nodiscard]] bool little() const { return free_bytes < kLittle; }
  friend bool operator==(const StoreDisk&, const StoreDisk&) = default;
};

/// Nothing when the file system does not say. Thread-safety: any thread.
[[nodiscard]] std::optional<StoreDisk> disk_of(const std::filesystem::path& store);

}  // namespace xalink
