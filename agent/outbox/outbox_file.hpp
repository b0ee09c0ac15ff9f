#pragma once
// The database file of an outbox: found, checked, made where there is none, and held.

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <memory>
#include <string>

#include "agent/outbox/file_lock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct OutboxFile {
  std::filesystem::path path;
  std::unique_ptr<FileLock> lock;  ///< released after the database is closed
  std::unique_ptr<SQLite::Database> database;
  std::string epoch;
};

/// Somebody's sqlite3 shell may hold a lock for a moment.
inline constexpr int kOutboxBusyTimeoutMs = 5'000;

/// Opens, or creates with a new epoch. Nothing is written to a file that is not an outbox of this format.
/// `lock`: of this path, when it is held already.
[[nodiscard]] Result<OutboxFile> open_outbox_file(const std::filesystem::path& path,
                                                  std::unique_ptr<FileLock> lock = nullptr);

/// Writes the outbox anew without its free pages, beside it, and puts it in its place; whoever is cut off
/// has the one or the other. Closed, but locked. False when the disk refused or somebody reads it: then it
/// is as it was.
[[nodiscard]] bool compact_outbox_file(const std::filesystem::path& path);

}  // namespace xalink
