#include "agent/outbox/outbox_file.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <unistd.h>

#include <sqlite3.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <iterator>

#include "agent/outbox/database_error.hpp"
#include "agent/outbox/file_bytes.hpp"
#include "agent/outbox/wal_frames.hpp"
#include "outbox_schema.hpp"

namespace xalink {
namespace {

constexpr int kApplicationId = 0x78614f62;  // "xaOb", for file(1) and for the check below
constexpr int kFormat = static_cast<int>(std::size(kOutboxScripts));
constexpr std::size_t kUuidLength = 36;

// A file that claims a higher one has a changed header rather than a newer program.
constexpr int kLikelyFormats = 100;

// Reading this much takes a slow card (20 MB/s) six seconds, at a start; what is damaged beyond shows when it
// is read.
constexpr std::uint64_t kMostChecked = std::uint64_t{128} << 20U;

int number(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt();
}

/// Before the first look into the file: then SQLite keeps the index of the WAL in its own memory. The file
/// that it lies in otherwise is written by the kernel every half a minute, and was a third of all that a
/// board's card had to take. Nobody else can open the outbox meanwhile, not even to read.
void hold_alone(SQLite::Database& database) {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
}

/// The database is held. Such a file is of a program that did not hold its outbox alone, and was cut off.
void remove_shared_memory(std::filesystem::path path) {
  path += "-shm";
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

/// Before the tables exist: the page size cannot change later.
void choose_layout(SQLite::Database& database) {
  // A commit writes the tail pages of a lane and of the positions anew. With the usual ten records or so
  // in a commit, pages of 1 KiB write half of what pages of 4 KiB do (measured: 730 against 1,390 bytes
  // to the block device per record), and no more with hundreds of them.
  database.exec("PRAGMA page_size = 1024");
  database.exec("PRAGMA journal_mode = WAL");
}

void choose_behaviour(SQLite::Database& database) {
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");  // NORMAL may lose the last commits in a power cut
  // Ids are appended and read in order: a few pages are enough, and boards have little memory.
  database.exec("PRAGMA cache_size = -512");  // KiB
  database.exec("PRAGMA mmap_size = 0");      // a card that fails would end the process with SIGBUS
  database.exec("PRAGMA temp_store = MEMORY");
  // Debian's SQLite overwrites what is deleted with zeros by default; that wears the card for nothing.
  database.exec("PRAGMA secure_delete = OFF");
}

/// In one transaction of the caller's.
void run_scripts(SQLite::Database& database, int from) {
  for (int format = from; format < kFormat; ++format) database.exec(kOutboxScripts[format]);
  database.exec("PRAGMA user_version = " + std::to_string(kFormat));
}

void fill(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  run_scripts(database, 0);
  SQLite::Statement meta(database, "INSERT INTO meta(only, epoch) VALUES (1, ?)");
  meta.bind(1, new_epoch());
  meta.exec();
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  transaction.commit();
}

bool sync_path(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

void create(SQLite::Database& database) {
  choose_layout(database);
  fill(database);
}

void migrate(SQLite::Database& database, int from) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  run_scripts(database, from);
  transaction.commit();
}

bool has_our_tables(SQLite::Database& database) {
  return number(
             database,
             "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'lane_0', 'lane_1', 'position')") ==
         4;
}

/// Of a file that SQLite cannot read: whether it was an outbox once.
bool looks_like_ours(const std::filesystem::path& path) {
  const FileBytes file(path);
  constexpr std::size_t kPiece = std::size_t{64} * 1024;
  constexpr std::string_view kMark = "CREATE TABLE lane_0";
  for (std::uint64_t at = 0; at < file.size(); at += kPiece) {
    if (file.read(at, kPiece + kMark.size()).find(kMark) != std::string::npos) return true;
  }
  return false;
}

std::string first_line(const std::string& text) {
  // quick_check begins with a line that names the database: "*** in database main ***".
  const auto begin =
      text.starts_with("***") && text.find('\n') != std::string::npos ? text.find('\n') + 1 : 0;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

std::string new_epoch() {
  // Straight from the operating system: a generator seeded once would repeat itself on cloned cards.
  return boost::uuids::to_string(boost::uuids::random_generator_pure()());
}

bool compact_outbox_file(const std::filesystem::path& path) {
  auto fresh = path;
  fresh += ".smaller";
  auto wal = path;
  wal += "-wal";
  std::error_code ignored;
  std::filesystem::remove(fresh, ignored);  // of an attempt that was cut off
  try {
    {
      SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                kOutboxBusyTimeoutMs);
      database.exec("PRAGMA journal_mode = WAL");
      SQLite::Statement vacuum(database, "VACUUM INTO ?");
      vacuum.bind(1, fresh.string());
      vacuum.exec();
    }
    // Who closes last takes the WAL away: while there is one, somebody else has the old file open.
    if (!std::filesystem::exists(wal) && sync_path(fresh)) {
      std::filesystem::rename(fresh, path);
      return sync_path(path.has_parent_path() ? path.parent_path() : ".");
    }
  } catch (const SQLite::Exception&) {  // no room beside it: the larger file works as well
  } catch (const std::filesystem::filesystem_error&) {
  }
  std::filesystem::remove(fresh, ignored);
  return false;
}

OpenRefusal::Kind kind_of(const SQLite::Exception& refusal) {
  const int code = refusal.getErrorCode() & 0xff;
  const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
  return damaged ? OpenRefusal::Kind::damaged : OpenRefusal::Kind::disk;
}

std::variant<OutboxFile, OpenRefusal> open_outbox_file(const std::filesystem::path& path, bool known) {
  using Kind = OpenRefusal::Kind;
  std::error_code absent;
  const auto status = std::filesystem::status(path, absent);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return OpenRefusal{
        Kind::not_ours,
        {path.string(), "is not a file", "Name a file under [outbox] file, or move this aside"}};
  }
  std::uint64_t size = 0;
  {
    // Closed before SQLite opens the file: closing it later would drop SQLite's locks.
    const FileBytes bytes(path);
    size = bytes.size();
    auto wal = path;
    wal += "-wal";
    if (std::filesystem::exists(status) && known && size == 0) {
      return OpenRefusal{Kind::damaged, damaged_database(path, "it is empty now")};
    }
    if (read_wal_frames(FileBytes(wal), page_size_of(bytes)).damaged) {
      return OpenRefusal{Kind::damaged, damaged_database(path, "commits in its WAL changed")};
    }
  }
  OutboxFile file;
  file.path = path;
  bool ours = known;
  try {
    file.database = std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        kOutboxBusyTimeoutMs);
    auto& database = *file.database;
    hold_alone(database);
    const int application = number(database, "PRAGMA application_id");
    const bool empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
    // Creation is one transaction: a file is either empty or complete.
    if (empty && application == 0 && !known) {
      create(database);
      file.made = true;
    } else if (application != kApplicationId) {
      if (known || has_our_tables(database)) {
        return OpenRefusal{Kind::damaged, damaged_database(path, "its header changed")};
      }
      return OpenRefusal{Kind::not_ours,
                         {path.string(), "the file is a database, but not an outbox",
                          "Name another file for the outbox, or move this one aside"}};
    }
    ours = true;
    const int format = number(database, "PRAGMA user_version");
    if (format > kFormat && format <= kFormat + kLikelyFormats) {
      return OpenRefusal{Kind::not_ours,
                         {path.string(),
                          "the outbox has format " + std::to_string(format) + ", this program knows " +
                              std::to_string(kFormat),
                          "Install the newer xalink-agent that wrote it, or move the file aside"}};
    }
    if (format < 1 || format > kFormat) {
      return OpenRefusal{Kind::damaged, damaged_database(path, "it has format " + std::to_string(format) +
                                                                   ", which never was")};
    }
    if (size <= kMostChecked) {
      const std::string found = database.execAndGet("PRAGMA quick_check(1)").getString();
      if (found != "ok") return OpenRefusal{Kind::damaged, damaged_database(path, first_line(found))};
    }
    choose_behaviour(database);
    remove_shared_memory(path);
    if (format < kFormat) migrate(database, format);
    SQLite::Statement meta(database, "SELECT epoch FROM meta WHERE only = 1");
    if (meta.executeStep()) file.epoch = meta.getColumn(0).getString();
    if (file.epoch.size() != kUuidLength) {
      return OpenRefusal{Kind::damaged, damaged_database(path, "it has no epoch")};
    }
    return file;
  } catch (const SQLite::Exception& refusal) {
    file.database.reset();
    auto kind = kind_of(refusal);
    // A file that can be opened but not be read to its end lies on bad sectors.
    if (ours && refusal.getExtendedErrorCode() == SQLITE_IOERR_READ) kind = Kind::damaged;
    if (kind == Kind::damaged && !ours && !looks_like_ours(path)) kind = Kind::not_ours;
    return OpenRefusal{kind, database_error(path, "open the outbox", refusal)};
  }
}

Result<OutboxFile> make_outbox_file(const std::filesystem::path& path) {
  try {
    OutboxFile file;
    file.path = path;
    file.database = std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        kOutboxBusyTimeoutMs);
    auto& database = *file.database;
    database.exec("PRAGMA page_size = 1024");
    database.exec("PRAGMA journal_mode = OFF");
    database.exec("PRAGMA synchronous = OFF");
    database.exec("PRAGMA secure_delete = OFF");
    fill(database);
    file.epoch = database.execAndGet("SELECT epoch FROM meta").getString();
    return file;
  } catch (const SQLite::Exception& refusal) {
    return Unexpected(database_error(path, "make a new outbox", refusal));
  }
}

}  // namespace xalink
