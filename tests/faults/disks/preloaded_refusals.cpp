// Preloaded into a program: as long as the file $XALINK_REFUSE_WHEN is there, the system's calls on files
// below $XALINK_REFUSE_BELOW fail with the number that it holds, as on a card that has died. With EROFS
// reading goes on.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

using ReadCall = ssize_t (*)(int, void*, size_t);
using OpenCall = int (*)(const char*, int, ...);

bool is_below(const char* path) {
  const char* below = std::getenv("XALINK_REFUSE_BELOW");
  return below != nullptr && std::strncmp(path, below, std::strlen(below)) == 0;
}

/// The error that calls fail with now; 0 for none.
int error_now(bool writes) {
  const char* when = std::getenv("XALINK_REFUSE_WHEN");
  if (when == nullptr) return 0;
  static const auto real_open = next<OpenCall>("open");
  static const auto real_read = next<ReadCall>("read");
  const int kept = errno;
  const int file = real_open(when, O_RDONLY | O_CLOEXEC);
  int error = 0;
  if (file >= 0) {
    std::array<char, 8> text{};
    if (real_read(file, text.data(), text.size() - 1) > 0) error = std::atoi(text.data());
    ::close(file);
  }
  errno = kept;
  return error == EROFS && !writes ? 0 : error;
}

bool refuses(const char* path, bool writes) {
  if (!is_below(path)) return false;
  const int error = error_now(writes);
  if (error == 0) return false;
  errno = error;
  return true;
}

bool refuses(int file, bool writes) {
  const int kept = errno;
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  std::array<char, 4096> path{};
  const auto length = ::readlink(link.c_str(), path.data(), path.size() - 1);
  errno = kept;
  return length > 0 && refuses(path.data(), writes);
}

template <class... Arguments>
auto call(const char* name, bool writes, int file, Arguments... arguments) {
  using Call = ssize_t (*)(int, Arguments...);
  if (refuses(file, writes)) return ssize_t{-1};
  return next<Call>(name)(file, arguments...);
}

template <class... Arguments>
int call_int(const char* name, int file, Arguments... arguments) {
  using Call = int (*)(int, Arguments...);
  if (refuses(file, /*writes=*/true)) return -1;
  return next<Call>(name)(file, arguments...);
}

int open_file(const char* name, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if (refuses(path, writes)) return -1;
  return next<OpenCall>(name)(path, flags, mode);
}

}  // namespace

// The names are libc's, and so are the parameters.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {

ssize_t read(int file, void* to, size_t size) {
  return call("read", false, file, to, size);
}
ssize_t pread(int file, void* to, size_t size, off_t at) {
  return call("pread", false, file, to, size, at);
}
ssize_t pread64(int file, void* to, size_t size, off64_t at) {
  return call("pread64", false, file, to, size, at);
}
ssize_t write(int file, const void* from, size_t size) {
  return call("write", true, file, from, size);
}
ssize_t pwrite(int file, const void* from, size_t size, off_t at) {
  return call("pwrite", true, file, from, size, at);
}
ssize_t pwrite64(int file, const void* from, size_t size, off64_t at) {
  return call("pwrite64", true, file, from, size, at);
}
int fsync(int file) {
  return call_int("fsync", file);
}
int fdatasync(int file) {
  return call_int("fdatasync", file);
}
int ftruncate(int file, off_t size) noexcept {
  return call_int("ftruncate", file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  return call_int("ftruncate64", file, size);
}

// Without a mode where none was given: the kernel does not look at it then.
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return open_file("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return open_file("open64", path, flags, mode);
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
