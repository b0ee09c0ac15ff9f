#pragma once
// A disk for SQLite that refuses the n-th call, or loses its power.

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace xalink {

/// While it lives, every database that is opened in this process is on this disk: real files, with all
/// writes passing through here. One at a time; one thread.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// Calls that change the disk: write, truncate, sync, delete, and creating a file.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  /// The call after the next `after` ones fails with an SQLite code (SQLITE_FULL, SQLITE_IOERR_WRITE);
  /// so do all later ones until heal().
  void fail(std::uint64_t after, int code);
  void heal() { failure_.reset(); }
  [[nodiscard]] bool has_failed() const { return failed_; }

  /// From now on nothing reaches the disk. Then close all databases, and restore_power().
  void cut_power() { dead_ = true; }
  /// The files as a card may have them after a power cut: what was synced, and of the rest, write by
  /// write, all, nothing or the beginning, as the dice fall.
  void restore_power(std::mt19937_64& random);

 private:
  struct Write {
    std::int64_t offset = 0;           ///< for a truncation: the new size
    std::optional<std::string> bytes;  ///< nothing: a truncation
  };
  struct Content {
    std::string synced;
    std::vector<Write> unsynced;
  };
  struct File;
  struct Calls;

  /// Counts one call that changes the disk; gives what it has to answer.
  int verdict();
  static void apply(std::string& content, const Write& write);

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  std::uint64_t calls_ = 0;
  struct Failure {
    std::uint64_t at = 0;
    int code = 0;
  };
  std::optional<Failure> failure_;
  bool failed_ = false;
  bool dead_ = false;
  std::map<std::string, Content> files_;  ///< by path
};

}  // namespace xalink
