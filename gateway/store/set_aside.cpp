#include "gateway/store/set_aside.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/store/database.hpp"

namespace xalink::store {

SetAside::SetAside(SQLite::Database& database, SetAsideLimits limits, Owner owner)
    : limits_(limits),
      owner_(std::move(owner)),
      database_(database),
      insert_(database, "INSERT INTO set_aside(at_ms, topic, reason, size, payload) VALUES(?, ?, ?, ?, ?)"),
      remove_(database, "DELETE FROM set_aside WHERE id = ?"),
      all_(database, "SELECT id, topic, length(payload) FROM set_aside ORDER BY id"),
      add_(database,
           "INSERT INTO counter(name, value) VALUES(?, ?) "
           "ON CONFLICT(name) DO UPDATE SET value = value + excluded.value") {}

void SetAside::keep(const fact::SetAside& message, std::optional<std::int64_t> node) {
  count_once();
  const auto kept = std::min(message.payload.size(), limits_.bytes_of_one);
  {
    const Use insert(insert_);
    insert->bind(1, to_column(message.at));
    insert->bindNoCopy(2, message.topic);
    insert->bindNoCopy(3, message.reason);
    insert->bind(4, to_column(std::uint64_t{std::max(message.size, message.payload.size())}));
    insert->bindNoCopy(5, message.payload.data(), static_cast<int>(kept));
    insert->exec();
  }
  add(node, Kept{database_.getLastInsertRowid(), kept});
  add_to_counter("set_aside_total", 1);
  while (messages_ > limits_.messages || (bytes_ > limits_.bytes && messages_ > 1)) drop_one();
}

void SetAside::forget_cached() {
  counted_ = false;
  piles_.clear();
  messages_ = 0;
  bytes_ = 0;
}

void SetAside::add(std::optional<std::int64_t> node, Kept kept) {
  auto& pile = piles_[node];
  pile.messages.push_back(kept);
  pile.bytes += kept.bytes;
  ++messages_;
  bytes_ += kept.bytes;
}

// The oldest one of whoever takes most of the room: many small messages are as bad as a few large ones.
void SetAside::drop_one() {
  const std::size_t bytes_of_a_message = limits_.bytes / std::max<std::size_t>(1, limits_.messages);
  const auto takes = [&](const Pile& pile) { return pile.bytes + pile.messages.size() * bytes_of_a_message; };
  const auto largest = std::max_element(
      piles_.begin(), piles_.end(),
      [&](const auto& left, const auto& right) { return takes(left.second) < takes(right.second); });
  auto& pile = largest->second;
  const auto oldest = pile.messages.front();
  {
    const Use remove(remove_);
    remove->bind(1, oldest.id);
    remove->exec();
  }
  pile.messages.pop_front();
  pile.bytes -= oldest.bytes;
  --messages_;
  bytes_ -= oldest.bytes;
  if (pile.messages.empty()) piles_.erase(largest);
  add_to_counter("set_aside_dropped", 1);
}

void SetAside::count_once() {
  if (counted_) return;
  const Use all(all_);
  while (all->executeStep()) {
    add(owner_(all->getColumn(1).getString()),
        Kept{all->getColumn(0).getInt64(), static_cast<std::size_t>(all->getColumn(2).getInt64())});
  }
  counted_ = true;
}

void SetAside::add_to_counter(const char* name, std::int64_t amount) {
  const Use add(add_);
  add->bindNoCopy(1, name);
  add->bind(2, amount);
  add->exec();
}

}  // namespace xalink::store
