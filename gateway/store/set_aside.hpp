#pragma once
// Messages that could not be used, kept for whoever wants to know why: bounded, the oldest give way.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>

#include "sparkplug/host_application.hpp"

namespace xalink::store {

struct SetAsideLimits {
  std::size_t messages = 10'000;
  std::size_t bytes = 16U << 20U;         ///< of kept payloads
  std::size_t bytes_of_one = 64U << 10U;  ///< the rest of a longer payload is not kept
};

/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class SetAside {
 public:
  SetAside(SQLite::Database& database, SetAsideLimits limits);

  void keep(const fact::SetAside& message);
  /// After a rollback: counts again from the table.
  void forget_cached() { counted_ = false; }

 private:
  void count_once();
  void drop_oldest();
  void add_to_counter(const char* name, std::int64_t amount);

  SetAsideLimits limits_;
  SQLite::Statement insert_;
  SQLite::Statement oldest_;
  SQLite::Statement remove_;
  SQLite::Statement total_;
  SQLite::Statement add_;
  bool counted_ = false;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace xalink::store
