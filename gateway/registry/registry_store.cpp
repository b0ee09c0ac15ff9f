#include "gateway/registry/registry_store.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <utility>

#include "gateway/registry/registry_sql.hpp"

namespace xalink::registry {
namespace {

namespace json = boost::json;

// "XALR" in the file's header.
constexpr int kApplicationId = 0x58414C52;
constexpr int kFormat = 1;
constexpr int kBusyTimeoutMs = 5000;

std::string fields_json(const Entry& entry) {
  json::object object;
  const auto& columns = shape_of(entry.kind).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!entry.fields.at(i).empty()) object[columns[i].name] = entry.fields[i];
  }
  return json::serialize(object);
}

Entry entry_of(Kind kind, const std::string& fields, const std::string& file) {
  Entry entry;
  entry.kind = kind;
  entry.place.file = file;
  const auto object = json::parse(fields).as_object();
  for (const auto& column : shape_of(kind).columns) {
    const auto* value = object.if_contains(column.name);
    entry.fields.emplace_back(value == nullptr ? std::string() : std::string(value->as_string()));
  }
  return entry;
}

// For whoever asks the file with SQL: the rows that hold now as tables with columns.
std::string views() {
  std::string sql;
  for (const Kind kind : kKinds) {
    const auto& shape = shape_of(kind);
    sql += "CREATE VIEW IF NOT EXISTS " + std::string(shape.name) + " AS SELECT since";
    for (const auto& column : shape.columns) {
      sql += ", json_extract(fields, '$." + std::string(column.name) + "') AS \"" + std::string(column.name) +
             "\"";
    }
    sql += " FROM entry WHERE tbl = '" + std::string(shape.name) + "' AND until IS NULL;\n";
  }
  return sql;
}

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

Error explained(const std::filesystem::path& file, const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  Said next{"keep this message and report it with the version (xalink-gateway --version)",
            "giữ lại thông báo này và báo kèm phiên bản (xalink-gateway --version)"};
  if (code == SQLITE_FULL) {
    next = {"free space on this disk and import again: nothing of it was taken",
            "giải phóng dung lượng đĩa rồi nhập lại: chưa nhập dòng nào"};
  }
  if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM) {
    next = {"see that the folder exists and that you may write in it (run as root or as the gateway's user)",
            "kiểm tra thư mục có tồn tại và được phép ghi (chạy bằng root hoặc người dùng của gateway)"};
  }
  if (code == SQLITE_BUSY) next = {"another import is at work: try again", "đang có lần nhập khác: thử lại"};
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    next = {"keep the file, put a backup in its place, or move it away and import the tables again",
            "giữ tệp lại, thay bằng bản sao lưu, hoặc chuyển tệp đi chỗ khác rồi nhập lại các bảng"};
  }
  return refusal(file.string(), Said("SQLite says: ", "SQLite báo: ") + error.what(), next);
}

Result<void> check_identity(SQLite::Database& database, const std::filesystem::path& file) {
  if (pragma(database, "application_id") != kApplicationId) {
    return Unexpected(refusal(
        file.string(), {"is not a registry of xalink-gateway", "không phải danh bạ của xalink-gateway"},
        {"name another file under [registry] in the configuration",
         "ghi tệp khác trong mục [registry] của cấu hình"}));
  }
  if (pragma(database, "user_version") > kFormat) {
    return Unexpected(refusal(file.string(),
                              {"was written by a newer xalink-gateway", "do xalink-gateway mới hơn ghi"},
                              {"install that version again, or name another file under [registry]",
                               "cài lại phiên bản đó, hoặc ghi tệp khác trong mục [registry]"}));
  }
  return {};
}

}  // namespace

Change change_by(const std::vector<Entry>& held, const std::vector<Entry>& incoming,
                 const std::vector<Kind>& replaced_whole) {
  std::map<std::pair<Kind, std::string>, const Entry*> coming;
  for (const auto& entry : incoming) coming.try_emplace({entry.kind, entry.key()}, &entry);
  Change change;
  for (const auto& entry : held) {
    const auto found = coming.find({entry.kind, entry.key()});
    if (found != coming.end()) {
      if (found->second->fields != entry.fields) change.changed.push_back(*found->second);
      change.result.push_back(found->second->fields == entry.fields ? entry : *found->second);
      // The place is the user's: what is said of the row is said there.
      change.result.back().place = found->second->place;
      coming.erase(found);
    } else if (std::ranges::find(replaced_whole, entry.kind) != replaced_whole.end()) {
      change.removed.push_back(entry);
    } else {
      change.result.push_back(entry);
    }
  }
  for (const auto& entry : incoming) {
    if (!coming.erase({entry.kind, entry.key()})) continue;
    change.added.push_back(entry);
    change.result.push_back(entry);
  }
  return change;
}

RegistryStore::RegistryStore(std::filesystem::path file, std::unique_ptr<SQLite::Database> database)
    : file_(std::move(file)), database_(std::move(database)) {}
RegistryStore::RegistryStore(RegistryStore&&) noexcept = default;
RegistryStore& RegistryStore::operator=(RegistryStore&&) noexcept = default;
RegistryStore::~RegistryStore() = default;

Result<RegistryStore> RegistryStore::open(const std::filesystem::path& file) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs);
    // Not WAL: it is written some times a year, and read by whoever may read this one file.
    database->exec("PRAGMA synchronous = FULL");
    SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
    if (database->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) {
      database->exec(kRegistrySchema);
      database->exec("PRAGMA application_id = " + std::to_string(kApplicationId));
      database->exec("PRAGMA user_version = " + std::to_string(kFormat));
    }
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
    // Those of tables that a later program added, too.
    database->exec(views());
    transaction.commit();
    return RegistryStore(file, std::move(database));
  } catch (const SQLite::Exception& error) {
    return Unexpected(explained(file, error));
  }
}

Result<RegistryStore> RegistryStore::open_to_read(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown) && !unknown) return RegistryStore(file, nullptr);
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
    if (const auto known = check_identity(*database, file); !known) return Unexpected(known.error());
    return RegistryStore(file, std::move(database));
  } catch (const SQLite::Exception& error) {
    return Unexpected(explained(file, error));
  }
}

Result<std::vector<RegistryVersion>> RegistryStore::versions() const {
  std::vector<RegistryVersion> versions;
  if (!database_) return versions;
  try {
    SQLite::Statement rows(*database_,
                           "SELECT id, imported_ms, files, added, changed, removed FROM version ORDER BY id");
    while (rows.executeStep()) {
      versions.push_back({rows.getColumn(0).getInt64(), WallTime(Milliseconds(rows.getColumn(1).getInt64())),
                          rows.getColumn(2).getString(), rows.getColumn(3).getInt64(),
                          rows.getColumn(4).getInt64(), rows.getColumn(5).getInt64()});
    }
    return versions;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explained(file_, error));
  }
}

Result<RegistryVersion> RegistryStore::newest() const {
  auto all = versions();
  if (!all) return Unexpected(all.error());
  return all->empty() ? RegistryVersion{} : std::move(all->back());
}

Result<std::vector<Entry>> RegistryStore::entries(std::int64_t version) const {
  std::vector<Entry> entries;
  if (!database_) return entries;
  try {
    SQLite::Statement rows(
        *database_,
        "SELECT fields FROM entry WHERE tbl = ? AND since <= ? AND (until IS NULL OR until > ?) "
        "ORDER BY key");
    for (const Kind kind : kKinds) {
      rows.reset();
      rows.bind(1, std::string(shape_of(kind).name));
      rows.bind(2, version);
      rows.bind(3, version);
      while (rows.executeStep()) {
        entries.push_back(
            entry_of(kind, rows.getColumn(0).getString(), "registry " + std::to_string(version)));
      }
    }
    return entries;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explained(file_, error));
  } catch (const std::exception& error) {
    return Unexpected(refusal(
        file_.string(), Said("holds a row that cannot be read: ", "có dòng không đọc được: ") + error.what(),
        {"put a backup in its place", "thay bằng bản sao lưu"}));
  }
}

Result<std::int64_t> RegistryStore::import(const Change& change, const std::vector<ImportedFile>& files,
                                           std::int64_t based_on, WallTime now) {
  if (change.empty()) return based_on;
  json::array told;
  for (const auto& file : files) {
    told.push_back(json::object{{"name", file.name},
                                {"table", shape_of(file.kind).name},
                                {"sha256", file.digest},
                                {"rows", file.rows}});
  }
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto newest = database_->execAndGet("SELECT coalesce(max(id), 0) FROM version").getInt64();
    if (newest != based_on) {
      return Unexpected(
          refusal(file_.string(),
                  Said("another import came in between (version ", "một lần nhập khác xen vào (phiên bản ") +
                      (std::to_string(newest) + ")"),
                  {"import again: it is checked against what is there now",
                   "nhập lại: tệp sẽ được kiểm tra với danh bạ hiện tại"}));
    }
    const auto version = newest + 1;
    SQLite::Statement head(*database_, "INSERT INTO version VALUES(?, ?, ?, ?, ?, ?)");
    head.bind(1, version);
    head.bind(2, static_cast<std::int64_t>(now.time_since_epoch().count()));
    head.bind(3, json::serialize(told));
    head.bind(4, static_cast<std::int64_t>(change.added.size()));
    head.bind(5, static_cast<std::int64_t>(change.changed.size()));
    head.bind(6, static_cast<std::int64_t>(change.removed.size()));
    head.exec();
    SQLite::Statement end(*database_,
                          "UPDATE entry SET until = ? WHERE tbl = ? AND key = ? AND until IS NULL");
    SQLite::Statement add(*database_, "INSERT INTO entry VALUES(?, ?, ?, NULL, ?)");
    const auto run = [&](SQLite::Statement& statement, const Entry& entry, bool with_fields) {
      statement.reset();
      const std::string table(shape_of(entry.kind).name);
      if (with_fields) {
        statement.bind(1, table);
        statement.bind(2, entry.key());
        statement.bind(3, version);
        statement.bind(4, fields_json(entry));
      } else {
        statement.bind(1, version);
        statement.bind(2, table);
        statement.bind(3, entry.key());
      }
      statement.exec();
    };
    for (const auto& entry : change.removed) run(end, entry, false);
    for (const auto& entry : change.changed) {
      run(end, entry, false);
      run(add, entry, true);
    }
    for (const auto& entry : change.added) run(add, entry, true);
    transaction.commit();
    return version;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explained(file_, error));
  }
}

}  // namespace xalink::registry
