#include "gateway/store/removed_block.hpp"

#include <algorithm>
#include <utility>

#include "gateway/meaning/kept_columns.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/said.hpp"

namespace xalink::store {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kHasEarliest = 4;
constexpr std::uint64_t kHasLatest = 8;
// As schema_4.sql has it.
constexpr Milliseconds kSynchronisedWithin{3'000};

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

void put_signed(std::string& out, std::int64_t value) {
  put(out, (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
}

// Wraps round where clocks told nonsense, both ways alike.
std::int64_t difference(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) - static_cast<std::uint64_t>(right));
}

std::int64_t sum(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
}

std::int64_t ms_of(WallTime time) {
  return time.time_since_epoch().count();
}

WallTime time_at(std::int64_t ms) {
  return WallTime(Milliseconds(ms));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool done() const { return left_.empty(); }
  bool get(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
      const auto group = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      if (shift == 63 && group > 1) return false;
      value |= static_cast<std::uint64_t>(group & 0x7fU) << shift;
      if ((group & 0x80U) == 0) return true;
    }
    return false;
  }
  bool get_signed(std::int64_t& value) {
    std::uint64_t bits = 0;
    if (!get(bits)) return false;
    value = static_cast<std::int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1U));
    return true;
  }
  bool get_bytes(std::string_view& bytes) {
    std::uint64_t size = 0;
    if (!get(size) || size > left_.size()) return false;
    bytes = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(bytes.size());
    return true;
  }
  // A promised number of things of at least one byte each.
  bool get_count(std::uint64_t& count) { return get(count) && count <= left_.size(); }

 private:
  std::string_view left_;
};

Unexpected damaged() {
  return Unexpected(
      refusal({},
              {"what was kept of removed records cannot be read",
               "không đọc được phần giữ lại của các bản ghi đã xóa"},
              {"The store is damaged: put a backup in its place, the boards send again what it lacks",
               "Kho dữ liệu bị hỏng: đặt bản sao lưu vào chỗ của nó, các máy sẽ gửi lại phần còn thiếu"}));
}

struct KeptShape {
  const Schema* schema = nullptr;
  std::vector<std::size_t> places;
  std::vector<Column> shape;
};

bool read_shapes(Reader& from, const RemovedBlockSources& sources, std::vector<KeptShape>& shapes) {
  std::uint64_t schemas = 0;
  if (!from.get_count(schemas)) return false;
  for (std::uint64_t i = 0; i < schemas; ++i) {
    KeptShape kept;
    std::uint64_t number = 0;
    std::uint64_t columns = 0;
    if (!from.get(number) || !from.get_count(columns)) return false;
    kept.schema = sources.schema(static_cast<std::int64_t>(number));
    for (std::uint64_t each = 0; each < columns; ++each) {
      std::uint64_t place = 0;
      if (!from.get(place)) return false;
      kept.places.push_back(static_cast<std::size_t>(place));
      if (kept.schema == nullptr) continue;
      if (place >= kept.schema->columns.size()) return false;
      kept.shape.push_back(kept.schema->columns[static_cast<std::size_t>(place)]);
    }
    shapes.push_back(std::move(kept));
  }
  return true;
}

struct Before {
  std::uint64_t row = 0;
  std::int64_t at = 0;
  std::int64_t offset = 0;
};

// All of a record but its values. False: these bytes are none.
bool read_stamp(Reader& from, Before& before, StoredRecord& record, std::uint64_t& schema,
                std::uint64_t& boot) {
  std::uint64_t rows = 0;
  std::int64_t at = 0;
  std::int64_t offset = 0;
  std::uint64_t flags = 0;
  if (!from.get(rows) || !from.get(schema) || !from.get(boot) || !from.get_signed(at) ||
      !from.get_signed(offset) || !from.get(flags) || (flags & 3U) > 2 || flags > 15)
    return false;
  before.row += rows;
  before.at = sum(before.at, at);
  before.offset = sum(before.offset, offset);
  record.row = before.row;
  record.boot_time = BootTime(before.at);
  record.time = record.wall = time_at(sum(before.at, before.offset));
  record.quality = record.stamped = static_cast<ClockQuality>(flags & 3U);
  record.earliest.reset();
  record.latest.reset();
  std::int64_t bound = 0;
  if ((flags & kHasEarliest) != 0) {
    if (!from.get_signed(bound)) return false;
    record.earliest = time_at(sum(ms_of(record.time), bound));
  }
  if ((flags & kHasLatest) != 0) {
    if (!from.get_signed(bound)) return false;
    record.latest = time_at(sum(ms_of(record.time), bound));
  }
  if (record.quality == ClockQuality::synchronised) {
    record.earliest = record.time - kSynchronisedWithin;
    record.latest = record.time + kSynchronisedWithin;
  }
  return true;
}

bool read_values(const KeptShape& kept, std::string_view packed, StoredRecord& record) {
  auto values = unpack(kept.shape, packed);
  if (!values) return false;
  record.values.assign(kept.schema->columns.size(), Value{});
  for (std::size_t i = 0; i < kept.places.size(); ++i)
    record.values[kept.places[i]] = std::move((*values)[i]);
  return true;
}

}  // namespace

RemovedBlockWriter::Kept& RemovedBlockWriter::kept_of(std::int64_t number, const Schema& schema) {
  const auto [entry, is_new] = kept_.try_emplace(number);
  auto& kept = entry->second;
  if (!is_new) return kept;
  kept.place = kept_.size() - 1;
  kept.columns = meaning::kept_columns(schema);
  put(schemas_bytes_, static_cast<std::uint64_t>(number));
  put(schemas_bytes_, kept.columns.size());
  for (const auto place : kept.columns) {
    put(schemas_bytes_, place);
    kept.shape.push_back(schema.columns[place]);
  }
  return kept;
}

void RemovedBlockWriter::add(const StoredRecord& record, std::int64_t schema, std::int64_t boot) {
  const auto& kept = kept_of(schema, *record.schema);
  const auto [known, is_new] = boots_.try_emplace(boot, boots_.size());
  if (is_new) put(boots_bytes_, static_cast<std::uint64_t>(boot));
  put(rows_bytes_, record.row - before_.row);
  put(rows_bytes_, kept.place);
  put(rows_bytes_, known->second);
  const std::int64_t at = record.boot_time.count();
  const std::int64_t time = ms_of(record.time);
  const std::int64_t offset = difference(time, at);
  put_signed(rows_bytes_, difference(at, before_.at));
  put_signed(rows_bytes_, difference(offset, before_.offset));
  // Those of a synchronised time follow from it.
  const bool bounds = record.quality != ClockQuality::synchronised;
  put(rows_bytes_, static_cast<std::uint64_t>(record.quality) |
                       (bounds && record.earliest ? kHasEarliest : 0) |
                       (bounds && record.latest ? kHasLatest : 0));
  if (bounds && record.earliest) put_signed(rows_bytes_, difference(ms_of(*record.earliest), time));
  if (bounds && record.latest) put_signed(rows_bytes_, difference(ms_of(*record.latest), time));
  std::vector<Value> values;
  values.reserve(kept.columns.size());
  for (const auto place : kept.columns)
    values.push_back(place < record.values.size() ? record.values[place] : Value{});
  pack_into(packed_, kept.shape, values);
  put(rows_bytes_, packed_.size());
  rows_bytes_ += packed_;
  earliest_ = records_ == 0 ? record.time : std::min(earliest_, record.time);
  latest_ = records_ == 0 ? record.time : std::max(latest_, record.time);
  before_ = {record.row, at, offset};
  ++records_;
}

std::string RemovedBlockWriter::bytes() const {
  std::string all;
  put(all, kVersion);
  put(all, kept_.size());
  all += schemas_bytes_;
  put(all, boots_.size());
  all += boots_bytes_;
  all += rows_bytes_;
  return all;
}

Result<bool> read_removed_block(std::string_view bytes, const RemovedBlockSources& sources,
                                StoredRecord& record, const std::function<bool(const StoredRecord&)>& visit) {
  Reader from(bytes);
  std::uint64_t version = 0;
  if (!from.get(version) || version != kVersion) return damaged();
  std::vector<KeptShape> shapes;
  std::uint64_t boot_count = 0;
  if (!read_shapes(from, sources, shapes) || !from.get_count(boot_count)) return damaged();
  std::vector<std::string> boots;
  for (std::uint64_t i = 0; i < boot_count; ++i) {
    std::uint64_t number = 0;
    if (!from.get(number)) return damaged();
    boots.push_back(sources.boot(static_cast<std::int64_t>(number)));
  }
  record.first.reset();
  record.received = WallTime{};
  Before before;
  std::uint64_t boot_before = boot_count;
  while (!from.done()) {
    std::uint64_t schema = 0;
    std::uint64_t boot = 0;
    std::string_view packed;
    if (!read_stamp(from, before, record, schema, boot) || schema >= shapes.size() || boot >= boots.size() ||
        !from.get_bytes(packed))
      return damaged();
    const auto& kept = shapes[static_cast<std::size_t>(schema)];
    if (kept.schema == nullptr) continue;
    record.schema = kept.schema;
    if (boot != boot_before) record.boot = boots[static_cast<std::size_t>(boot)];
    boot_before = boot;
    if (!read_values(kept, packed, record)) return damaged();
    if (!visit(record)) return false;
  }
  return true;
}

}  // namespace xalink::store
