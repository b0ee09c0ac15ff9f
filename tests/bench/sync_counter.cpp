// Preloaded into a program: counts its calls that wait for the disk, in a file that others can read while
// it runs. Wrappers of libc's own functions, so that neither SQLite nor Mosquitto notices.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "tests/bench/sync_counter.hpp"

namespace {

std::atomic<std::uint64_t>* counter() {
  static std::atomic<std::uint64_t>* const mapped = [] {
    static std::atomic<std::uint64_t> nowhere;
    const char* file = std::getenv(xalink::bench::kSyncCountVariable);  // NOLINT(concurrency-mt-unsafe)
    const int descriptor = file == nullptr ? -1 : ::open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || ::ftruncate(descriptor, sizeof(std::uint64_t)) != 0) return &nowhere;
    void* memory = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    return memory == MAP_FAILED ? &nowhere : static_cast<std::atomic<std::uint64_t>*>(memory);
  }();
  return mapped;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
  static const auto real = next<int (*)(int)>("fsync");
  ++*counter();
  return real(descriptor);
}

int fdatasync(int descriptor) {
  static const auto real = next<int (*)(int)>("fdatasync");
  ++*counter();
  return real(descriptor);
}

int msync(void* address, size_t length, int flags) {
  static const auto real = next<int (*)(void*, size_t, int)>("msync");
  if ((flags & MS_SYNC) != 0) ++*counter();
  return real(address, length, flags);
}

int sync_file_range(int descriptor, off64_t offset, off64_t length, unsigned flags) {
  static const auto real = next<int (*)(int, off64_t, off64_t, unsigned)>("sync_file_range");
  ++*counter();
  return real(descriptor, offset, length, flags);
}

}  // extern "C"
