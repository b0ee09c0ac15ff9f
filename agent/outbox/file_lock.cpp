#include "agent/outbox/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace xalink {

Result<std::unique_ptr<FileLock>> FileLock::take(const std::filesystem::path& file) {
  auto lock_file = file;
  lock_file += ".lock";
  const int descriptor = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const auto reason = std::generic_category().message(errno);
    return failure(lock_file.string(), "cannot create the outbox's lock: " + reason,
                   "Check that the folder " + file.parent_path().string() +
                       " exists and that the user the agent runs as may write there");
  }
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return failure(file.string(), "another xalink-agent uses this outbox",
                     "Stop it first (systemctl stop xalink-agent), or name another outbox for this one");
    }
    const auto reason = std::generic_category().message(errno);
    return failure(lock_file.string(), "cannot lock the outbox: " + reason,
                   "Put the outbox on a local file system");
  }
  return lock;
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace xalink
