#pragma once
// A small disk of our own that can be filled, and that its kernel makes read-only as it does a bad card's.

#include <cstdint>
#include <filesystem>
#include <string>

namespace xalink::test {

/// From here on what this process and its children mount is seen by nobody else. False where that is not
/// allowed: these tests need root.
[[nodiscard]] bool have_own_mounts();

/// ext4 on a loop device, mounted at `place`, which is made. As on a board, an error of the file system
/// makes it read-only. Throws std::runtime_error. After have_own_mounts().
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path place, std::uint64_t bytes);
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk();

  [[nodiscard]] const std::filesystem::path& place() const { return place_; }

  /// Until not a byte is free.
  void fill() const;
  void free() const;

  /// Nobody may have a file open for writing: the kernel refuses then.
  void remount(bool read_only) const;
  /// As a card does whose file system shows an error: read-only at once, for good, whoever writes.
  void turn_read_only() const;
  /// Checked, and mounted anew in the same place, while programs still have files of the old mount open.
  void repair();

 private:
  void mount();

  std::filesystem::path place_;
  std::filesystem::path image_;
};

}  // namespace xalink::test
