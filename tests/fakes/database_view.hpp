#pragma once
// Looks into a database that somebody may hold alone, as the agent holds its outbox.

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <optional>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

/// Read where it lies if that is possible, else from a copy of it and its WAL as both were at one moment.
/// Throws SQLite::Exception, and std::runtime_error when a held one never stands still.
class DatabaseView {
 public:
  explicit DatabaseView(const std::filesystem::path& file);

  [[nodiscard]] SQLite::Database& database() { return *database_; }

 private:
  std::optional<ScratchFolder> folder_;  ///< outlives the database, whose copy lies there
  std::optional<SQLite::Database> database_;
};

}  // namespace xalink::test
