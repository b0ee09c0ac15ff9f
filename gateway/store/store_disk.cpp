#include "gateway/store/store_disk.hpp"

#include <sys/statvfs.h>

#include "sparkplug/read_only_disk.hpp"

namespace xalink {

std::optional<StoreDisk> disk_of(const std::filesystem::path& store) {
  struct statvfs about {};
  if (::statvfs(store.c_str(), &about) != 0) return std::nullopt;
  StoreDisk disk;
  disk.free_bytes = std::uint64_t{about.f_bavail} * about.f_frsize;
  disk.read_only = is_on_read_only_disk(store);
  return disk;
}

}  // namespace xalink
