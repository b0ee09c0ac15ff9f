#pragma once
// What sources have said before, so that the same export read again makes no event.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/outbox/outbox.hpp"

namespace xalink {

inline constexpr const char* kChangeMemoryTable =
    "CREATE TABLE IF NOT EXISTS said("
    "  subject BLOB PRIMARY KEY,"  // 16 bytes of a digest
    "  contents BLOB NOT NULL"     // 8 bytes each, the newest last
    ") STRICT, WITHOUT ROWID";

/// For each subject (a dossier, a file) the digests of the newest kMostContents things said about it; the
/// things themselves are in the lanes, or with the gateway. A subject takes about 80 bytes of the database.
///
/// Bounded by a number of subjects: a new one above it takes the place of another, picked by chance. That
/// rule needs no write for what is merely seen again, and it is the one that loses least when a nightly
/// export holds more than the bound: the oldest first would then forget each subject just before it comes.
/// What was forgotten is said once more when it comes again.
///
/// Within the caller's transaction; when that fails, call forget_count(). Throws SQLite::Exception.
class ChangeMemory {
 public:
  /// Twice the national states: a dossier that goes back and forth is still known whole.
  static constexpr std::size_t kMostContents = 20;
  /// About 5 MiB: four years of a commune with 60 dossiers on each working day.
  static constexpr std::size_t kUsualSubjects = 65'536;

  /// An eighth of the outbox, at most kUsualSubjects.
  [[nodiscard]] static std::size_t subjects_for(std::uint64_t outbox_bytes);

  /// `database` outlives this. The table is made by the first transaction that needs it: programs that
  /// know nothing of it pass over it, so it needs no format of its own.
  explicit ChangeMemory(SQLite::Database& database, std::size_t most_subjects = kUsualSubjects)
      : database_(database), most_subjects_(most_subjects) {}

  /// Whether this is news; if so, it is remembered.
  [[nodiscard]] bool take(const Telling& telling);
  [[nodiscard]] bool remembers(std::string_view subject);
  /// The transaction failed: what is kept in memory may be wrong.
  void forget_count() { ready_.reset(); }
  /// Subjects that had to make place for others since the start.
  [[nodiscard]] std::uint64_t displaced() const { return displaced_; }

 private:
  struct Ready {
    explicit Ready(SQLite::Database& database);
    SQLite::Statement find;
    SQLite::Statement put;
    SQLite::Statement after;
    SQLite::Statement first;
    SQLite::Statement remove;
    std::size_t subjects;
  };
  void make_place(std::string_view subject);

  SQLite::Database& database_;
  std::size_t most_subjects_;
  std::optional<Ready> ready_;
  std::uint64_t displaced_ = 0;
};

}  // namespace xalink
