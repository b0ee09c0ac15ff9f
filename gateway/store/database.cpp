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
constexpr std::array<const char*, 5> kMigrations{kSchemaVersion1, kSchemaVersion2, kSchemaVersion3,
                                                    kSchemaVersion4, kSchemaVersion5};
constexpr int kVersion = static_cast<int>(kMigrations.size());

constexpr int kBusyTimeoutMs = 5000;

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
  return std::make_unique<SQLite::Database>(uri, SQLite::OPEN_READONLY | SQLite::OPEN_URI, kBusyTimeoutMs);
}

std::unique_ptr<SQLite::Database> open_beside_writer(const std::filesystem::path& file) {
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
    pragma(*database, "user_version");  // SQLite opens lazily; whether it can read shows now
    return database;
  } catch (const SQLite::Exception&) {
    std::error_code ignored;  // cannot look: then SQLite's own error is the better one
    if (std::filesystem::exists(with_suffix(file, "-wal"), ignored)) throw;
    return open_settled(file);
  }
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_to_write(const std::filesystem::path& file) {
  try {
    create_private(file);
    // NOMUTEX: one thread at a time uses it; SQLite's own locks would be a tenth of every insert.
    auto database = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
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
      told.next = "Move the file away and restore a backup: the boards send again what it lacks";
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
