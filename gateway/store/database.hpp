#pragma once
// Opening the store: pragmas, migrations, and what SQLite's errors mean to an operator.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "gateway/ledger.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink::store {

/// For writing: checked (SQLite's quick_check) up to 1 GiB, created or migrated, WAL, synchronous=FULL.
/// On failure `trouble` is told.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_to_write(const std::filesystem::path& file,
                                                                      StoreTrouble& trouble);
/// Fails when the store was here (`known`) and is empty or gone.
[[nodiscard]] Result<void> check_still_there(const std::filesystem::path& file, bool known);
/// For reading, while a gateway writes and while none does.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_to_read(const std::filesystem::path& file);

/// SQLite's error with the next step: disk full, disk broken, no permission, damaged file.
[[nodiscard]] Error explain(const std::filesystem::path& file, const SQLite::Exception& error);

/// Whether it says that the file's content is not what SQLite wrote.
[[nodiscard]] bool is_damage(const SQLite::Exception& error);

/// Makes a prepared statement ready for its next use at the end of this one, whatever happened.
class Use {
 public:
  explicit Use(SQLite::Statement& statement) : statement_(statement) {}
  ~Use() { statement_.tryReset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  SQLite::Statement* operator->() const { return &statement_; }

 private:
  SQLite::Statement& statement_;
};

/// SQLite's integers are signed: two's complement, which the reader undoes.
[[nodiscard]] inline std::int64_t to_column(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}
[[nodiscard]] inline std::int64_t to_column(WallTime time) {
  return time.time_since_epoch().count();
}

}  // namespace xalink::store
