#pragma once
// Names of files, and when they are safe: a file that is on the disk is lost all the same when a power cut
// takes its name away (POSIX, fsync).

#include <filesystem>

namespace xalink {

/// That holds the name of `file`; "." where the path has none.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& file);

/// Writes the names in `folder` to the disk. 0, or the system's number for what went wrong. A file system
/// that does not sync folders (some that are mounted over a network or by a program) is no error: there is
/// nothing that could be done.
[[nodiscard]] int sync_names(const std::filesystem::path& folder);

}  // namespace xalink
