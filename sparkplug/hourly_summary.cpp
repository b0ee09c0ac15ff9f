#include "sparkplug/hourly_summary.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

constexpr std::size_t kMostColumns = 64;
constexpr std::uint64_t kMostRuns = 100'000;  // in one row: a day of one each second
constexpr std::string_view kRecords = "Records";
constexpr std::string_view kFirstRow = "First Row";

enum class Kind : std::uint8_t { number, moment, flag, text };

Kind kind_of(DataType type) {
  switch (type) {
    case DataType::boolean: return Kind::flag;
    case DataType::date_time: return Kind::moment;
    case DataType::string:
    case DataType::text:
    case DataType::uuid: return Kind::text;
    default: return Kind::number;
  }
}

std::size_t width_of(Kind kind) {
  switch (kind) {
    case Kind::number: return 4;
    case Kind::flag: return 2;
    case Kind::moment:
    case Kind::text: break;
  }
  return 3;
}

double number_in(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return 0;
}

Value mean_of(double sum, std::uint32_t count) {
  return count == 0 ? Value() : Value(sum / count);
}

}  // namespace

bool is_summary(const Schema& schema) {
  return schema.group.ends_with(kSummaryGroup) && schema.columns.size() >= 4 &&
         schema.columns[0].name == kRecords && schema.columns[1].name == kFirstRow;
}

Schema summary_schema(const Schema& of) {
  Schema schema;
  schema.device = of.device;
  schema.group = of.group + std::string(kSummaryGroup);
  schema.lane = of.lane;
  schema.columns = {{std::string(kRecords), DataType::uint32, {}},
                    {std::string(kFirstRow), DataType::uint64, {}},
                    {"Last Row", DataType::uint64, {}},
                    {"Span", DataType::uint32, "ms"}};
  for (const auto& column : of.columns) {
    const Kind kind = kind_of(column.type);
    if (schema.columns.size() + width_of(kind) > kMostColumns) break;
    const auto add = [&](const char* what, DataType type, const std::string& unit) {
      schema.columns.push_back(Column{column.name + " " + what, type, unit});
    };
    add("count", DataType::uint32, {});
    switch (kind) {
      case Kind::number:
        add("min", column.type, column.unit);
        add("mean", DataType::float64, column.unit);
        add("max", column.type, column.unit);
        break;
      case Kind::moment:
        add("min", column.type, column.unit);
        add("max", column.type, column.unit);
        break;
      case Kind::flag: add("true", DataType::uint32, {}); break;
      case Kind::text:
        add("commonest", column.type, {});
        add("commonest count", DataType::uint32, {});
        break;
    }
  }
  return schema;
}

HourlySummary::HourlySummary(Schema of)
    : of_(std::move(of)), columns_(of_.columns.size()), runs_(column_index(of_, runs_declaration().name)) {}

void HourlySummary::add(const Record& record) {
  if (runs_ && records_ > 0 && *runs_ < record.values.size()) {
    // The row before held until this one.
    const auto* runs = std::get_if<std::uint64_t>(&record.values[*runs_]);
    if (runs != nullptr && *runs > 1)
      count(held_, static_cast<std::uint32_t>(std::min(*runs - 1, kMostRuns)));
  }
  if (records_ == 0) first_boot_time_ = record.stamp.boot_time;
  const auto quality = records_ == 0 ? record.stamp.quality : std::min(stamp_.quality, record.stamp.quality);
  ++records_;
  stamp_ = record.stamp;
  stamp_.quality = quality;
  count(record.values, 1);
  if (!runs_) return;
  held_ = record.values;
  if (*runs_ < held_.size()) held_[*runs_] = std::monostate{};
}

void HourlySummary::count(const std::vector<Value>& values, std::uint32_t times) {
  for (std::size_t i = 0; i < columns_.size() && i < values.size(); ++i) {
    const auto& value = values[i];
    if (is_null(value)) continue;
    auto& column = columns_[i];
    const bool first = column.count == 0;
    column.count += times;
    if (const auto* flag = std::get_if<bool>(&value)) {
      column.trues += *flag ? times : 0;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      column.texts[*text] += times;
    } else {
      column.sum += number_in(value) * times;
      if (first || value < column.least) column.least = value;
      if (first || column.greatest < value) column.greatest = value;
    }
  }
}

Record HourlySummary::finish(RowId first, RowId last) const {
  Record record;
  record.stamp = stamp_;
  const auto span = std::max<std::int64_t>(0, (stamp_.boot_time - first_boot_time_).count());
  record.values = {
      std::uint64_t{records_}, first, last,
      static_cast<std::uint64_t>(std::min<std::int64_t>(span, std::numeric_limits<std::uint32_t>::max()))};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Kind kind = kind_of(of_.columns[i].type);
    if (record.values.size() + width_of(kind) > kMostColumns) break;
    const auto& column = columns_[i];
    record.values.emplace_back(std::uint64_t{column.count});
    switch (kind) {
      case Kind::number:
        record.values.push_back(column.least);
        record.values.push_back(mean_of(column.sum, column.count));
        record.values.push_back(column.greatest);
        break;
      case Kind::moment:
        record.values.push_back(column.least);
        record.values.push_back(column.greatest);
        break;
      case Kind::flag: record.values.emplace_back(std::uint64_t{column.trues}); break;
      case Kind::text: {
        // The first in the alphabet of those that are equally common: the same records, the same summary.
        const auto commonest =
            std::max_element(column.texts.begin(), column.texts.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        const bool none = commonest == column.texts.end();
        record.values.push_back(none ? Value() : Value(commonest->first));
        record.values.push_back(none ? Value() : Value(std::uint64_t{commonest->second}));
      }
    }
  }
  return record;
}

}  // namespace xalink
