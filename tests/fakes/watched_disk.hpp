#pragma once
// A disk for SQLite that shows itself to the test after each change.

#include <sqlite3.h>

#include <functional>

namespace xalink {

/// While it lives, `after_change` is called after every write and truncation of any database that is opened
/// in this process, and every growth of its shared memory. One at a time; one thread.
class WatchedDisk {
 public:
  explicit WatchedDisk(std::function<void()> after_change);
  WatchedDisk(const WatchedDisk&) = delete;
  WatchedDisk& operator=(const WatchedDisk&) = delete;
  ~WatchedDisk();

 private:
  struct Calls;
  std::function<void()> after_change_;
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs vfs_{};
  sqlite3_io_methods methods_{};  ///< the real ones, watched
  const sqlite3_io_methods* real_methods_ = nullptr;
};

}  // namespace xalink
