#include "tests/fakes/faulty_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace xalink {

namespace {

constexpr std::size_t kSector = 512;  // a torn write ends at a sector

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

/// What SQLite believes to be its file; the real one lies behind it in the same allocation.
struct FaultyDisk::File {
  sqlite3_file base;
  FaultyDisk* disk;
  Content* content;  // null for files without a name

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct FaultyDisk::Calls {
  static FaultyDisk& disk(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* out_flags) {
    auto& self = disk(vfs);
    auto& file = File::of(base);
    file.base.pMethods = nullptr;
    file.disk = &self;
    file.content = nullptr;
    const bool creates = name != nullptr && !std::filesystem::exists(name);
    if (self.dead_) return SQLITE_CANTOPEN;
    if (creates && (flags & SQLITE_OPEN_CREATE) != 0) {
      if (const int refused = self.verdict(); refused != SQLITE_OK) return refused;
    }
    const int code = self.real_->xOpen(self.real_, name, file.real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    file.base.pMethods = &kMethods;
    if (name != nullptr) {
      const auto [content, is_new] = self.files_.try_emplace(name);
      if (is_new) content->second.synced = content_of(name);
      file.content = &content->second;
    }
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    auto& self = disk(vfs);
    if (const int refused = self.verdict(); refused != SQLITE_OK) return refused;
    self.files_.erase(name);
    return self.real_->xDelete(self.real_, name, sync_directory);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    return disk(vfs).real_->xAccess(disk(vfs).real_, name, flags, result);
  }
  static int full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
    return disk(vfs).real_->xFullPathname(disk(vfs).real_, name, size, out);
  }
  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    return disk(vfs).real_->xRandomness(disk(vfs).real_, size, out);
  }
  static int sleep(sqlite3_vfs* vfs, int microseconds) {
    return disk(vfs).real_->xSleep(disk(vfs).real_, microseconds);
  }
  static int current_time(sqlite3_vfs* vfs, double* out) {
    return disk(vfs).real_->xCurrentTime(disk(vfs).real_, out);
  }
  static int last_error(sqlite3_vfs* vfs, int size, char* out) {
    return disk(vfs).real_->xGetLastError(disk(vfs).real_, size, out);
  }

  static int close(sqlite3_file* base) {
    auto* real = File::of(base).real();
    return real->pMethods->xClose(real);
  }
  static int read(sqlite3_file* base, void* out, int size, sqlite3_int64 offset) {
    auto& file = File::of(base);
    if (file.disk->dead_) return SQLITE_IOERR_READ;
    return file.real()->pMethods->xRead(file.real(), out, size, offset);
  }
  static int write(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 offset) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.content != nullptr) {
      file.content->unsynced.push_back(
          Write{offset, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    }
    return file.real()->pMethods->xWrite(file.real(), bytes, size, offset);
  }
  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.content != nullptr) file.content->unsynced.push_back(Write{size, std::nullopt});
    return file.real()->pMethods->xTruncate(file.real(), size);
  }
  static int sync(sqlite3_file* base, int /*flags*/) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.content != nullptr) {
      for (const auto& each : file.content->unsynced) apply(file.content->synced, each);
      file.content->unsynced.clear();
    }
    return SQLITE_OK;  // the real disk keeps its power
  }
  static int size(sqlite3_file* base, sqlite3_int64* out) {
    auto& file = File::of(base);
    return file.real()->pMethods->xFileSize(file.real(), out);
  }
  static int lock(sqlite3_file* base, int level) {
    auto& file = File::of(base);
    return file.real()->pMethods->xLock(file.real(), level);
  }
  static int unlock(sqlite3_file* base, int level) {
    auto& file = File::of(base);
    return file.real()->pMethods->xUnlock(file.real(), level);
  }
  static int check_lock(sqlite3_file* base, int* out) {
    auto& file = File::of(base);
    return file.real()->pMethods->xCheckReservedLock(file.real(), out);
  }
  static int control(sqlite3_file* base, int operation, void* argument) {
    auto& file = File::of(base);
    return file.real()->pMethods->xFileControl(file.real(), operation, argument);
  }
  static int sector_size(sqlite3_file* base) {
    auto& file = File::of(base);
    return file.real()->pMethods->xSectorSize(file.real());
  }
  static int characteristics(sqlite3_file* base) {
    // On Linux: a write that is torn leaves its neighbours alone, as restore_power() has it.
    auto& file = File::of(base);
    return file.real()->pMethods->xDeviceCharacteristics(file.real());
  }
  static int shm_map(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
    auto& file = File::of(base);
    return file.real()->pMethods->xShmMap(file.real(), region, size, extend, out);
  }
  static int shm_lock(sqlite3_file* base, int offset, int count, int flags) {
    auto& file = File::of(base);
    return file.real()->pMethods->xShmLock(file.real(), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* base) {
    auto& file = File::of(base);
    file.real()->pMethods->xShmBarrier(file.real());
  }
  static int shm_unmap(sqlite3_file* base, int remove_it) {
    auto& file = File::of(base);
    return file.real()->pMethods->xShmUnmap(file.real(), remove_it);
  }

  static const sqlite3_io_methods kMethods;
};

const sqlite3_io_methods FaultyDisk::Calls::kMethods = {
    2,         close,      read,    write,       truncate,        sync,    size,     lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier,
    shm_unmap, nullptr,    nullptr};

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.mxPathname = real_->mxPathname;
  vfs_.zName = "faulty-disk";
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_pathname;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::current_time;
  vfs_.xGetLastError = Calls::last_error;
  if (sqlite3_vfs_register(&vfs_, /*makeDflt=*/1) != SQLITE_OK) throw std::runtime_error("no faulty disk");
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, /*makeDflt=*/1);
}

void FaultyDisk::fail(std::uint64_t after, int code) {
  failure_ = Failure{calls_ + after, code};
  failed_ = false;
}

int FaultyDisk::verdict() {
  if (dead_) return SQLITE_IOERR;
  const auto call = calls_++;
  if (!failure_ || call < failure_->at) return SQLITE_OK;
  failed_ = true;
  return failure_->code;
}

void FaultyDisk::apply(std::string& content, const Write& write) {
  const auto offset = static_cast<std::size_t>(write.offset);
  if (!write.bytes) {
    content.resize(std::min(content.size(), offset));
    return;
  }
  if (content.size() < offset + write.bytes->size()) content.resize(offset + write.bytes->size());
  content.replace(offset, write.bytes->size(), *write.bytes);
}

void FaultyDisk::restore_power(std::mt19937_64& random) {
  // Some cuts lose everything since the last sync, some nearly nothing.
  const auto odds = random() % 5;
  for (auto& [path, content] : files_) {
    std::string now = content.synced;
    for (auto& write : content.unsynced) {
      if (random() % 4 >= odds) continue;
      if (write.bytes && random() % 4 == 0)
        write.bytes->resize(static_cast<std::size_t>(random()) % (write.bytes->size() / kSector + 1) *
                            kSector);
      apply(now, write);
    }
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << now;
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
    std::filesystem::remove(path + "-shm");  // was in memory
  }
  files_.clear();
  failure_.reset();
  dead_ = false;
}

}  // namespace xalink
