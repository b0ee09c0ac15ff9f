#include "sparkplug/backlog_set.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace xalink {
namespace {

constexpr std::string_view kBootProperty = "Boot";
constexpr std::string_view kBootTimeProperty = "Boot Time";
constexpr std::string_view kClockProperty = "Clock";
constexpr std::string_view kQualityProperty = "Quality";
constexpr std::string_view kConstantPrefix = "Constant/";

// Rows share a DataSet while wall time minus time since boot stays this close: a slewed clock drifts
// by 0.5 ms/s, a step is larger and begins a DataSet of its own.
constexpr Milliseconds kBootOffsetTolerance{1000};
constexpr std::uint64_t kLongestUptime = 253'402'300'799'999;  // ms; beyond it sums would overflow
constexpr std::size_t kMostMaskedColumns = 64;
// A few bytes of a message must not become gigabytes of a reader's memory.
constexpr std::size_t kLongestConstant = 64;
constexpr std::size_t kMostConstantCells = 200'000;

Milliseconds boot_offset(const Stamp& stamp) {
  return stamp.wall.time_since_epoch() - stamp.boot_time;
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

// Equal to the last bit: 0.0 and -0.0 are not the same record.
bool same(const Value& left, const Value& right) {
  const auto* a = std::get_if<double>(&left);
  const auto* b = std::get_if<double>(&right);
  if (a != nullptr && b != nullptr) {
    return std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
  }
  return left == right;
}

std::uint64_t offset_of(const Record& record, const Record& first) {
  return static_cast<std::uint64_t>((record.stamp.wall - first.stamp.wall).count());
}

// What holds a row together, and its Offset. `elements`: bytes of the others, at most.
std::size_t row_size(const Record& record, const Record& first, std::size_t elements) {
  constexpr std::size_t kShort = 110;  // with Offset below 128, so that one byte tells the length
  return (elements < kShort ? 2 : 3) + 3 + varint_size(offset_of(record, first));
}

const Value* property(const Metric& metric, std::string_view key) {
  for (const auto& entry : metric.properties) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace

// --- gathering --------------------------------------------------------------------------------------

BacklogSet::BacklogSet(const Schema& schema, const Record& first, const ClockContext& births)
    : schema_(&schema), first_(&first), births_(&births), present_(present_mask(first)) {
  // Metric, DataSet, Offset's column, "Boot Time" and "Clock".
  constexpr std::size_t kHeader = 76;
  header_bytes_ = kHeader;
  if (first.stamp.quality == ClockQuality::unset) header_bytes_ += 18;
  if (first.stamp.boot_id != births.boot_id) header_bytes_ += first.stamp.boot_id.size() + 16;
  for (std::size_t i = 0; i < schema.columns.size() && i < kMostMaskedColumns; ++i) {
    if ((present_ >> i & 1U) != 0) columns_.push_back(PresentColumn{i});
  }
}

bool BacklogSet::takes(const Schema& schema, const Record& record) const {
  const auto& base = first_->stamp;
  const auto& stamp = record.stamp;
  if (&schema != schema_ || base.quality != stamp.quality || present_mask(record) != present_) return false;
  const auto offset = stamp.wall - base.wall;
  if (offset.count() < 0 || offset.count() > std::numeric_limits<std::uint32_t>::max()) return false;
  const auto drift = boot_offset(stamp) - boot_offset(base);
  return std::chrono::abs(drift) <= kBootOffsetTolerance && base.boot_id == stamp.boot_id;
}

// Bytes of a column as a property.
std::size_t BacklogSet::constant_size(std::size_t place) const {
  const auto& column = schema_->columns[columns_[place].column];
  const std::size_t key = kConstantPrefix.size() + (place < 10 ? 2 : 3) + column.name.size();
  return 2 + key + 2 + element_size(first_->values[columns_[place].column], column.type);
}

// Bytes of a column as such, without its elements: name and type.
std::size_t BacklogSet::column_size(std::size_t place) const {
  return schema_->columns[columns_[place].column].name.size() + 4;
}

// Is a column with so many bytes of elements in so many rows worth a property of its own?
bool BacklogSet::told_once(std::size_t place, std::size_t bytes, bool constant, std::size_t rows) const {
  if (!constant || rows > kMostConstantCells / kMostMaskedColumns) return false;
  const auto* text = std::get_if<std::string>(&first_->values[columns_[place].column]);
  if (text != nullptr && text->size() > kLongestConstant) return false;
  return constant_size(place) < column_size(place) + bytes;
}

std::size_t BacklogSet::size_with(const Record& record) const {
  std::size_t size = header_bytes_ + row_bytes_;
  std::size_t elements = 0;
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    const auto& [column, before, was_constant] = columns_[place];
    const auto& value = record.values[column];
    const std::size_t element = element_size(value, schema_->columns[column].type);
    const std::size_t bytes = before + element;
    elements += element;
    const bool constant = was_constant && same(value, first_->values[column]);
    size += told_once(place, bytes, constant, records_.size() + 1) ? constant_size(place)
                                                                   : column_size(place) + bytes;
  }
  return size + row_size(record, *first_, elements);
}

void BacklogSet::add(const Record& record) {
  size_ = size_with(record);
  std::size_t elements = 0;
  for (auto& [column, bytes, constant] : columns_) {
    const auto& value = record.values[column];
    const std::size_t element = element_size(value, schema_->columns[column].type);
    bytes += element;
    elements += element;
    constant = constant && same(value, first_->values[column]);
  }
  row_bytes_ += row_size(record, *first_, elements);
  records_.push_back(&record);
}

Metric BacklogSet::finish() const {
  const auto& base = first_->stamp;
  Metric metric;
  metric.type = DataType::data_set;
  metric.timestamp = wire_time(base.wall);
  metric.properties.push_back(Property{std::string(kBootTimeProperty), DataType::uint64,
                                       static_cast<std::uint64_t>(base.boot_time.count())});
  metric.properties.push_back(
      Property{std::string(kClockProperty), DataType::uint8, static_cast<std::uint64_t>(base.quality)});
  if (base.quality == ClockQuality::unset) metric.properties.push_back(time_unknown_property());
  if (base.boot_id != births_->boot_id) {
    metric.properties.push_back(Property{std::string(kBootProperty), DataType::string, base.boot_id});
  }
  DataSet data;
  data.columns.push_back(Column{std::string(kOffsetColumn), DataType::uint32, {}});
  std::vector<std::size_t> varying;
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    const auto& [index, bytes, constant] = columns_[place];
    const auto& column = schema_->columns[index];
    if (told_once(place, bytes, constant, records_.size())) {
      auto key = std::string(kConstantPrefix) + std::to_string(place) + "/" + column.name;
      metric.properties.push_back(Property{std::move(key), column.type, first_->values[index]});
    } else {
      data.columns.push_back(Column{column.name, column.type, {}});
      varying.push_back(index);
    }
  }
  data.rows.reserve(records_.size());
  for (const auto* record : records_) {
    auto& row = data.rows.emplace_back();
    row.reserve(data.columns.size());
    row.emplace_back(offset_of(*record, *first_));
    for (const auto column : varying) row.push_back(record->values[column]);
  }
  metric.value = std::move(data);
  return metric;
}

// --- reading ----------------------------------------------------------------------------------------

namespace {

struct Constant {
  std::size_t place = 0;
  Column column;
  Value value;
};

Result<std::vector<Constant>> take_constants(Metric& metric) {
  std::vector<Constant> constants;
  for (auto& entry : metric.properties) {
    const std::string_view key = entry.key;
    if (key == kBootProperty || key == kBootTimeProperty || key == kClockProperty ||
        key == kQualityProperty) {
      continue;
    }
    if (!key.starts_with(kConstantPrefix)) {
      // A newer node's: to read past it would be to acknowledge what was not kept.
      return failure(metric.name, "\"" + entry.key + "\" is a property that this version does not know",
                     "update the gateway; the board keeps these records until then");
    }
    Constant constant;
    const char* const end = key.data() + key.size();
    const auto number = std::from_chars(key.data() + kConstantPrefix.size(), end, constant.place);
    if (number.ec != std::errc() || number.ptr == end || *number.ptr != '/' || number.ptr + 1 == end) {
      return failure(metric.name, "\"" + entry.key + "\" does not name a column and its place");
    }
    if (is_null(entry.value) || entry.type == DataType::unknown) {
      return failure(metric.name, "\"" + entry.key + "\" has no value, or no type");
    }
    const auto* text = std::get_if<std::string>(&entry.value);
    if (text != nullptr && text->size() > kLongestConstant) {
      return failure(metric.name, "\"" + entry.key + "\" is too long to stand for many rows");
    }
    constant.column = Column{std::string(number.ptr + 1, end), entry.type, {}};
    constant.value = std::move(entry.value);
    constants.push_back(std::move(constant));
  }
  return constants;
}

Result<Stamp> base_stamp(const Metric& metric, const ClockContext& births) {
  if (!metric.timestamp) return failure(metric.name, "has no timestamp");
  Stamp base;
  base.wall = WallTime(Milliseconds(static_cast<std::int64_t>(*metric.timestamp)));
  base.boot_id = births.boot_id;
  base.quality = births.quality;
  base.boot_time = base.wall.time_since_epoch() - births.boot_offset;
  if (const auto* boot = property(metric, kBootProperty)) {
    if (const auto* text = std::get_if<std::string>(boot)) base.boot_id = *text;
  }
  if (const auto* since = property(metric, kBootTimeProperty)) {
    if (const auto* ms = std::get_if<std::uint64_t>(since))
      base.boot_time = BootTime(static_cast<std::int64_t>(std::min(*ms, kLongestUptime)));
  }
  if (const auto* clock = property(metric, kClockProperty)) {
    const auto* quality = std::get_if<std::uint64_t>(clock);
    if (quality == nullptr || *quality > static_cast<std::uint64_t>(ClockQuality::synchronised)) {
      return failure(metric.name, "has an unknown clock quality");
    }
    base.quality = static_cast<ClockQuality>(*quality);
  }
  return base;
}

}  // namespace

Result<DecodedSet> decode_backlog_set(Metric& metric, Lane lane, const ClockContext& births) {
  auto& data = std::get<DataSet>(metric.value);
  const auto slash = metric.name.find('/');
  if (slash == std::string::npos) return failure(metric.name, "names no device and group");
  if (data.columns.empty() || data.columns[0].name != kOffsetColumn ||
      data.columns[0].type != DataType::uint32) {
    return failure(metric.name, "its first column is not Offset, UInt32");
  }
  const auto base = base_stamp(metric, births);
  if (!base) return Unexpected(base.error());
  const auto constants = take_constants(metric);
  if (!constants) return Unexpected(constants.error());
  if (!constants->empty() && data.rows.size() > kMostConstantCells / constants->size()) {
    return failure(metric.name, "its constants stand for too many cells");
  }

  DecodedSet decoded;
  decoded.schema.device = metric.name.substr(0, slash);
  decoded.schema.group = metric.name.substr(slash + 1);
  decoded.schema.lane = lane;
  // Where each column's value comes from: a constant, or a cell of the row.
  std::vector<const Constant*> sources;
  const std::size_t columns = data.columns.size() - 1 + constants->size();
  auto constant = constants->begin();
  std::size_t cell = 1;
  for (std::size_t place = 0; place < columns; ++place) {
    if (constant != constants->end() && constant->place == place) {
      decoded.schema.columns.push_back(constant->column);
      sources.push_back(&*constant++);
    } else if (cell < data.columns.size()) {
      decoded.schema.columns.push_back(std::move(data.columns[cell++]));
      sources.push_back(nullptr);
    } else {
      return failure(metric.name, "its constants are not in the order of their places");
    }
  }

  decoded.records.reserve(data.rows.size());
  for (auto& row : data.rows) {
    const auto* offset = std::get_if<std::uint64_t>(row.data());
    if (offset == nullptr) return failure(metric.name, "a row has no Offset");
    auto& record = decoded.records.emplace_back();
    record.stamp = *base;
    record.stamp.wall += Milliseconds(static_cast<std::int64_t>(*offset));
    record.stamp.boot_time += Milliseconds(static_cast<std::int64_t>(*offset));
    record.values.reserve(columns);
    std::size_t next = 1;
    for (const auto* source : sources) {
      if (source != nullptr) {
        record.values.push_back(source->value);
      } else {
        record.values.push_back(std::move(row[next++]));
      }
    }
  }
  return decoded;
}

}  // namespace xalink
