#include "gateway/store/database.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

#include "gateway/store/schema_sql.hpp"

namespace xalink::store {
namespace {

// "XALG" in the file's header: what `file` and we know a gateway's store by.
constexpr int kApplicationId = 0x58414C47;

// Script i brings a store from version i to i + 1. Only ever append.
constexpr std::array<const char*, 7> kMigrations{kSchemaVersion1, kSchemaVersion2, kSchemaVersion3,
                                                 kSchemaVersion4, kSchemaVersion5, kSchemaVersion6,
                                                 kSchemaVersion7};
constexpr int kVersion = static_cast<int>(kMigrations.size());

constexpr int kBusyTimeoutMs = 5000;

// A server's disk reads this in some seconds, at a start; what is damaged beyond shows when it is used.
constexpr std::uint64_t kMostChecked = std::uint64_t{1} << 30U;

constexpr const char* kRestore =
    "Keep the file, and put a backup in its place as `xalink-gateway run --help` shows: the boards send "
    "again "
    "what it lacks. Without a backup, move the file, its -wal, -shm and .lock away: an empty store begins, "
    "and the boards send what they still hold";

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

Result<void> check_identity(SQLite::Database& database, const std::filesystem::path& file) {
  const bool blank = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
  if (!blank && pragma(database, "application_id") != kApplicationId) {
    return failure(file.string(), "is a SQLite database, but not a store of xalink-gateway",
                   "Name another file under [store] in the configuration");
  }
  if (pragma(database, "user_version") > kVersion) {
    return failure(file.string(), "was written by a newer xalink-gateway",
                   "Install that version again, or name another file under [store]");
  }
  return {};
}

void migrate(SQLite::Database& database) {
  for (int version = pragma(database, "user_version"); version < kVersion; ++version) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(kMigrations[static_cast<std::size_t>(version)]);
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.exec("PRAGMA user_version = " + std::to_string(version + 1));
    transaction.commit();
  }
}

// SQLite would make the file readable for everyone; what it holds is for the gateway's group at most.
void create_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor >= 0) ::close(descriptor);  // a failure shows again, explained, when SQLite opens it
}

std::filesystem::path with_suffix(const std::filesystem::path& file, const char* suffix) {
  auto path = file;
  path += suffix;
  return path;
}

// SQLite needs to write beside a WAL store even to read it. A reader without that right may still read
// one that nobody has open: then all of it is in the one file.
std::unique_ptr<SQLite::Database> open_settled(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(file).string()) {
    if (letter == '%') {
      uri += "%25";
    } else if (letter == '?') {
      uri += "%3f";
    } else if (letter == '#') {
      uri += "%23";
    } else {
      uri += letter;
    }
  }
  uri += "?immutable=1";
  return std::make_unique<SQLite::Database>(
      uri, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX | SQLite::OPEN_URI, kBusyTimeoutMs);
}

std::unique_ptr<SQLite::Database> open_beside_writer(const std::filesystem::path& file) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);  // as the writer's
    pragma(*database, "user_version");  // SQLite opens lazily; whether it can read shows now
    return database;
  } catch (const SQLite::Exception&) {
    std::error_code ignored;  // cannot look: then SQLite's own error is the better one
    if (std::filesystem::exists(with_suffix(file, "-wal"), ignored)) throw;
    return open_settled(file);
  }
}

std::string first_line(const std::string& text) {
  // quick_check begins with a line that names the database: "*** in database main ***".
  const auto begin =
      text.starts_with("***") && text.find('\n') != std::string::npos ? text.find('\n') + 1 : 0;
  return text.substr(begin, text.find('\n', begin) - begin);
}

Result<void> check_content(SQLite::Database& database, const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::file_size(file, unknown) > kMostChecked || unknown) return {};
  const std::string found = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (found == "ok") return {};
  return failure(file.string(), "the store is damaged: " + first_line(found), kRestore);
}

}  // namespace

Result<void> check_still_there(const std::filesystem::path& file, bool known) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  if (!known || (!absent && size > 0)) return {};
  if (absent && absent != std::errc::no_such_file_or_directory) return {};  // SQLite tells it better
  return failure(file.string(), absent ? "the store was here and is gone" : "the store was here and is empty",
                 kRestore);
}

Result<std::unique_ptr<SQLite::Database>> open_to_write(const std::filesystem::path& file,
                                                        StoreTrouble& trouble) {
  trouble = StoreTrouble::passing;
  try {
    create_private(file);
    // NOMUTEX: one thread at a time uses it; SQLite's own locks would be a tenth of every insert.
    auto database = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
    if (const auto sound = check_content(*database, file); !sound) {
      trouble = StoreTrouble::damaged;
      return Unexpected(sound.error());
    }
    database->exec("PRAGMA page_size = 8192");  // takes effect on a new file only
    database->exec("PRAGMA journal_mode = WAL");
    // FULL, not NORMAL: an acknowledged commit must survive a power cut.
    database->exec("PRAGMA synchronous = FULL");
    database->exec("PRAGMA foreign_keys = ON");
    // 4000 pages are 32 MiB: fewer checkpoints in a drain; the limit gives the space back after it.
    database->exec("PRAGMA wal_autocheckpoint = 4000");
    database->exec("PRAGMA journal_size_limit = 67108864");
    database->exec("PRAGMA cache_size = -65536");
    migrate(*database);
    return database;
  } catch (const SQLite::Exception& error) {
    if (is_damage(error)) trouble = StoreTrouble::damaged;
    return Unexpected(explain(file, error));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_to_read(const std::filesystem::path& file) {
  std::error_code reason;
  if (!std::filesystem::exists(file, reason)) {
    if (reason) {
      return failure(file.string(), "cannot be looked at: " + reason.message(),
                     "Run this as the gateway's user or as root");
    }
    return failure(
        file.string(), "there is no store yet",
        "Start the gateway (systemctl start xalink-gateway), or name its configuration with --config");
  }
  if (::access(file.c_str(), R_OK) != 0) {
    const int why = errno;
    return failure(file.string(), "cannot be read: " + std::generic_category().message(why),
                   "Run this as the gateway's user or as root");
  }
  try {
    auto database = open_beside_writer(file);
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
    if (pragma(*database, "user_version") < kVersion) {
      return failure(file.string(), "is a store of an older xalink-gateway",
                     "Start this version's gateway once: it brings the store up to date");
    }
    return database;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explain(file, error));
  }
}

bool is_damage(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

Error explain(const std::filesystem::path& file, const SQLite::Exception& error) {
  Error told{file.string(), error.what(), {}};
  switch (error.getErrorCode()) {
    case SQLITE_FULL:
      told.next =
          "Free space on this disk: nothing is lost, the boards keep their records until it can be stored";
      break;
    case SQLITE_IOERR:
      told.next = "Look at the disk (dmesg, smartctl): nothing is lost while the boards keep their records";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      told.what = "the store is damaged: " + told.what;
      told.next = kRestore;
      break;
    case SQLITE_CANTOPEN:
      told.next = "See that the folder exists and that the gateway's user may write in it";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      told.next =
          "See that the file and its folder belong to the gateway's user and the disk is not read-only";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: told.next = "Another program holds the store open for writing: stop it"; break;
    default: told.next = "Keep this message and report it with the version (xalink-gateway --version)"; break;
  }
  return told;
}

}  // namespace xalink::store
