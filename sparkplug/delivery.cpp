#include "sparkplug/delivery.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace xalink {
namespace {

// Properties of a backlog DataSet: what its rows share.
constexpr std::string_view kBootProperty = "Boot";           // String; absent: the births' boot
constexpr std::string_view kBootTimeProperty = "Boot Time";  // UInt64 ms since boot at the timestamp
constexpr std::string_view kClockProperty = "Clock";         // UInt8, ClockQuality

// Rows share a DataSet while wall time minus time since boot stays this close: a slewed clock drifts
// by 0.5 ms/s, a step is larger and begins a DataSet of its own.
constexpr Milliseconds kBootOffsetTolerance{1000};
constexpr std::size_t kMostDataSets = 255;  // Delivery/Order has one byte for each record
constexpr std::size_t kMostMaskedColumns = 64;

WallTime wall_from(std::uint64_t ms) {
  return WallTime(Milliseconds(static_cast<std::int64_t>(ms)));
}

Milliseconds boot_offset(const Stamp& stamp) {
  return stamp.wall.time_since_epoch() - stamp.boot_time;
}

std::string numbered(std::string_view text, Lane lane) {
  return std::string(text) + std::to_string(index(lane));
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7U) ++size;
  return size;
}

// Bytes of one DataSet element, within a byte or two: tag and length of the element, tag of the slot.
std::size_t element_size(const Value& value, DataType type) {
  if (is_null(value)) return 2;
  if (const auto* text = std::get_if<std::string>(&value)) return 5 + text->size();
  if (std::holds_alternative<double>(value)) return type == DataType::float32 ? 7 : 11;
  if (const auto* whole = std::get_if<std::uint64_t>(&value)) return 3 + varint_size(*whole);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return 3 + varint_size(static_cast<std::uint64_t>(*whole));
  }
  return 4;
}

std::uint64_t present_mask(const Record& record) {
  std::uint64_t mask = 0;
  const std::size_t columns = std::min(record.values.size(), kMostMaskedColumns);
  for (std::size_t i = 0; i < columns; ++i) {
    if (!is_null(record.values[i])) mask |= std::uint64_t{1} << i;
  }
  return mask;
}

// A DataSet in the making. Absent values leave their column out, so that no reader can take them for 0.
struct Group {
  std::size_t schema = 0;
  std::uint64_t mask = 0;
  const Stamp* base = nullptr;
  DataSet data;

  [[nodiscard]] bool takes(std::size_t other_schema, std::uint64_t other_mask, const Stamp& stamp) const {
    if (schema != other_schema || mask != other_mask || base->quality != stamp.quality) return false;
    const auto offset = stamp.wall - base->wall;
    if (offset.count() < 0 || offset.count() > std::numeric_limits<std::uint32_t>::max()) return false;
    const auto drift = boot_offset(stamp) - boot_offset(*base);
    return std::chrono::abs(drift) <= kBootOffsetTolerance && base->boot_id == stamp.boot_id;
  }
};

Group begin_group(const Schema& schema, std::size_t schema_index, std::uint64_t mask, const Stamp& base) {
  Group group;
  group.schema = schema_index;
  group.mask = mask;
  group.base = &base;
  group.data.columns.push_back(Column{std::string(kOffsetColumn), DataType::uint32, {}});
  for (std::size_t i = 0; i < schema.columns.size() && i < kMostMaskedColumns; ++i) {
    if ((mask >> i & 1U) != 0)
      group.data.columns.push_back(Column{schema.columns[i].name, schema.columns[i].type, {}});
  }
  return group;
}

std::size_t header_size(const Group& group, const Schema& schema, const ClockContext& births) {
  std::size_t size = 64 + schema.device.size();
  for (const auto& column : group.data.columns) size += column.name.size() + 4;
  if (group.base->boot_id != births.boot_id) size += group.base->boot_id.size() + 16;
  return size;
}

Metric finish(Group group, const Schema& schema, const ClockContext& births, const AliasOf& alias_of) {
  Metric metric;
  metric.alias = alias_of(kBacklogDevice, schema.device + "/" + schema.group);
  metric.type = DataType::data_set;
  metric.historical = true;
  metric.timestamp = wire_time(group.base->wall);
  metric.properties.push_back(Property{std::string(kBootTimeProperty), DataType::uint64,
                                       static_cast<std::uint64_t>(group.base->boot_time.count())});
  metric.properties.push_back(Property{std::string(kClockProperty), DataType::uint8,
                                       static_cast<std::uint64_t>(group.base->quality)});
  if (group.base->boot_id != births.boot_id) {
    metric.properties.push_back(Property{std::string(kBootProperty), DataType::string, group.base->boot_id});
  }
  metric.value = std::move(group.data);
  return metric;
}

Metric lane_metric(std::string_view device, Lane lane, RowId last, std::uint64_t timestamp,
                   const AliasOf& alias_of) {
  Metric metric;
  metric.alias = alias_of(device, metric::delivery_lane(lane));
  metric.type = DataType::uint64;
  metric.timestamp = timestamp;
  metric.value = std::uint64_t{last};
  return metric;
}

const Value* property(const Metric& metric, std::string_view key) {
  for (const auto& entry : metric.properties) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

bool is_gap(const Schema& schema) {
  return schema.device == kBacklogDevice && schema.group == "Gap";
}

// Number of row ids an item stands for.
Result<std::uint64_t> width_of(const Schema& schema, const Record& record) {
  if (!is_gap(schema)) return std::uint64_t{1};
  if (record.values.size() < 3) return failure(schema.group, "a gap needs First, Last and Count");
  const auto* first = std::get_if<std::uint64_t>(&record.values[0]);
  const auto* last = std::get_if<std::uint64_t>(&record.values[1]);
  if (first == nullptr || last == nullptr || *first == 0 || *last < *first) {
    return failure(schema.group, "a gap's First and Last do not name rows");
  }
  return *last - *first + 1;
}

// Row ids follow from the last one: the records before it are contiguous.
Result<void> number_items(Batch& batch, RowId last) {
  for (auto item = batch.items.rbegin(); item != batch.items.rend(); ++item) {
    const auto& schema = batch.schemas[item->schema];
    const auto width = width_of(schema, item->record);
    if (!width) return Unexpected(width.error());
    if (*width > last)
      return failure("Delivery/Lane", "the message holds more records than its row id allows");
    item->last = last;
    item->first = last - *width + 1;
    if (is_gap(schema) && std::get<std::uint64_t>(item->record.values[1]) != last) {
      return failure(schema.group, "a gap's Last is not its row id");
    }
    last -= *width;
  }
  return {};
}

struct LaneClaim {
  Lane lane = Lane::events;
  RowId last = 0;
};

Result<std::optional<LaneClaim>> find_claim(const std::vector<Metric>& metrics) {
  std::optional<LaneClaim> claim;
  for (const auto& metric : metrics) {
    for (const Lane lane : kLanes) {
      if (metric.name != metric::delivery_lane(lane)) continue;
      const auto* last = std::get_if<std::uint64_t>(&metric.value);
      if (last == nullptr) return failure(metric.name, "is not a row id");
      if (claim) return failure(metric.name, "two lanes in one message");
      claim = LaneClaim{lane, *last};
    }
  }
  return claim;
}

// One DataSet metric of the backlog device: a schema and its records, in row order.
struct Decoded {
  Schema schema;
  std::vector<Record> records;
  std::size_t taken = 0;
};

Result<Decoded> decode_data_set(Metric& metric, Lane lane, const ClockContext& births) {
  auto& data = std::get<DataSet>(metric.value);
  const auto slash = metric.name.find('/');
  if (slash == std::string::npos) return failure(metric.name, "names no device and group");
  if (data.columns.empty() || data.columns[0].name != kOffsetColumn ||
      data.columns[0].type != DataType::uint32) {
    return failure(metric.name, "its first column is not Offset, UInt32");
  }
  if (!metric.timestamp) return failure(metric.name, "has no timestamp");
  Stamp base;
  base.wall = wall_from(*metric.timestamp);
  base.boot_id = births.boot_id;
  base.quality = births.quality;
  base.boot_time = base.wall.time_since_epoch() - births.boot_offset;
  if (const auto* boot = property(metric, kBootProperty)) {
    if (const auto* text = std::get_if<std::string>(boot)) base.boot_id = *text;
  }
  if (const auto* since = property(metric, kBootTimeProperty)) {
    if (const auto* ms = std::get_if<std::uint64_t>(since))
      base.boot_time = BootTime(static_cast<std::int64_t>(*ms));
  }
  if (const auto* clock = property(metric, kClockProperty)) {
    const auto* quality = std::get_if<std::uint64_t>(clock);
    if (quality == nullptr || *quality > static_cast<std::uint64_t>(ClockQuality::synchronised)) {
      return failure(metric.name, "has an unknown clock quality");
    }
    base.quality = static_cast<ClockQuality>(*quality);
  }
  Decoded decoded;
  decoded.schema.device = metric.name.substr(0, slash);
  decoded.schema.group = metric.name.substr(slash + 1);
  decoded.schema.lane = lane;
  decoded.schema.columns.assign(std::make_move_iterator(data.columns.begin() + 1),
                                std::make_move_iterator(data.columns.end()));
  decoded.records.reserve(data.rows.size());
  for (auto& row : data.rows) {
    const auto* offset = std::get_if<std::uint64_t>(row.data());
    if (offset == nullptr) return failure(metric.name, "a row has no Offset");
    auto& record = decoded.records.emplace_back();
    record.stamp = base;
    record.stamp.wall += Milliseconds(static_cast<std::int64_t>(*offset));
    record.stamp.boot_time += Milliseconds(static_cast<std::int64_t>(*offset));
    row.erase(row.begin());
    record.values = std::move(row);
  }
  return decoded;
}

Result<Batch> decode_backlog(std::string_view epoch, std::vector<Metric>& metrics, const LaneClaim& claim,
                             const ClockContext& births) {
  std::vector<Decoded> sets;
  std::string order;
  std::size_t total = 0;
  for (auto& metric : metrics) {
    if (metric.name == metric::kOrder) {
      const auto* bytes = std::get_if<Bytes>(&metric.value);
      if (bytes == nullptr) return failure(metric.name, "is not Bytes");
      order = bytes->bytes;
    } else if (std::holds_alternative<DataSet>(metric.value)) {
      auto decoded = decode_data_set(metric, claim.lane, births);
      if (!decoded) return Unexpected(std::move(decoded.error()));
      total += decoded->records.size();
      sets.push_back(std::move(*decoded));
    }
  }
  if (total == 0) return failure("Delivery/Lane", "the message names a row id and holds no record");
  if (sets.size() == 1 && order.empty()) order.assign(total, '\0');
  if (order.size() != total) return failure("Delivery/Order", "does not name a DataSet for each record");
  Batch batch;
  batch.epoch = epoch;
  batch.lane = claim.lane;
  batch.items.reserve(total);
  for (const char byte : order) {
    const auto set = static_cast<std::size_t>(static_cast<unsigned char>(byte));
    if (set >= sets.size() || sets[set].taken == sets[set].records.size()) {
      return failure("Delivery/Order", "names a DataSet or a row that is not there");
    }
    batch.items.push_back(Batch::Item{set, 0, 0, std::move(sets[set].records[sets[set].taken++])});
  }
  for (auto& set : sets) batch.schemas.push_back(std::move(set.schema));
  auto numbered_all = number_items(batch, claim.last);
  if (!numbered_all) return Unexpected(std::move(numbered_all.error()));
  return batch;
}

Result<Batch> decode_live(std::string_view device, std::string_view epoch, std::vector<Metric>& metrics,
                          const LaneClaim& claim, const ClockContext& births) {
  Batch batch;
  batch.epoch = epoch;
  batch.lane = claim.lane;
  for (auto& metric : metrics) {
    const auto slash = metric.name.rfind('/');
    if (metric.name.starts_with("Delivery/") || slash == std::string::npos) continue;
    const auto group = std::string_view(metric.name).substr(0, slash);
    if (batch.items.empty() || batch.schemas.back().group != group) {
      batch.schemas.push_back(Schema{std::string(device), std::string(group), claim.lane, {}});
      auto& item = batch.items.emplace_back();
      item.schema = batch.schemas.size() - 1;
      item.record.stamp.wall = wall_from(metric.timestamp.value_or(0));
      item.record.stamp.boot_time = item.record.stamp.wall.time_since_epoch() - births.boot_offset;
      item.record.stamp.boot_id = births.boot_id;
      item.record.stamp.quality = births.quality;
    }
    if (std::holds_alternative<std::monostate>(metric.value)) continue;
    auto& item = batch.items.back();
    const bool scalar = std::visit(
        [&](auto& value) {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_constructible_v<Value, T>) {
            item.record.values.emplace_back(std::move(value));
            return true;
          }
          return false;
        },
        metric.value);
    if (!scalar) return failure(metric.name, "is not a value that a record can hold");
    batch.schemas.back().columns.push_back(Column{metric.name.substr(slash + 1), metric.type, {}});
  }
  if (batch.items.empty()) return failure("Delivery/Lane", "the message names a row id and holds no record");
  auto numbered_all = number_items(batch, claim.last);
  if (!numbered_all) return Unexpected(std::move(numbered_all.error()));
  return batch;
}

}  // namespace

namespace metric {
std::string acknowledge_lane(Lane lane) {
  return numbered("Node Control/Acknowledge Lane ", lane);
}
std::string resend_from(Lane lane) {
  return numbered("Node Control/Resend From Lane ", lane);
}
std::string delivery_lane(Lane lane) {
  return numbered("Delivery/Lane ", lane);
}
std::string depth(Lane lane) {
  return numbered("Outbox/Depth Lane ", lane);
}
}  // namespace metric

Schema gap_schema(Lane lane) {
  return Schema{std::string(kBacklogDevice),
                "Gap",
                lane,
                {{"First", DataType::uint64, {}},
                 {"Last", DataType::uint64, {}},
                 {"Count", DataType::uint64, {}},
                 {"Reason", DataType::string, {}}}};
}

Batch::Item make_gap(std::size_t schema, RowId first, RowId last, std::uint64_t count, std::string reason,
                     Stamp stamp) {
  Batch::Item item;
  item.schema = schema;
  item.first = first;
  item.last = last;
  item.record.stamp = std::move(stamp);
  item.record.values = {std::uint64_t{first}, std::uint64_t{last}, count, std::move(reason)};
  return item;
}

EncodedBacklog encode_backlog(const Batch& batch, std::size_t from_item, std::size_t max_bytes,
                              const ClockContext& births, const AliasOf& alias_of) {
  std::vector<Group> groups;
  std::string order;
  std::size_t size = 48;
  std::size_t at = from_item;
  for (; at < batch.items.size(); ++at) {
    const auto& item = batch.items[at];
    const auto& schema = batch.schemas[item.schema];
    const auto& record = item.record;
    const std::uint64_t mask = present_mask(record);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& g) { return g.takes(item.schema, mask, record.stamp); });
    std::size_t cost = 12;
    for (std::size_t i = 0; i < record.values.size(); ++i) {
      if (!is_null(record.values[i])) cost += element_size(record.values[i], schema.columns[i].type);
    }
    Group fresh;
    const bool opens = group == groups.end();
    if (opens) {
      if (groups.size() == kMostDataSets) break;
      fresh = begin_group(schema, item.schema, mask, record.stamp);
      cost += header_size(fresh, schema, births);
    }
    if (at != from_item && size + cost > max_bytes) break;
    size += cost;
    if (opens) group = groups.insert(groups.end(), std::move(fresh));
    auto& row = group->data.rows.emplace_back();
    row.reserve(group->data.columns.size());
    row.emplace_back(static_cast<std::uint64_t>((record.stamp.wall - group->base->wall).count()));
    for (std::size_t i = 0; i < record.values.size() && i < kMostMaskedColumns; ++i) {
      if (!is_null(record.values[i])) row.push_back(record.values[i]);
    }
    order.push_back(static_cast<char>(static_cast<unsigned char>(group - groups.begin())));
  }

  EncodedBacklog encoded;
  encoded.items = at - from_item;
  const auto newest = wire_time(batch.items[at - 1].record.stamp.wall);
  const bool needs_order = groups.size() > 1;
  for (auto& group : groups) {
    const auto& schema = batch.schemas[group.schema];
    encoded.metrics.push_back(finish(std::move(group), schema, births, alias_of));
  }
  if (needs_order) {
    Metric metric;
    metric.alias = alias_of(kBacklogDevice, metric::kOrder);
    metric.type = DataType::bytes;
    metric.timestamp = newest;
    metric.value = Bytes{std::move(order)};
    encoded.metrics.push_back(std::move(metric));
  }
  encoded.metrics.push_back(
      lane_metric(kBacklogDevice, batch.lane, batch.items[at - 1].last, newest, alias_of));
  return encoded;
}

std::vector<Metric> encode_live(const Schema& schema, const Record& record, std::optional<RowId> row,
                                bool historical, const AliasOf& alias_of) {
  std::vector<Metric> metrics;
  metrics.reserve(schema.columns.size() + 1);
  const auto timestamp = wire_time(record.stamp.wall);
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    Metric metric;
    metric.alias = alias_of(schema.device, schema.metric_name(i));
    metric.type = schema.columns[i].type;
    metric.timestamp = timestamp;
    metric.historical = historical;
    std::visit([&](const auto& value) { metric.value = value; }, record.values[i]);
    metrics.push_back(std::move(metric));
  }
  if (row) metrics.push_back(lane_metric(schema.device, schema.lane, *row, timestamp, alias_of));
  return metrics;
}

Result<std::optional<Batch>> decode_delivery(std::string_view device, std::string_view epoch,
                                             std::vector<Metric>& metrics, const ClockContext& births) {
  auto claim = find_claim(metrics);
  if (!claim) return Unexpected(std::move(claim.error()));
  if (!*claim) return std::optional<Batch>{};
  auto batch = device == kBacklogDevice ? decode_backlog(epoch, metrics, **claim, births)
                                        : decode_live(device, epoch, metrics, **claim, births);
  if (!batch) return Unexpected(std::move(batch.error()));
  return std::optional<Batch>(std::move(*batch));
}

}  // namespace xalink
