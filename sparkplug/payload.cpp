#include "sparkplug/payload.hpp"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>

#include <type_traits>
#include <utility>

#include "sparkplug/utf8.hpp"
#include "sparkplug_b.pb.h"

namespace xalink {
namespace {

constexpr std::size_t kLongestName = 1024;
// The last moment of the year 9999: what is later counts in other units than milliseconds, or lies.
constexpr std::uint64_t kLatestTime = 253'402'300'799'999;

// Names end up in keys, tables and terminals; protobuf itself lets any bytes pass for a string.
Result<void> check_name(std::string_view name) {
  if (name.size() > kLongestName) {
    return failure("", "a name of " + std::to_string(name.size()) + " bytes is longer than " +
                           std::to_string(kLongestName));
  }
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7F) return failure("", "a name holds a control character");
  }
  if (find_broken_utf8(name) != std::string_view::npos) return failure("", "a name is not UTF-8");
  return {};
}

Result<void> check_time(std::uint64_t ms) {
  if (ms <= kLatestTime) return {};
  return failure("", "timestamp " + std::to_string(ms) + " is after the year 9999",
                 "Timestamps are milliseconds since 1970-01-01 UTC");
}

Result<void> check_text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || find_broken_utf8(*text) == std::string_view::npos) return {};
  return failure("", "a text is not UTF-8");
}

bool goes_in_int(DataType type) {
  return (type >= DataType::int8 && type <= DataType::int32) ||
         (type >= DataType::uint8 && type <= DataType::uint32);
}

std::uint64_t bits_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<std::uint64_t>(*whole);
  return std::get<std::uint64_t>(value);
}

// Writes a scalar into any of the messages that share the slot names (Metric, DataSetValue, PropertyValue).
template <class Wire>
void put_scalar(Wire& wire, DataType type, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    wire.set_boolean_value(*flag);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    wire.set_string_value(*text);
  } else if (const auto* real = std::get_if<double>(&value)) {
    if (type == DataType::float32) {
      wire.set_float_value(static_cast<float>(*real));
    } else {
      wire.set_double_value(*real);
    }
  } else if (!is_null(value)) {
    if (goes_in_int(type)) {
      wire.set_int_value(static_cast<std::uint32_t>(bits_of(value)));
    } else {
      wire.set_long_value(bits_of(value));
    }
  }
}

// Sign extension or truncation of what stood in a slot to the width of the declared type.
Result<Value> typed_integer(std::uint64_t bits, DataType type) {
  switch (type) {
    case DataType::int8: return Value(std::int64_t{static_cast<std::int8_t>(bits)});
    case DataType::int16: return Value(std::int64_t{static_cast<std::int16_t>(bits)});
    case DataType::int32: return Value(std::int64_t{static_cast<std::int32_t>(bits)});
    case DataType::int64: return Value(static_cast<std::int64_t>(bits));
    case DataType::uint8: return Value(std::uint64_t{static_cast<std::uint8_t>(bits)});
    case DataType::uint16: return Value(std::uint64_t{static_cast<std::uint16_t>(bits)});
    case DataType::uint32: return Value(std::uint64_t{static_cast<std::uint32_t>(bits)});
    case DataType::uint64:
    case DataType::date_time: return Value(bits);
    case DataType::boolean: return Value(bits != 0);
    default: return failure("", "an integer was sent for a metric of type " + std::string(to_string(type)));
  }
}

Result<Value> typed(Value raw, DataType type) {
  if (is_null(raw) || type == DataType::unknown) return raw;
  if (const auto* bits = std::get_if<std::uint64_t>(&raw)) return typed_integer(*bits, type);
  if (const auto* whole = std::get_if<std::int64_t>(&raw)) {
    return typed_integer(static_cast<std::uint64_t>(*whole), type);
  }
  const bool fits =
      (std::holds_alternative<bool>(raw) && type == DataType::boolean) ||
      (std::holds_alternative<double>(raw) && (type == DataType::float32 || type == DataType::float64)) ||
      (std::holds_alternative<std::string>(raw) &&
       (type == DataType::string || type == DataType::text || type == DataType::uuid));
  if (!fits) return failure("", "the value does not fit the type " + std::string(to_string(type)));
  return raw;
}

template <class Wire>
Value raw_scalar(const Wire& wire) {
  switch (wire.value_case()) {
    case Wire::kIntValue: return std::uint64_t{wire.int_value()};
    case Wire::kLongValue: return std::uint64_t{wire.long_value()};
    case Wire::kFloatValue: return double{wire.float_value()};
    case Wire::kDoubleValue: return wire.double_value();
    case Wire::kBooleanValue: return wire.boolean_value();
    case Wire::kStringValue: return wire.string_value();
    default: return std::monostate{};
  }
}

void put_data_set(wire::DataSet& to, const DataSet& from) {
  to.set_num_of_columns(from.columns.size());
  for (const auto& column : from.columns) {
    to.add_columns(column.name);
    to.add_types(static_cast<std::uint32_t>(column.type));
  }
  to.mutable_rows()->Reserve(static_cast<int>(from.rows.size()));
  for (const auto& row : from.rows) {
    auto& out = *to.add_rows();
    out.mutable_elements()->Reserve(static_cast<int>(row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      put_scalar(*out.add_elements(), from.columns[i].type, row[i]);
    }
  }
}

Result<DataSet> take_data_set(const wire::DataSet& from, std::size_t& cells_left) {
  DataSet to;
  const auto columns = static_cast<std::size_t>(from.columns_size());
  if (from.types_size() != from.columns_size() ||
      (from.has_num_of_columns() && from.num_of_columns() != columns)) {
    return failure("", "a DataSet names " + std::to_string(columns) + " columns, has " +
                           std::to_string(from.types_size()) + " types and says it has " +
                           std::to_string(from.num_of_columns()));
  }
  to.columns.reserve(columns);
  for (int i = 0; i < from.columns_size(); ++i) {
    if (auto named = check_name(from.columns(i)); !named) return Unexpected(std::move(named.error()));
    to.columns.push_back(Column{from.columns(i), static_cast<DataType>(from.types(i)), {}});
  }
  const auto rows = static_cast<std::size_t>(from.rows_size());
  const std::size_t cells = rows * (columns + 1);
  if (cells > cells_left) return failure("", "DataSets in one message hold too many cells");
  cells_left -= cells;
  to.rows.reserve(rows);
  for (const auto& row : from.rows()) {
    if (static_cast<std::size_t>(row.elements_size()) != columns) {
      return failure("", "a DataSet row has " + std::to_string(row.elements_size()) + " elements for " +
                             std::to_string(columns) + " columns");
    }
    auto& out = to.rows.emplace_back();
    out.reserve(columns);
    for (int i = 0; i < row.elements_size(); ++i) {
      auto value = typed(raw_scalar(row.elements(i)), to.columns[static_cast<std::size_t>(i)].type);
      if (!value) return Unexpected(std::move(value.error()));
      if (auto text = check_text(*value); !text) return Unexpected(std::move(text.error()));
      out.push_back(std::move(*value));
    }
  }
  return to;
}

void put_metric(wire::Metric& to, const Metric& from, WriteTypes types) {
  if (!from.name.empty()) to.set_name(from.name);
  if (from.alias) to.set_alias(*from.alias);
  if (from.timestamp) to.set_timestamp(*from.timestamp);
  if (types == WriteTypes::in_births && from.type != DataType::unknown) {
    to.set_datatype(static_cast<std::uint32_t>(from.type));
  }
  if (from.historical) to.set_is_historical(true);
  if (from.transient) to.set_is_transient(true);
  if (!from.properties.empty()) {
    auto& set = *to.mutable_properties();
    for (const auto& property : from.properties) {
      set.add_keys(property.key);
      auto& value = *set.add_values();
      value.set_type(static_cast<std::uint32_t>(property.type));
      if (is_null(property.value)) {
        value.set_is_null(true);
      } else {
        put_scalar(value, property.type, property.value);
      }
    }
  }
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          to.set_is_null(true);
        } else if constexpr (std::is_same_v<T, DataSet>) {
          put_data_set(*to.mutable_dataset_value(), value);
        } else if constexpr (std::is_same_v<T, Bytes>) {
          to.set_bytes_value(value.bytes);
        } else if constexpr (!std::is_same_v<T, Opaque>) {
          put_scalar(to, from.type, Value(value));
        }
      },
      from.value);
}

MetricValue widen(Value value) {
  return std::visit([](auto&& inner) { return MetricValue(std::forward<decltype(inner)>(inner)); },
                    std::move(value));
}

Result<Metric> take_metric(const wire::Metric& from, std::size_t& cells_left) {
  Metric to;
  if (auto named = check_name(from.name()); !named) return Unexpected(std::move(named.error()));
  if (auto time = check_time(from.timestamp()); !time) {
    return failure(from.name(), std::move(time.error().what), std::move(time.error().next));
  }
  to.name = from.name();
  if (from.has_alias()) to.alias = from.alias();
  if (from.has_timestamp()) to.timestamp = from.timestamp();
  to.type = static_cast<DataType>(from.datatype());
  to.historical = from.is_historical();
  to.transient = from.is_transient();
  const auto& set = from.properties();
  if (set.keys_size() != set.values_size()) {
    return failure(to.name, "a PropertySet has " + std::to_string(set.keys_size()) + " keys and " +
                                std::to_string(set.values_size()) + " values");
  }
  for (int i = 0; i < set.keys_size(); ++i) {
    const auto& value = set.values(i);
    const auto type = static_cast<DataType>(value.type());
    if (value.value_case() == wire::PropertyValue::kPropertysetValue ||
        value.value_case() == wire::PropertyValue::kPropertysetsValue) {
      continue;  // nested sets describe; nothing here reads them
    }
    auto plain = typed(raw_scalar(value), type);
    if (!plain) return Unexpected(std::move(plain.error()));
    if (auto named = check_name(set.keys(i)); !named) return Unexpected(std::move(named.error()));
    if (auto text = check_text(*plain); !text) return Unexpected(std::move(text.error()));
    to.properties.push_back(Property{set.keys(i), type, std::move(*plain)});
  }
  switch (from.value_case()) {
    case wire::Metric::kDatasetValue: {
      auto data_set = take_data_set(from.dataset_value(), cells_left);
      if (!data_set) return Unexpected(std::move(data_set.error()));
      to.value = std::move(*data_set);
      break;
    }
    case wire::Metric::kBytesValue: to.value = Bytes{from.bytes_value()}; break;
    case wire::Metric::kTemplateValue:
    case wire::Metric::kExtensionValue: to.value = Opaque{}; break;
    case wire::Metric::VALUE_NOT_SET:
      if (!from.is_null()) return failure(to.name, "a metric has neither a value nor is_null");
      break;
    default: {
      auto plain = raw_scalar(from);
      if (!check_text(plain)) return failure(to.name, "the text is not UTF-8");
      to.value = widen(std::move(plain));
    }
  }
  if (from.is_null()) to.value = std::monostate{};
  return to;
}

}  // namespace

std::string encode(const Payload& payload, WriteTypes types) {
  google::protobuf::Arena arena;
  auto& wire = *google::protobuf::Arena::CreateMessage<wire::Payload>(&arena);
  if (payload.timestamp) wire.set_timestamp(*payload.timestamp);
  if (payload.seq) wire.set_seq(*payload.seq);
  if (!payload.uuid.empty()) wire.set_uuid(payload.uuid);
  for (const auto& metric : payload.metrics) put_metric(*wire.add_metrics(), metric, types);
  return wire.SerializeAsString();
}

Result<Payload> decode(std::string_view bytes, const PayloadLimits& limits) {
  if (bytes.size() > limits.bytes) {
    return failure("", "payload of " + std::to_string(bytes.size()) + " bytes is larger than " +
                           std::to_string(limits.bytes));
  }
  google::protobuf::Arena arena;
  auto& wire = *google::protobuf::Arena::CreateMessage<wire::Payload>(&arena);
  if (!wire.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure("", "payload is not a Sparkplug B protobuf");
  }
  if (static_cast<std::size_t>(wire.metrics_size()) > limits.metrics) {
    return failure("", "payload holds " + std::to_string(wire.metrics_size()) + " metrics, more than " +
                           std::to_string(limits.metrics));
  }
  if (auto time = check_time(wire.timestamp()); !time) return Unexpected(std::move(time.error()));
  if (!check_text(wire.uuid())) return failure("", "the uuid is not UTF-8");
  Payload payload;
  if (wire.has_timestamp()) payload.timestamp = wire.timestamp();
  if (wire.has_seq()) payload.seq = wire.seq();
  payload.uuid = wire.uuid();
  payload.metrics.reserve(static_cast<std::size_t>(wire.metrics_size()));
  std::size_t cells_left = limits.data_set_cells;
  for (const auto& metric : wire.metrics()) {
    auto taken = take_metric(metric, cells_left);
    if (!taken) return Unexpected(std::move(taken.error()));
    payload.metrics.push_back(std::move(*taken));
  }
  return payload;
}

Result<MetricValue> interpret(MetricValue raw, DataType type) {
  if (std::holds_alternative<DataSet>(raw) || std::holds_alternative<Bytes>(raw) ||
      std::holds_alternative<Opaque>(raw)) {
    const bool scalar_type = type >= DataType::int8 && type <= DataType::uuid;
    if (scalar_type || (std::holds_alternative<DataSet>(raw) && type != DataType::data_set)) {
      return failure("", "the value does not fit the type " + std::string(to_string(type)));
    }
    return raw;
  }
  Value plain = std::visit(
      [](auto&& inner) -> Value {
        using T = std::decay_t<decltype(inner)>;
        if constexpr (std::is_constructible_v<Value, T>) return Value(std::forward<decltype(inner)>(inner));
        return std::monostate{};
      },
      std::move(raw));
  auto value = typed(std::move(plain), type);
  if (!value) return Unexpected(std::move(value.error()));
  return widen(std::move(*value));
}

}  // namespace xalink
