#pragma once
// The database file of an outbox: found, checked, made where there is none, and held.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "sparkplug/result.hpp"

namespace xalink {

struct OutboxFile {
  std::filesystem::path path;
  std::unique_ptr<SQLite::Database> database;
  std::string epoch;
  bool made = false;  ///< it was not there before
};

/// A random UUID.
[[nodiscard]] std::string new_epoch();

/// Somebody's sqlite3 shell may hold a lock for a moment while the outbox is opened; later nobody can.
inline constexpr int kOutboxBusyTimeoutMs = 5'000;

/// Writes the outbox anew without its free pages, beside it, and puts it in its place; whoever is cut off
/// has the one or the other. Closed, but locked. False when the disk refused or somebody reads it: then it
/// is as it was.
[[nodiscard]] bool compact_outbox_file(const std::filesystem::path& path);

struct OpenRefusal {
  enum class Kind : std::uint8_t {
    not_ours,  ///< somebody else's file, or a newer program's: nothing was done to it
    disk,      ///< full, read-only, broken: may be well again later
    damaged,   ///< our outbox, but its content cannot be relied on
  } kind = Kind::not_ours;
  Error error;
};

/// Opens, or creates with a new epoch. No other program can open it until it is closed. The whole file is
/// checked (SQLite's quick_check) up to 128 MiB. `known`: an outbox was opened under this name before, so
/// that a file that looks like nothing is ours. The caller holds the lock.
[[nodiscard]] std::variant<OutboxFile, OpenRefusal> open_outbox_file(const std::filesystem::path& path,
                                                                     bool known);

/// A new, empty one for a single writer that syncs it himself: until then nothing of it is safe.
[[nodiscard]] Result<OutboxFile> make_outbox_file(const std::filesystem::path& path);

/// What an exception of SQLite's says about the file.
[[nodiscard]] OpenRefusal::Kind kind_of(const SQLite::Exception& refusal);

}  // namespace xalink
