#include "gateway/fact_queue.hpp"

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

  void operator()(const fact::Arrived& arrived) {
    for (const auto& schema : arrived.batch.schemas)
      bytes += sizeof schema + schema.columns.size() * sizeof(Column);
    for (const auto& item : arrived.batch.items) {
      bytes += sizeof item + bytes_of(item.record.stamp.boot_id);
      for (const auto& value : item.record.values) bytes += bytes_of(value);
    }
    records = arrived.batch.items.size();
  }
  void operator()(const fact::Values& values) {
    for (const auto& entry : values.entries) {
      bytes += sizeof entry + bytes_of(entry.name) + bytes_of(entry.value) + bytes_of(entry.unit);
    }
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

bool FactQueue::push(Fact fact) {
  Size size;
  std::visit(size, fact);
  if (bytes() + size.bytes > bound_for(fact, limits_.bytes)) {
    if (std::holds_alternative<fact::Arrived>(fact)) {
      refused_.records += size.records;
    } else {
      ++refused_.others;
    }
    return false;
  }
  bytes_ += size.bytes;
  records_ += size.records;
  waiting_.push_back(Entry{std::move(fact), size.bytes, size.records});
  return true;
}

std::shared_ptr<const std::vector<Fact>> FactQueue::take() {
  auto taken = std::make_shared<std::vector<Fact>>();
  std::size_t records = 0;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    const bool full = records + next.records > limits_.records_of_one_commit ||
                      bytes + next.bytes > limits_.bytes_of_one_commit;
    if (full && !taken->empty()) break;
    records += next.records;
    bytes += next.bytes;
    taken->push_back(std::move(next.fact));
    waiting_.pop_front();
  }
  records_ -= records;
  bytes_ -= bytes;
  taken_bytes_ += bytes;
  return taken;
}

void FactQueue::done() {
  taken_bytes_ = 0;
}

}  // namespace xalink
