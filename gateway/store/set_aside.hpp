#pragma once
// Messages that could not be used, kept for whoever wants to know why: bounded, the oldest of whoever has
// most of them give way.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

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
  /// Whose message it is, by its topic: the store's number of the node, nothing for all it does not know.
  using Owner = std::function<std::optional<std::int64_t>(const std::string& topic)>;

  SetAside(SQLite::Database& database, SetAsideLimits limits, Owner owner);

  void keep(const fact::SetAside& message, std::optional<std::int64_t> node);
  /// After a rollback: counts again from the table.
  void forget_cached();

 private:
  struct Kept {
    std::int64_t id = 0;
    std::size_t bytes = 0;
  };
  struct Pile {
    std::deque<Kept> messages;  ///< oldest first
    std::size_t bytes = 0;
  };
  void count_once();
  void add(std::optional<std::int64_t> node, Kept kept);
  void drop_one();
  void add_to_counter(const char* name, std::int64_t amount);

  SetAsideLimits limits_;
  Owner owner_;
  SQLite::Database& database_;
  SQLite::Statement insert_;
  SQLite::Statement remove_;
  SQLite::Statement all_;
  SQLite::Statement add_;
  bool counted_ = false;
  std::map<std::optional<std::int64_t>, Pile> piles_;  ///< by node
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace xalink::store
