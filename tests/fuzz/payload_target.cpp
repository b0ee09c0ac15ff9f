// What a gateway hears. An input whose first byte is 'S' is a list of messages (topic, length, payload) of
// two nodes, each of which arrives at one host application; any other is one payload.

#include <cmath>
#include <string>

#include "sparkplug/host_application.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/utf8.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

namespace {

constexpr std::array kTopics = {
    "spBv1.0/VN-03/NBIRTH/a",        "spBv1.0/VN-03/DBIRTH/a/backlog", "spBv1.0/VN-03/DBIRTH/a/network",
    "spBv1.0/VN-03/DDATA/a/backlog", "spBv1.0/VN-03/DDATA/a/network",  "spBv1.0/VN-03/NDATA/a",
    "spBv1.0/VN-03/NDEATH/a",        "spBv1.0/VN-03/DDEATH/a/network", "spBv1.0/VN-03/NBIRTH/b",
    "spBv1.0/VN-03/DBIRTH/b/pump",   "spBv1.0/VN-03/DDATA/b/pump",     "spBv1.0/VN-03/NDATA/b",
    "spBv1.0/STATE/xalink",          "spBv1.0/VN-03/NCMD/a",
};

void check_text(std::string_view text) {
  claim(find_broken_utf8(text) == std::string_view::npos, "what goes into the store is UTF-8");
}

struct Storable {
  void operator()(const fact::NodeBorn& birth) const {
    check_text(birth.epoch);
    check_text(birth.clock.boot_id);
    claim(birth.epoch.size() <= 64 && birth.clock.boot_id.size() <= 64, "epochs and boots are short");
  }
  void operator()(const fact::Values& values) const {
    for (const auto& entry : values.entries) {
      check_text(entry.name);
      check_text(entry.unit);
      if (const auto* text = std::get_if<std::string>(&entry.value)) check_text(*text);
      claim(entry.timestamp < 253'402'300'800'000, "times are of this era");
    }
  }
  void operator()(const fact::Arrived& arrived) const {
    const auto& batch = arrived.batch;
    claim(!batch.empty(), "records arrived");
    RowId next = batch.first();
    for (const auto& item : batch.items) {
      claim(item.first == next && item.first <= item.last && item.last <= INT64_MAX, "rows are contiguous");
      next = item.last + 1;
      const auto& columns = batch.schemas.at(item.schema).columns;
      const auto again = unpack_columns(pack_columns(columns));
      claim(again && again->size() == columns.size(), "a shape can be read back from the store");
      const auto values = unpack(columns, pack(columns, item.record.values));
      claim(values.has_value(), "a record can be read back from the store");
      for (std::size_t i = 0; i < values->size(); ++i) {
        const auto* number = std::get_if<double>(&item.record.values[i]);
        const bool inexact =
            number != nullptr && (std::isnan(*number) || columns[i].type == DataType::float32);
        claim(inexact || (*values)[i] == item.record.values[i], "a record reads back as it arrived");
      }
      check_text(item.record.stamp.boot_id);
    }
  }
  void operator()(const fact::SetAside& message) const {
    claim(!message.reason.empty(), "a message set aside has a reason");
    check_text(message.reason);
  }
  template <class Presence>
  void operator()(const Presence&) const {}
};

std::size_t facts_of(HostApplication& host, std::size_t payload_bytes) {
  std::size_t kept = 0;
  const auto facts = host.take_facts();
  for (const auto& fact : facts) {
    std::visit(Storable{}, fact);
    if (const auto* arrived = std::get_if<fact::Arrived>(&fact)) {
      for (const auto& item : arrived->batch.items) kept += 1 + item.record.values.size();
    }
  }
  // Constants stand for many rows, within backlog_set.cpp's bound.
  claim(kept <= payload_bytes + 300'000, "a message does not become many times itself");
  return facts.size();
}

void hear_all(fuzz::Pieces messages) {
  HostApplicationOptions options;
  options.max_metrics_of_node = 500;
  options.max_names_of_node = 2000;
  HostApplication host(options);
  Now now;
  now.wall = WallTime(Milliseconds(1'790'000'000'000));
  now.steady = SteadyTime(std::chrono::hours(1));
  static_cast<void>(host.plan_connect(now));
  host.connected(now);
  std::size_t heard = 0;
  while (!messages.empty() && ++heard < 200) {
    const auto topic = messages.byte();
    const auto payload = messages.piece();
    now.steady += std::chrono::milliseconds(topic < 128 ? 10 : 7000);
    host.tick(now);
    static_cast<void>(facts_of(host, 0));
    host.arrived(IncomingMessage{kTopics[topic % kTopics.size()], std::string(payload), false}, now);
    static_cast<void>(facts_of(host, payload.size() + 64 * (1U << 16U)));
    for (const auto& message : host.take_messages()) {
      claim(parse_topic(message.topic).has_value(), "what the host says has a valid topic");
    }
  }
  host.lost(now);
  static_cast<void>(facts_of(host, 0));
}

/// The payload with the types that its own metrics declare; nothing when they do not fit.
std::optional<Payload> interpreted(std::string_view bytes) {
  auto payload = decode(bytes);
  if (!payload) {
    claim(!payload.error().what.empty(), "a payload that is refused has a reason");
    return std::nullopt;
  }
  for (auto& metric : payload->metrics) {
    if (std::holds_alternative<Opaque>(metric.value)) return std::nullopt;
    auto value = interpret(std::move(metric.value), metric.type);
    if (!value) return std::nullopt;
    metric.value = std::move(*value);
  }
  return std::move(*payload);
}

bool is_same(const Payload& left, const Payload& right) {
  // Not operator==: a NaN is the same NaN, bit by bit.
  return left == right || encode(left) == encode(right);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::as_text(bytes, size);
  if (!text.empty() && text.front() == 'S') {
    hear_all(fuzz::Pieces(text.substr(1)));
    return 0;
  }
  const auto once = interpreted(text);
  if (!once) return 0;
  // What a foreign encoder wrote oddly is put right the first time, and stays.
  const auto twice = interpreted(encode(*once));
  if (!twice) return 0;
  const auto thrice = interpreted(encode(*twice));
  claim(thrice && is_same(*twice, *thrice), "a payload reads back as it was written");
  return 0;
}
