#pragma once
// The schemas and boots that rows refer to by number.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "sparkplug/record.hpp"

namespace xalink {

/// The database can be read but contradicts itself; what() says how.
class ContradictionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Numbers are given within the caller's transaction; when that fails, load() again.
/// Throws SQLite::Exception, and ContradictionError from load().
class Catalogue {
 public:
  /// `database` outlives this. Call load() before anything else.
  explicit Catalogue(SQLite::Database& database);

  void load();

  /// Whether rows of this shape can be read back: known already, or all columns have types of values.
  [[nodiscard]] bool can_hold(const Schema& schema) const;
  [[nodiscard]] std::int64_t number_of(const Schema& schema);
  [[nodiscard]] std::int64_t number_of_boot(const Stamp& stamp);

  /// Null when no such number was given.
  [[nodiscard]] const Schema* schema(std::int64_t number) const;
  [[nodiscard]] const std::string* boot(std::int64_t number);

  /// In the order in which they were first used.
  [[nodiscard]] const std::map<std::int64_t, Schema>& schemas() const { return schemas_; }
  /// Clocks at the first record of the newest boot; all unset in a new outbox.
  [[nodiscard]] Stamp newest_boot();

 private:
  void add(std::int64_t number, Schema schema);
  /// 0 when it has none.
  [[nodiscard]] std::int64_t find(const Schema& schema) const;

  SQLite::Statement insert_schema_;
  SQLite::Statement all_schemas_;
  SQLite::Statement insert_boot_;
  SQLite::Statement find_boot_;
  SQLite::Statement boot_by_number_;
  SQLite::Statement newest_boot_;

  std::map<std::int64_t, Schema> schemas_;
  std::unordered_multimap<std::size_t, std::int64_t> by_name_;  ///< hash of device and group
  std::unordered_map<std::int64_t, std::string> boots_;         ///< those in use
  std::string current_boot_;                                    ///< of the last record appended
  std::int64_t current_boot_number_ = 0;                        ///< 0: none yet
};

}  // namespace xalink
