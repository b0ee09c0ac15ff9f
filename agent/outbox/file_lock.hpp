#pragma once
// One process for one outbox.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sparkplug/result.hpp"

namespace xalink {

/// Holds `<file>.lock` for as long as it lives; the kernel lets go when the process dies. A lock beside
/// the database as well as SQLite's own, which is let go of while a damaged file is mended or made smaller.
class FileLock {
 public:
  enum class Refusal : std::uint8_t {
    none,
    held,    ///< by another process, or another lock in this one
    folder,  ///< is not there, or may not be written by this user
    disk,    ///< full, read-only, broken: may be well again later
  };
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> take(const std::filesystem::path& file,
                                                              Refusal& refusal);

  /// Notes in the lock's file that an outbox was opened under this name: whatever lies there from now on
  /// is that outbox, however damaged. Without it a file of somebody else's is left alone.
  void note_outbox();
  [[nodiscard]] bool knows_outbox() const;

  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace xalink
