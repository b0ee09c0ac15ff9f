#include "agent/dossiers/old_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <system_error>

#include "agent/dossiers/durable_files.hpp"

namespace xalink {
namespace {

// Before the first release nobody dropped a file.
constexpr WallTime kFirstRelease = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

}  // namespace

Result<std::size_t> remove_old_files(const std::filesystem::path& folder, std::chrono::days keep,
                                     WallTime now) {
  std::size_t removed = 0;
  std::optional<Unexpected> problem;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::filesystem::path& file = entry->path();
    struct stat about {};
    if (::lstat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const WallTime since(std::chrono::seconds(about.st_ctim.tv_sec));
    if (since < kFirstRelease || since > now + std::chrono::hours(1)) {
      // Changes nothing but the time of the inode.
      if (::fchmodat(AT_FDCWD, file.c_str(), about.st_mode & 07777U, 0) != 0 && !problem)
        problem = system_failure(file, "is from a wrong clock's time, and its inode cannot be touched");
      continue;
    }
    if (since + keep >= now) continue;
    std::error_code refused;
    if (std::filesystem::remove(file, refused)) ++removed;
    if (refused && !problem) {
      problem =
          failure(file.string(), "is older than keep_done_days and cannot be removed: " + refused.message(),
                  "let the agent's user write in its folder");
    }
  }
  if (error) {
    return failure(folder.string(), "cannot be listed: " + error.message(),
                   "let the agent's user read and write there");
  }
  if (removed > 0) {
    if (auto synced = sync_folder(folder); !synced && !problem) problem = Unexpected(synced.error());
  }
  if (problem) return *problem;
  return removed;
}

}  // namespace xalink
