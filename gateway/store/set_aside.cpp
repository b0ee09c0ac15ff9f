#include "gateway/store/set_aside.hpp"

#include <algorithm>
#include <string>

#include "gateway/store/database.hpp"

namespace xalink::store {

SetAside::SetAside(SQLite::Database& database, SetAsideLimits limits)
    : limits_(limits),
      insert_(database, "INSERT INTO set_aside(at_ms, topic, reason, size, payload) VALUES(?, ?, ?, ?, ?)"),
      oldest_(database, "SELECT id, length(payload) FROM set_aside ORDER BY id LIMIT 1"),
      remove_(database, "DELETE FROM set_aside WHERE id = ?"),
      total_(database, "SELECT count(*), coalesce(sum(length(payload)), 0) FROM set_aside"),
      add_(database,
           "INSERT INTO counter(name, value) VALUES(?, ?) "
           "ON CONFLICT(name) DO UPDATE SET value = value + excluded.value") {}

void SetAside::keep(const fact::SetAside& message) {
  count_once();
  const auto kept = std::min(message.payload.size(), limits_.bytes_of_one);
  {
    const Use insert(insert_);
    insert->bind(1, to_column(message.at));
    insert->bindNoCopy(2, message.topic);
    insert->bindNoCopy(3, message.reason);
    insert->bind(4, to_column(std::uint64_t{message.payload.size()}));
    insert->bindNoCopy(5, message.payload.data(), static_cast<int>(kept));
    insert->exec();
  }
  ++messages_;
  bytes_ += kept;
  add_to_counter("set_aside_total", 1);
  while (messages_ > limits_.messages || (bytes_ > limits_.bytes && messages_ > 1)) drop_oldest();
}

void SetAside::drop_oldest() {
  std::int64_t id = 0;
  std::size_t size = 0;
  {
    const Use oldest(oldest_);
    if (!oldest->executeStep()) {
      messages_ = 0;
      bytes_ = 0;
      return;
    }
    id = oldest->getColumn(0).getInt64();
    size = static_cast<std::size_t>(oldest->getColumn(1).getInt64());
  }
  {
    const Use remove(remove_);
    remove->bind(1, id);
    remove->exec();
  }
  --messages_;
  bytes_ -= std::min(bytes_, size);
  add_to_counter("set_aside_dropped", 1);
}

void SetAside::count_once() {
  if (counted_) return;
  const Use total(total_);
  total->executeStep();
  messages_ = static_cast<std::size_t>(total->getColumn(0).getInt64());
  bytes_ = static_cast<std::size_t>(total->getColumn(1).getInt64());
  counted_ = true;
}

void SetAside::add_to_counter(const char* name, std::int64_t amount) {
  const Use add(add_);
  add->bindNoCopy(1, name);
  add->bind(2, amount);
  add->exec();
}

}  // namespace xalink::store
