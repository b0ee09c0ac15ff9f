#pragma once
// How many records were given up, by reason.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sparkplug/record.hpp"

namespace xalink {

/// At every moment, in each lane: row ids given out = rows held or forgotten after their acknowledgement +
/// what stands here, but for the reason "memory", whose records never had a row id. So a record that was
/// thinned and whose summary is dropped later moves from one reason to the other.
///
/// Within the caller's transaction. Throws SQLite::Exception.
class GivenUpLedger {
 public:
  /// `database` outlives this.
  explicit GivenUpLedger(SQLite::Database& database);

  /// Less than 0 takes away what another reason gets.
  void count(Lane lane, std::string_view reason, std::int64_t records);
  [[nodiscard]] std::map<std::string, std::uint64_t> by_reason();

 private:
  SQLite::Statement count_;
  SQLite::Statement by_reason_;
};

}  // namespace xalink
