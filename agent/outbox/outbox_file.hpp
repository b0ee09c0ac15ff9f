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

/// Opens, or creates with a new epoch. Nothing is written to a file that is not an outbox of this format.
[[nodiscard]] Result<OutboxFile> open_outbox_file(const std::filesystem::path& path);

}  // namespace xalink
