#pragma once
// The account of what was not taken in of each node.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>

#include "sparkplug/host_application.hpp"

namespace xalink::store {

/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class Curbs {
 public:
  explicit Curbs(SQLite::Database& database);

  /// `node`: the store's number; nothing for senders it does not know.
  void add(std::optional<std::int64_t> node, const fact::Curbed& account);
  void add_set_aside(std::optional<std::int64_t> node, const fact::SetAside& message);

 private:
  void count(const char* name, std::uint64_t amount);

  SQLite::Statement add_;
  SQLite::Statement count_;
};

}  // namespace xalink::store
