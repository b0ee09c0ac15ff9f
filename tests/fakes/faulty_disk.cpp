#include "tests/fakes/faulty_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

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
  std::string* path;  // null for files without a name
  std::size_t content;
  bool sync_folder;  // with the first sync, as SQLite does for a new journal

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
    file.path = nullptr;
    const bool creates = name != nullptr && !std::filesystem::exists(name);
    if (self.dead_) return SQLITE_CANTOPEN;
    if (creates && (flags & SQLITE_OPEN_CREATE) != 0) {
      if (const int refused = self.verdict(); refused != SQLITE_OK) return refused;
    }
    const int code = self.real_->xOpen(self.real_, name, file.real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    file.base.pMethods = &kMethods;
    if (name == nullptr) return SQLITE_OK;
    file.path = new std::string(name);
    file.sync_folder = creates && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    const auto known = self.now_.find(name);
    if (known != self.now_.end() && !creates) {
      file.content = known->second;
      return SQLITE_OK;
    }
    file.content = self.contents_.size();
    self.contents_.push_back(creates ? std::string() : content_of(name));
    self.now_[name] = file.content;
    if (creates) {
      self.add(Step{Step::Kind::create, name, file.content, 0, {}});
    } else {
      self.found_[name] = file.content;
    }
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    auto& self = disk(vfs);
    if (const int refused = self.verdict(); refused != SQLITE_OK) return refused;
    const int code = self.real_->xDelete(self.real_, name, sync_directory);
    if (code == SQLITE_OK && self.now_.erase(name) > 0) self.add(Step{Step::Kind::remove, name, 0, 0, {}});
    if (code == SQLITE_OK && sync_directory != 0) self.add(Step{Step::Kind::sync_folder, name, 0, 0, {}});
    return code;
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
    delete std::exchange(File::of(base).path, nullptr);
    auto* real = File::of(base).real();
    return real->pMethods->xClose(real);
  }
  static int read(sqlite3_file* base, void* out, int size, sqlite3_int64 offset) {
    auto& file = File::of(base);
    if (file.disk->dead_) return SQLITE_IOERR_READ;
    if (file.disk->read_failure_ != SQLITE_OK) return file.disk->read_failure_;
    return file.real()->pMethods->xRead(file.real(), out, size, offset);
  }
  static int write(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 offset) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.path != nullptr) {
      file.disk->add(Step{Step::Kind::write, *file.path, file.content, offset,
                          std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    }
    return file.real()->pMethods->xWrite(file.real(), bytes, size, offset);
  }
  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.path != nullptr) {
      file.disk->add(Step{Step::Kind::truncate, *file.path, file.content, size, {}});
    }
    return file.real()->pMethods->xTruncate(file.real(), size);
  }
  static int sync(sqlite3_file* base, int /*flags*/) {
    auto& file = File::of(base);
    if (const int refused = file.disk->verdict(); refused != SQLITE_OK) return refused;
    if (file.path != nullptr) {
      file.disk->add(Step{Step::Kind::sync, *file.path, file.content, 0, {}});
      if (std::exchange(file.sync_folder, false)) {
        file.disk->add(Step{Step::Kind::sync_folder, *file.path, 0, 0, {}});
      }
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

FaultyDisk::Traffic FaultyDisk::traffic() const {
  Traffic traffic;
  for (const auto& step : steps_) {
    if (step.kind == Step::Kind::write) traffic.bytes += step.bytes.size();
    if (step.kind == Step::Kind::sync) ++traffic.syncs;
  }
  return traffic;
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

void FaultyDisk::add(Step step) {
  if (!replaying_) steps_.push_back(std::move(step));
}

/// The card as it is while steps are done to it: what is safe on it, and what each unsafe part may be.
struct FaultyDisk::Card {
  struct Content {
    std::string now;
    std::map<std::size_t, std::vector<std::string>>
        sectors;                     ///< unsynced: first as synced, then each version
    std::vector<std::size_t> sizes;  ///< the same
  };
  using Name = std::optional<std::size_t>;  ///< which content; nothing: no such file

  std::vector<Content> contents;
  std::map<std::string, std::vector<Name>> names;  ///< first as synced, then each version

  static std::string sector(const Content& content, std::size_t number) {
    const std::size_t begin = number * kSector;
    std::string bytes = begin < content.now.size() ? content.now.substr(begin, kSector) : std::string();
    bytes.resize(kSector);
    return bytes;
  }

  template <class Change>
  static void change(Content& content, std::size_t begin, std::size_t end, Change make) {
    const std::size_t first = begin / kSector;
    const std::size_t last = end == begin ? first : (end - 1) / kSector;
    for (auto number = first; number <= last; ++number) {
      auto& versions = content.sectors[number];
      if (versions.empty()) versions.push_back(sector(content, number));
    }
    make();
    for (auto number = first; number <= last; ++number) {
      content.sectors[number].push_back(sector(content, number));
    }
    content.sizes.push_back(content.now.size());
  }

  /// `whole`: not the step during which the power goes; a sync that was under way has synced nothing yet.
  void step(const Step& step, bool whole) {
    using Kind = Step::Kind;
    auto* content = step.content < contents.size() ? &contents[step.content] : nullptr;
    const auto offset = static_cast<std::size_t>(step.offset);
    switch (step.kind) {
      case Kind::create: name_of(step.path).emplace_back(step.content); break;
      case Kind::remove: name_of(step.path).emplace_back(std::nullopt); break;
      case Kind::write:
        change(*content, offset, offset + step.bytes.size(), [&] {
          if (content->now.size() < offset + step.bytes.size())
            content->now.resize(offset + step.bytes.size());
          content->now.replace(offset, step.bytes.size(), step.bytes);
        });
        break;
      case Kind::truncate:
        change(*content, std::min(offset, content->now.size()), std::max(offset, content->now.size()),
               [&] { content->now.resize(offset); });
        break;
      case Kind::sync:
        if (!whole) break;
        content->sectors.clear();
        content->sizes = {content->now.size()};
        break;
      case Kind::sync_folder:
        if (!whole) break;
        for (auto& [path, versions] : names) {
          if (std::filesystem::path(path).parent_path() == std::filesystem::path(step.path).parent_path()) {
            versions.erase(versions.begin(), versions.end() - 1);
          }
        }
        break;
    }
  }

  std::vector<Name>& name_of(const std::string& path) {
    auto& versions = names[path];
    if (versions.empty()) versions.emplace_back(std::nullopt);
    return versions;
  }

  template <class T>
  static const T& pick(const std::vector<T>& versions, Survivors survivors, std::mt19937_64& random) {
    switch (survivors) {
      case Survivors::none: return versions.front();
      case Survivors::all: return versions.back();
      case Survivors::any: break;
    }
    return versions[static_cast<std::size_t>(random()) % versions.size()];
  }

  static std::string survived(const Content& content, Survivors survivors, std::mt19937_64& random) {
    std::string bytes = content.now;
    const std::size_t size = pick(content.sizes, survivors, random);
    for (const auto& [number, versions] : content.sectors) {
      const auto& sector = pick(versions, survivors, random);
      if (bytes.size() < (number + 1) * kSector) bytes.resize((number + 1) * kSector);
      bytes.replace(number * kSector, kSector, sector);
    }
    bytes.resize(size);
    return bytes;
  }
};

void FaultyDisk::lay_out(std::size_t step, Survivors survivors, std::mt19937_64& random) {
  Card card;
  for (const auto& content : contents_) {
    card.contents.push_back(Card::Content{content, {}, {content.size()}});
  }
  for (const auto& [path, content] : found_) card.names[path] = {content};
  for (std::size_t i = 0; i < std::min(step + 1, steps_.size()); ++i) card.step(steps_[i], i < step);

  std::map<std::string, std::size_t> names;
  for (const auto& [path, versions] : card.names) {
    std::filesystem::remove(path);
    // Lies in memory; what a card has of it is old or nonsense, and SQLite must not believe it.
    if (std::filesystem::exists(path + "-shm")) {
      std::filesystem::remove(path + "-shm");
      if (random() % 2 == 0) std::ofstream(path + "-shm", std::ios::binary) << std::string(4'096, '\x5a');
    }
    const auto content = Card::pick(versions, survivors, random);
    if (!content) continue;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << Card::survived(card.contents[*content], survivors, random);
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
    names[path] = *content;
  }
  for (const auto& [path, content] : now_) {
    if (!card.names.contains(path)) std::filesystem::remove(path);
  }
  now_ = std::move(names);
  failure_.reset();
  read_failure_ = SQLITE_OK;
  dead_ = false;
  replaying_ = true;
}

void FaultyDisk::restore_power(std::mt19937_64& random) {
  const auto fate = random() % 4;
  const auto survivors = fate == 0 ? Survivors::none : fate == 1 ? Survivors::all : Survivors::any;
  lay_out(steps_.size(), survivors, random);
  contents_.clear();
  found_.clear();
  now_.clear();
  steps_.clear();
  replaying_ = false;
}

}  // namespace xalink
