#include "agent/dossiers/durable_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "sparkplug/folder.hpp"

namespace xalink {
namespace {

// NAME_MAX is 255; leaves room for "-12345" and our longest suffix.
constexpr std::size_t kMaxStem = 220;

Result<void> sync(const FileDescriptor& file, const std::filesystem::path& name) {
  if (::fsync(file.get()) != 0) return system_failure(name, "cannot be made durable");
  return {};
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Unexpected system_failure(const std::filesystem::path& file, std::string_view what) {
  const int code = errno;
  std::string next;
  switch (code) {
    case EACCES:
    case EPERM: next = "let the agent's user read and write in the drop folder"; break;
    case ENOSPC:
    case EDQUOT: next = "free space on this disk"; break;
    case EROFS: next = "mount the disk for writing"; break;
    case EXDEV: next = "keep done/ and rejected/ on the disk of the drop folder"; break;
    default: next = "check the disk and the folder"; break;
  }
  return failure(file.string(), std::string(what) + ": " + std::generic_category().message(code), next);
}

Result<void> write_all(const FileDescriptor& file, std::string_view bytes,
                       const std::filesystem::path& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(name, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  errno = sync_names(folder);
  if (errno != 0) return system_failure(folder, "cannot be made durable");
  return {};
}

Result<void> write_durably(const std::filesystem::path& file, std::string_view text) {
  const FileDescriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (out.get() < 0) return system_failure(file, "cannot be created");
  if (auto written = write_all(out, text, file); !written) return written;
  if (auto synced = sync(out, file); !synced) return synced;
  return sync_folder(file.parent_path());
}

Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return system_failure(from, "cannot be moved to " + to.parent_path().string());
  }
  // The new name first: twice in a crash is better than not at all.
  if (auto synced = sync_folder(to.parent_path()); !synced) return synced;
  return sync_folder(from.parent_path());
}

std::filesystem::path unused_name(const std::filesystem::path& folder, std::string stem,
                                  const std::string& suffix) {
  if (stem.size() > kMaxStem) stem.resize(kMaxStem);
  std::filesystem::path name = folder / (stem + suffix);
  std::error_code error;
  for (std::uint64_t number = 2; std::filesystem::exists(std::filesystem::symlink_status(name, error));
       ++number) {
    name = folder / (stem + "-" + std::to_string(number) + suffix);
  }
  return name;
}

}  // namespace xalink
