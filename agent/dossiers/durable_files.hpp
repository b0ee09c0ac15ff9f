#pragma once
// Files that must still be there after a power cut: what is written is synced, and so is the folder that
// names it.

#include <filesystem>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

/// Owns a POSIX file descriptor.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// The last system call's error as an Error about `file`.
[[nodiscard]] Unexpected system_failure(const std::filesystem::path& file, std::string_view what);

/// All of `bytes`, or an error.
[[nodiscard]] Result<void> write_all(const FileDescriptor& file, std::string_view bytes,
                                     const std::filesystem::path& name);
/// Makes the names in `folder` durable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);
/// Writes or replaces `file`; on the disk on return.
[[nodiscard]] Result<void> write_durably(const std::filesystem::path& file, std::string_view text);
/// Both folders are synced on return.
[[nodiscard]] Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// `folder`/`stem``suffix`, or with "-2", "-3", ... before the suffix when that is taken. Very long stems
/// are cut, so that the name fits into a folder.
[[nodiscard]] std::filesystem::path unused_name(const std::filesystem::path& folder, std::string stem,
                                                const std::string& suffix);

}  // namespace xalink
