#include "tests/fakes/watched_disk.hpp"

#include <stdexcept>
#include <utility>

namespace xalink {
namespace {

// SQLite's file methods know nothing but their file, and the real file stays what it is.
WatchedDisk* the_disk = nullptr;

}  // namespace

struct WatchedDisk::Calls {
  static int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& disk = *the_disk;
    const int code = disk.real_->xOpen(disk.real_, name, file, flags, out_flags);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    // All files of one locking style share one table, and tests use one file system.
    if (disk.real_methods_ == nullptr) {
      disk.real_methods_ = file->pMethods;
      disk.methods_ = *file->pMethods;
      disk.methods_.xWrite = write;
      disk.methods_.xTruncate = truncate;
      disk.methods_.xShmMap = shm_map;
    }
    if (file->pMethods == disk.real_methods_) file->pMethods = &disk.methods_;
    return code;
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const int code = the_disk->real_methods_->xWrite(file, bytes, size, offset);
    the_disk->after_change_();
    return code;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int code = the_disk->real_methods_->xTruncate(file, size);
    the_disk->after_change_();
    return code;
  }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    const int code = the_disk->real_methods_->xShmMap(file, region, size, extend, out);
    if (extend != 0) the_disk->after_change_();
    return code;
  }
};

WatchedDisk::WatchedDisk(std::function<void()> after_change)
    : after_change_(std::move(after_change)), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  if (the_disk != nullptr) throw std::runtime_error("one watched disk at a time");
  the_disk = this;
  vfs_.zName = "watched-disk";
  vfs_.pNext = nullptr;
  vfs_.xOpen = Calls::open;
  if (sqlite3_vfs_register(&vfs_, /*makeDflt=*/1) != SQLITE_OK) throw std::runtime_error("no watched disk");
}

WatchedDisk::~WatchedDisk() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, /*makeDflt=*/1);
  the_disk = nullptr;
}

}  // namespace xalink
