#include "sparkplug/delivery.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sparkplug/backlog_set.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

// Stores count rows with signed integers. No board comes near it.
constexpr RowId kHighestRow = static_cast<RowId>(std::numeric_limits<std::int64_t>::max());
constexpr std::size_t kLongestBootId = 64;  // a UUID has 36

constexpr std::size_t kMostDataSets = 255;  // Delivery/Order has one byte for each record

WallTime wall_from(std::uint64_t ms) {
  return WallTime(Milliseconds(static_cast<std::int64_t>(ms)));
}

std::string numbered(std::string_view text, Lane lane) {
  return std::string(text) + std::to_string(index(lane));
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

// What came in must come out of a store again.
Result<void> check_storable(const Batch& batch) {
  for (const auto& schema : batch.schemas) {
    for (const auto& column : schema.columns) {
      if (is_packable(column.type)) continue;
      return failure(schema.group + "/" + column.name,
                     "has type " + std::to_string(static_cast<std::uint32_t>(column.type)) +
                         ", which no record can hold");
    }
  }
  for (const auto& item : batch.items) {
    if (item.record.stamp.boot_id.size() > kLongestBootId) return failure("Boot", "is longer than a boot id");
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
      if (*last > kHighestRow) return failure(metric.name, "is higher than any row can be");
      if (claim) return failure(metric.name, "two lanes in one message");
      claim = LaneClaim{lane, *last};
    }
  }
  return claim;
}

Result<Batch> decode_backlog(std::string_view epoch, std::vector<Metric>& metrics, const LaneClaim& claim,
                             const ClockContext& births) {
  std::vector<DecodedSet> sets;
  std::vector<std::size_t> taken;
  std::string order;
  std::size_t total = 0;
  for (auto& metric : metrics) {
    if (metric.name == metric::kOrder) {
      const auto* bytes = std::get_if<Bytes>(&metric.value);
      if (bytes == nullptr) return failure(metric.name, "is not Bytes");
      order = bytes->bytes;
    } else if (std::holds_alternative<DataSet>(metric.value)) {
      auto decoded = decode_backlog_set(metric, claim.lane, births);
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
  taken.resize(sets.size());
  for (const char byte : order) {
    const auto set = static_cast<std::size_t>(static_cast<unsigned char>(byte));
    if (set >= sets.size() || taken[set] == sets[set].records.size()) {
      return failure("Delivery/Order", "names a DataSet or a row that is not there");
    }
    batch.items.push_back(Batch::Item{set, 0, 0, std::move(sets[set].records[taken[set]++])});
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
  constexpr std::size_t kEnvelope = 48;  // the payload's own fields, Delivery/Order and Delivery/Lane
  std::vector<BacklogSet> sets;
  std::string order;
  std::size_t size = kEnvelope;
  std::size_t at = from_item;
  const auto too_large = [&](std::size_t grown, std::size_t set_count) {
    const std::size_t order_bytes = set_count > 1 ? order.size() + 1 : 0;
    return at != from_item && grown + order_bytes > max_bytes;
  };
  for (; at < batch.items.size(); ++at) {
    const auto& item = batch.items[at];
    const auto& schema = batch.schemas[item.schema];
    auto set = std::find_if(sets.begin(), sets.end(),
                            [&](const BacklogSet& open) { return open.takes(schema, item.record); });
    if (set == sets.end()) {
      if (sets.size() == kMostDataSets) break;
      const BacklogSet fresh(schema, item.record, births);
      if (too_large(size + fresh.size_with(item.record), sets.size() + 1)) break;
      set = sets.insert(sets.end(), fresh);
    }
    const std::size_t grown = size + set->size_with(item.record) - set->size();
    if (too_large(grown, sets.size())) break;
    set->add(item.record);
    size = grown;
    order.push_back(static_cast<char>(static_cast<unsigned char>(set - sets.begin())));
  }

  EncodedBacklog encoded;
  encoded.items = at - from_item;
  const auto newest = wire_time(batch.items[at - 1].record.stamp.wall);
  const bool needs_order = sets.size() > 1;
  for (const auto& set : sets) {
    auto metric = set.finish();
    metric.alias = alias_of(kBacklogDevice, set.schema().device + "/" + set.schema().group);
    metric.historical = true;
    encoded.metrics.push_back(std::move(metric));
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
    if (record.stamp.quality == ClockQuality::unset) metric.properties.push_back(time_unknown_property());
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
  if (auto storable = check_storable(*batch); !storable) return Unexpected(std::move(storable.error()));
  return std::optional<Batch>(std::move(*batch));
}

}  // namespace xalink
