#pragma once
// A block device of our own with a file system on it, whose written bytes can be counted.

#include <cstdint>
#include <filesystem>
#include <string>

namespace xalink::bench {

/// An image file behind a loop device, with ext4 as on a board's card: 4 KiB blocks, a journal, default
/// options. Needs root. Unmounted and removed at its end. Throws std::runtime_error.
class LoopDisk {
 public:
  LoopDisk(const std::filesystem::path& folder, std::uint64_t bytes);
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;
  ~LoopDisk();

  [[nodiscard]] const std::filesystem::path& mount_point() const { return mount_point_; }

  struct Traffic {
    std::uint64_t bytes = 0;    ///< written to the device
    std::uint64_t flushes = 0;  ///< of the device's own cache
  };
  /// Since the device was made, with all that the kernel still held back written out.
  [[nodiscard]] Traffic traffic() const;

 private:
  std::filesystem::path image_;
  std::filesystem::path mount_point_;
  std::string device_;  ///< "/dev/loop3"
  bool mounted_ = false;
};

/// Makes ext4 commit its journal for what changed in `folder`, as it does by itself after 5 s.
void commit_journal(const std::filesystem::path& folder);
/// Writes out what the kernel holds back of the file system that holds `folder`.
void write_back(const std::filesystem::path& folder);

}  // namespace xalink::bench
