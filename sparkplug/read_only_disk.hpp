#pragma once
// Whether a disk takes nothing because its file system is read-only: mounted so, or turned so by the kernel.

#include <filesystem>
#include <string_view>

namespace xalink {

/// Asks the kernel about the file system of `path`, which must be there; false when it does not say.
/// Thread-safety: any thread.
[[nodiscard]] bool is_on_read_only_disk(const std::filesystem::path& path);

/// The line of /proc/self/mountinfo (proc(5)) for the device says that ext4 gave up writing after an error.
/// Newer kernels leave the mount "rw" then and have a word of their own for it.
[[nodiscard]] bool gave_up_writing(std::string_view mountinfo, unsigned major, unsigned minor);

}  // namespace xalink
