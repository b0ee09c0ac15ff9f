#include "agent/outbox/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace xalink {

Result<std::unique_ptr<FileLock>> FileLock::take(const std::filesystem::path& file, Refusal& refusal) {
  refusal = Refusal::none;
  auto lock_file = file;
  lock_file += ".lock";
  const int descriptor = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const bool disk = errno == ENOSPC || errno == EROFS || errno == EIO || errno == EDQUOT;
    refusal = disk ? Refusal::disk : Refusal::folder;
    const auto reason = std::generic_category().message(errno);
    if (disk) {
      return failure(lock_file.string(), "cannot create the outbox's lock: " + reason,
                     "Free space on this disk, or mount it for writing; dmesg tells whether it is broken");
    }
    return failure(lock_file.string(), "cannot create the outbox's lock: " + reason,
                   "Check that the folder " + file.parent_path().string() +
                       " exists and that the user the agent runs as may write there");
  }
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      refusal = Refusal::held;
      return failure(file.string(), "another xalink-agent uses this outbox",
                     "Stop it first (systemctl stop xalink-agent), or name another outbox for this one");
    }
    refusal = Refusal::folder;
    const auto reason = std::generic_category().message(errno);
    return failure(lock_file.string(), "cannot lock the outbox: " + reason,
                   "Put the outbox on a local file system");
  }
  return lock;
}

void FileLock::note_outbox() {
  constexpr std::string_view kNote = "xalink outbox\n";
  // Refused by a full disk: it is tried again at the next start.
  if (!knows_outbox()) (void)!::pwrite(descriptor_, kNote.data(), kNote.size(), 0);
}

bool FileLock::knows_outbox() const {
  struct stat status = {};
  return ::fstat(descriptor_, &status) == 0 && status.st_size > 0;
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace xalink
