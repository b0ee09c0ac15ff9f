#pragma once
// One process for one outbox.

#include <filesystem>
#include <memory>

#include "sparkplug/result.hpp"

namespace xalink {

/// Holds `<file>.lock` for as long as it lives; the kernel lets go when the process dies. A lock beside
/// the database instead of SQLite's own exclusive mode, so that people can read it while the agent runs.
class FileLock {
 public:
  /// Fails when another process (or another lock in this one) holds it, or the folder refuses.
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> take(const std::filesystem::path& file);

  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace xalink
