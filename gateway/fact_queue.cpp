#include "gateway/fact_queue.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace xalink {
namespace {

// Memory of a fact, near enough to bound it: structs, and the texts that do not fit into them.
std::size_t bytes_of(const std::string& text) {
  return text.size() < sizeof(std::string) ? 0 : text.capacity();
}

std::size_t bytes_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return sizeof value + (text == nullptr ? 0 : bytes_of(*text));
}

struct Size {
  std::size_t bytes = sizeof(Fact);
  std::size_t records = 0;
  std::size_t rows = 1;

  void operator()(const fact::Arrived& arrived) {
    for (const auto& schema : arrived.batch.schemas)
      bytes += sizeof schema + schema.columns.size() * sizeof(Column);
    for (const auto& item : arrived.batch.items) {
      bytes += sizeof item + bytes_of(item.record.stamp.boot_id);
      for (const auto& value : item.record.values) bytes += bytes_of(value);
    }
    records = arrived.batch.items.size();
    rows += records;
  }
  void operator()(const fact::Values& values) {
    for (const auto& entry : values.entries) {
      bytes += sizeof entry + bytes_of(entry.name) + bytes_of(entry.value) + bytes_of(entry.unit);
    }
    rows += values.entries.size();
  }
  void operator()(const fact::SetAside& message) {
    bytes += bytes_of(message.topic) + bytes_of(message.payload) + bytes_of(message.reason);
  }
  template <class Presence>
  void operator()(const Presence&) {
    bytes += 256;  // ids and a reason
  }
};

std::size_t bound_for(const Fact& fact, std::size_t bytes) {
  if (std::holds_alternative<fact::Arrived>(fact)) return bytes;
  const bool about_values =
      std::holds_alternative<fact::Values>(fact) || std::holds_alternative<fact::SetAside>(fact);
  return about_values ? bytes / 4 * 5 : bytes / 2 * 3;
}

}  // namespace

NodeId owner_of(const Fact& fact) {
  return std::visit(
      [](const auto& it) {
        if constexpr (std::is_same_v<std::decay_t<decltype(it)>, fact::SetAside>) {
          const auto owner = owner_of(std::string_view(it.topic));
          return owner ? NodeId{std::string(owner->group), std::string(owner->node)} : NodeId{};
        } else {
          return it.node;
        }
      },
      fact);
}

bool FactQueue::has_room(const Line& line, const Fact& fact, std::size_t size) const {
  const auto all = bound_for(fact, limits_.bytes);
  const auto free = all - std::min(all, bytes_);
  if (line.bytes == 0) return size <= free;  // or a large message could never come in
  return line.bytes + size <= std::min(bound_for(fact, limits_.bytes_of_one_board), free);
}

FactQueue::Refused FactQueue::push(Fact fact) {
  Size size;
  std::visit(size, fact);
  const auto place = lines_.try_emplace(owner_of(fact)).first;
  auto& line = place->second;
  if (!has_room(line, fact, size.bytes)) {
    Refused refused;
    (std::holds_alternative<fact::Arrived>(fact) ? refused.records : refused.others) =
        std::max<std::size_t>(1, size.records);
    refused_.records += refused.records;
    refused_.others += refused.others;
    if (line.bytes == 0) lines_.erase(place);
    return refused;
  }
  if (line.waiting.empty()) {
    turns_.push_back(place);
    line.credit = limits_.bytes_of_one_turn;
  }
  line.waiting.push_back(Entry{std::move(fact), size.bytes, size.records, size.rows});
  line.bytes += size.bytes;
  bytes_ += size.bytes;
  records_ += size.records;
  rows_ += size.rows;
  return {};
}

std::shared_ptr<const std::vector<Fact>> FactQueue::take() {
  auto taken = std::make_shared<std::vector<Fact>>();
  std::size_t rows = 0;
  std::size_t bytes = 0;
  while (!turns_.empty()) {
    const auto place = turns_.front();
    auto& line = place->second;
    auto& next = line.waiting.front();
    const bool full =
        rows + next.rows > limits_.rows_of_one_commit || bytes + next.bytes > limits_.bytes_of_one_commit;
    if (full && !taken->empty()) break;
    if (next.bytes > line.credit) {
      // A large fact saves up for some turns, unless nobody else waits for his.
      line.credit += limits_.bytes_of_one_turn;
      turns_.pop_front();
      turns_.push_back(place);
      continue;
    }
    line.credit -= next.bytes;
    rows += next.rows;
    bytes += next.bytes;
    rows_ -= next.rows;
    records_ -= next.records;
    if (line.taken_bytes == 0) taken_.push_back(place);
    line.taken_bytes += next.bytes;
    taken->push_back(std::move(next.fact));
    line.waiting.pop_front();
    if (line.waiting.empty()) turns_.pop_front();
  }
  return taken;
}

void FactQueue::done() {
  for (const auto place : taken_) {
    auto& line = place->second;
    bytes_ -= line.taken_bytes;
    line.bytes -= line.taken_bytes;
    line.taken_bytes = 0;
    if (line.waiting.empty()) lines_.erase(place);
  }
  taken_.clear();
}

std::size_t FactQueue::bytes_of(const NodeId& board) const {
  const auto found = lines_.find(board);
  return found == lines_.end() ? 0 : found->second.bytes;
}

}  // namespace xalink
