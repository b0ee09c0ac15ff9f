#pragma once
// The files of an outbox against its bound.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <utility>

#include "agent/outbox/space_plan.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What was asked for does not fit within the bound; nothing was changed.
class NoRoom : public std::exception {
 public:
  explicit NoRoom(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.what.c_str(); }

 private:
  Error error_;
};

/// Thread-safety: as the database. Throws SQLite::Exception.
class DiskSpace {
 public:
  /// `database` outlives this. Sets its limits.
  DiskSpace(SQLite::Database& database, std::filesystem::path file, std::uint64_t max_bytes);

  [[nodiscard]] const SpacePlan& plan() const { return plan_; }
  /// Pages of the database that hold something; those given back are used again before the file grows.
  [[nodiscard]] std::uint64_t used_pages();
  /// Whether the database file is larger than the plan has it: it was made under a larger bound.
  [[nodiscard]] bool oversized();
  /// Before each transaction that writes up to `pages` pages: sees that the files stay within the bound,
  /// whatever becomes of the WAL. Throws NoRoom when that cannot be.
  void prepare(std::uint64_t pages);
  void empty_wal();

 private:
  [[nodiscard]] std::uint64_t number(SQLite::Statement& pragma);
  [[nodiscard]] bool fits(std::uint64_t pages);
  void reserve_wal() const;
  [[nodiscard]] std::uint64_t size_of(const char* suffix) const;

  SQLite::Database& database_;
  std::filesystem::path file_;
  SpacePlan plan_;
  SQLite::Statement page_count_;
  SQLite::Statement freelist_count_;
};

/// Bytes of the database, its WAL and its shared memory.
[[nodiscard]] std::uint64_t bytes_of_files(const std::filesystem::path& file);

}  // namespace xalink
