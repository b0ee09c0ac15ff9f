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
#include "sparkplug/said.hpp"

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

const Said& restore() {
  static const Said kRestore{
      "Keep the file, and put a backup in its place as `xalink-gateway run --help` shows: the boards send "
      "again what it lacks. Without a backup, move the file, its -wal, -shm and .lock away: an empty store "
      "begins, and the boards send what they still hold",
      "Giữ lại tệp, đặt bản sao lưu vào chỗ như `xalink-gateway run --help` hướng dẫn: các máy sẽ gửi lại "
      "phần "
      "còn thiếu. Không có bản sao lưu thì chuyển tệp cùng -wal, -shm và .lock đi nơi khác: kho mới bắt đầu "
      "rỗng, các máy gửi những gì còn giữ"};
  return kRestore;
}

const Said& as_gateways_user() {
  static const Said kNext{"Run this as the gateway's user or as root",
                          "Chạy lệnh này bằng người dùng của gateway hoặc root"};
  return kNext;
}

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

Result<void> check_identity(SQLite::Database& database, const std::filesystem::path& file) {
  const bool blank = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
  if (!blank && pragma(database, "application_id") != kApplicationId) {
    return Unexpected(refusal(file.string(),
                              {"is a SQLite database, but not a store of xalink-gateway",
                               "là cơ sở dữ liệu SQLite nhưng không phải kho của xalink-gateway"},
                              {"Name another file under [store] in the configuration",
                               "Khai báo tệp khác ở [store] trong cấu hình"}));
  }
  if (pragma(database, "user_version") > kVersion) {
    return Unexpected(
        refusal(file.string(),
                {"was written by a newer xalink-gateway", "do một phiên bản xalink-gateway mới hơn ghi"},
                {"Install that version again, or name another file under [store]",
                 "Cài lại phiên bản đó, hoặc khai báo tệp khác ở [store]"}));
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
  return Unexpected(refusal(
      file.string(), Said{"the store is damaged: ", "kho dữ liệu bị hỏng: "} + first_line(found), restore()));
}

}  // namespace

Result<void> check_still_there(const std::filesystem::path& file, bool known) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  if (!known || (!absent && size > 0)) return {};
  if (absent && absent != std::errc::no_such_file_or_directory) return {};  // SQLite tells it better
  return Unexpected(
      refusal(file.string(),
              absent ? Said{"the store was here and is gone", "kho dữ liệu từng ở đây và đã biến mất"}
                     : Said{"the store was here and is empty", "kho dữ liệu từng ở đây và nay rỗng"},
              restore()));
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
      return Unexpected(refusal(file.string(),
                                Said{"cannot be looked at: ", "không xem được: "} + reason.message(),
                                as_gateways_user()));
    }
    return Unexpected(refusal(
        file.string(), {"there is no store yet", "chưa có kho dữ liệu"},
        {"Start the gateway (systemctl start xalink-gateway), or name its configuration with --config",
         "Khởi động gateway (systemctl start xalink-gateway), hoặc nêu tệp cấu hình bằng --config"}));
  }
  if (::access(file.c_str(), R_OK) != 0) {
    const int why = errno;
    return Unexpected(refusal(
        file.string(), Said{"cannot be read: ", "không đọc được: "} + std::generic_category().message(why),
        as_gateways_user()));
  }
  try {
    auto database = open_beside_writer(file);
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
    if (pragma(*database, "user_version") < kVersion) {
      return Unexpected(
          refusal(file.string(),
                  {"is a store of an older xalink-gateway", "là kho của một phiên bản xalink-gateway cũ hơn"},
                  {"Start this version's gateway once: it brings the store up to date",
                   "Khởi động gateway của phiên bản này một lần: kho sẽ được nâng cấp"}));
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
  Said what = Said::same(error.what());
  Said next;
  switch (error.getErrorCode()) {
    case SQLITE_FULL:
      next = {
          "Free space on this disk: nothing is lost, the boards keep their records until it can be stored",
          "Giải phóng chỗ trên đĩa này: không mất gì, các máy giữ bản ghi cho tới khi lưu được"};
      break;
    case SQLITE_IOERR:
      next = {"Look at the disk (dmesg, smartctl): nothing is lost while the boards keep their records",
              "Kiểm tra đĩa (dmesg, smartctl): không mất gì khi các máy còn giữ bản ghi"};
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      what = Said{"the store is damaged: ", "kho dữ liệu bị hỏng: "} + what;
      next = restore();
      break;
    case SQLITE_CANTOPEN:
      next = {"See that the folder exists and that the gateway's user may write in it",
              "Kiểm tra thư mục có tồn tại và người dùng của gateway được ghi vào đó"};
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      next = {"See that the file and its folder belong to the gateway's user and the disk is not read-only",
              "Kiểm tra tệp và thư mục thuộc người dùng của gateway và đĩa không ở chế độ chỉ đọc"};
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      next = {"Another program holds the store open for writing: stop it",
              "Chương trình khác đang mở kho để ghi: hãy dừng nó"};
      break;
    default:
      next = {"Keep this message and report it with the version (xalink-gateway --version)",
              "Giữ thông báo này và báo lại kèm phiên bản (xalink-gateway --version)"};
      break;
  }
  return refusal(file.string(), what, next);
}

}  // namespace xalink::store
