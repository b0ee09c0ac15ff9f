#include "agent/outbox/outbox_file.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <unistd.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <iterator>

#include "agent/outbox/database_error.hpp"
#include "outbox_schema.hpp"

namespace xalink {
namespace {

constexpr int kApplicationId = 0x78614f62;  // "xaOb", for file(1) and for the check below
constexpr int kFormat = static_cast<int>(std::size(kOutboxScripts));
constexpr std::size_t kUuidLength = 36;

int number(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt();
}

std::string new_epoch() {
  // Straight from the operating system: a generator seeded once would repeat itself on cloned cards.
  return boost::uuids::to_string(boost::uuids::random_generator_pure()());
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

void create(SQLite::Database& database) {
  choose_layout(database);
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

void migrate(SQLite::Database& database, int from) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  run_scripts(database, from);
  transaction.commit();
}

}  // namespace

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

Result<OutboxFile> open_outbox_file(const std::filesystem::path& path, std::unique_ptr<FileLock> lock) {
  if (!lock) {
    auto taken = FileLock::take(path);
    if (!taken) return Unexpected(taken.error());
    lock = std::move(*taken);
  }
  OutboxFile file;
  file.path = path;
  file.lock = std::move(lock);
  try {
    file.database = std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        kOutboxBusyTimeoutMs);
    auto& database = *file.database;
    const int application = number(database, "PRAGMA application_id");
    const bool empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
    // Creation is one transaction: a file is either empty or complete.
    if (empty && application == 0) {
      create(database);
    } else if (application != kApplicationId) {
      return failure(path.string(), "the file is a database, but not an outbox",
                     "Name another file for the outbox, or move this one aside");
    }
    const int format = number(database, "PRAGMA user_version");
    if (format > kFormat) {
      return failure(path.string(),
                     "the outbox has format " + std::to_string(format) + ", this program knows " +
                         std::to_string(kFormat),
                     "Install the newer xalink-agent that wrote it, or move the file aside");
    }
    if (format < 1) {
      return Unexpected(
          damaged_database(path, "it has format " + std::to_string(format) + ", which never was"));
    }
    choose_behaviour(database);
    if (format < kFormat) migrate(database, format);
    SQLite::Statement meta(database, "SELECT epoch FROM meta WHERE only = 1");
    if (meta.executeStep()) file.epoch = meta.getColumn(0).getString();
    if (file.epoch.size() != kUuidLength) return Unexpected(damaged_database(path, "it has no epoch"));
    return file;
  } catch (const SQLite::Exception& refusal) {
    return Unexpected(database_error(path, "open the outbox", refusal));
  }
}

}  // namespace xalink
