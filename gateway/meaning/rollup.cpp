#include "gateway/meaning/rollup.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "gateway/meaning/period.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink::meaning {
namespace {

constexpr Milliseconds kHour = std::chrono::hours(1);
constexpr std::string_view kRuns = "Runs";
constexpr std::string_view kCount = " count";

bool is_rolled_up(const Column& column) {
  return column.type != DataType::date_time && column.name != kRuns;
}

std::optional<double> number_in(const Value& value) {
  return std::visit(
      [](const auto& held) -> std::optional<double> {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<Held>) {
          const auto number = static_cast<double>(held);
          return std::isfinite(number) ? std::optional(number) : std::nullopt;
        } else {
          return std::nullopt;
        }
      },
      value);
}

// Of a metric in an hour: values with their weights, and what summaries say.
struct Gathered {
  std::map<double, std::uint64_t> values;
  std::optional<double> least;
  std::optional<double> greatest;
  void bound(double low, double high) {
    least = std::min(least.value_or(low), low);
    greatest = std::max(greatest.value_or(high), high);
  }
};

// In the order of values, so that a sum does not depend on that of rows.
Rollup rollup_of(const Gathered& gathered) {
  Rollup rollup;
  for (const auto& [value, times] : gathered.values) {
    rollup.count += times;
    rollup.sum += value * static_cast<double>(times);
    rollup.sketch.add(value, times);
  }
  rollup.least = gathered.least.value_or(0);
  rollup.greatest = gathered.greatest.value_or(0);
  return rollup;
}

}  // namespace

Rollup& Rollup::operator+=(const Rollup& other) {
  if (other.count == 0) return *this;
  least = count == 0 ? other.least : std::min(least, other.least);
  greatest = count == 0 ? other.greatest : std::max(greatest, other.greatest);
  count += other.count;
  sum += other.sum;
  sketch += other.sketch;
  return *this;
}

Hour hour_of(WallTime time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}
WallTime start_of_hour(Hour hour) {
  return WallTime(hour * kHour);
}
DayNumber day_of_hour(Hour hour) {
  return day_of(start_of_hour(hour)).time_since_epoch().count();
}
Hour first_hour_of(DayNumber day) {
  return hour_of(start_of(registry::Date(std::chrono::days(day))));
}

std::vector<std::pair<Hour, Hour>> runs_of(const std::set<Hour>& hours) {
  std::vector<std::pair<Hour, Hour>> runs;
  for (const Hour hour : hours) {
    if (runs.empty() || runs.back().second + 1 != hour) {
      runs.emplace_back(hour, hour);
    } else {
      runs.back().second = hour;
    }
  }
  return runs;
}

void RollupBuilder::take(const store::StoredRecord& record) {
  if (record.is_gap() || record.quality == ClockQuality::unset) return;
  const auto hour = hour_of(record.time);
  if (hour < first_ || hour > last_ + 1) return;
  if (hour <= last_) boots_[hour].insert(record.boot);
  if (is_summary(*record.schema)) {
    if (hour <= last_) take_summary(record, hour);
    return;
  }
  take_row(record, hour, true);
}

void RollupBuilder::take_for_others(const store::StoredRecord& record) {
  if (record.is_gap() || record.quality == ClockQuality::unset || is_summary(*record.schema)) return;
  const auto hour = hour_of(record.time);
  if (hour >= first_ && hour <= last_ + 1) take_row(record, hour, false);
}

void RollupBuilder::take_row(const store::StoredRecord& record, Hour hour, bool counts) {
  Row row;
  row.counts = counts;
  row.at = record.boot_time;
  row.hour = hour;
  row.runs = std::max<std::uint64_t>(record.count(kRuns).value_or(1), 1);
  const auto& columns = record.schema->columns;
  for (std::size_t i = 0; i < columns.size() && i < record.values.size(); ++i) {
    if (!is_rolled_up(columns[i])) continue;
    const auto number = number_in(record.values[i]);
    if (!number) continue;
    row.values.emplace_back(columns[i].name, columns[i].unit, *number);
  }
  rows_[{record.schema->device, record.schema->group, record.boot}].push_back(std::move(row));
}

void RollupBuilder::take_summary(const store::StoredRecord& record, Hour hour) {
  const auto& schema = *record.schema;
  const auto group = schema.group.substr(0, schema.group.size() - kSummaryGroup.size());
  for (const auto& column : schema.columns) {
    if (!column.name.ends_with(kCount)) continue;
    const auto name = column.name.substr(0, column.name.size() - kCount.size());
    const auto times = record.count(column.name);
    if (!times || *times == 0 || name == kRuns) continue;
    Summed summed{*times, 0, 0, 0};
    std::string unit;
    if (const auto yes = record.count(name + " true")) {
      summed.mean = static_cast<double>(std::min(*yes, *times)) / static_cast<double>(*times);
      summed.least = *yes < *times ? 0 : 1;
      summed.greatest = *yes > 0 ? 1 : 0;
    } else {
      const auto mean = record.number(name + " mean");
      const auto least = record.number(name + " min");
      const auto greatest = record.number(name + " max");
      if (!mean || !least || !greatest) continue;
      summed = {*times, *mean, *least, *greatest};
      const auto place = std::ranges::find(schema.columns, name + " mean", &Column::name);
      unit = place->unit;
    }
    summaries_[{hour, Series{schema.device, group + "/" + name, unit}}].push_back(summed);
  }
}

std::map<Hour, HourRollups> RollupBuilder::finish() const {
  std::map<std::pair<Hour, Series>, Gathered> all;
  for (const auto& [group, unsorted] : rows_) {
    auto rows = unsorted;
    std::ranges::sort(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows[i];
      if (row.hour > last_ || !row.counts) continue;
      std::uint64_t times = 1;
      if (i + 1 < rows.size() && rows[i + 1].at - row.at < kHour) times = rows[i + 1].runs;
      for (const auto& [column, unit, value] : row.values) {
        auto& gathered = all[{row.hour, Series{group.device, group.group + "/" + column, unit}}];
        gathered.values[value] += times;
        gathered.bound(value, value);
      }
    }
  }
  for (const auto& [key, summaries] : summaries_) {
    auto& gathered = all[key];
    for (const auto& summed : summaries) {
      gathered.values[summed.mean] += summed.times;
      gathered.bound(summed.least, summed.greatest);
    }
  }
  std::map<Hour, HourRollups> hours;
  for (const auto& [hour, boots] : boots_) hours[hour].boots = boots;
  for (const auto& [key, gathered] : all) hours[key.first].series.emplace(key.second, rollup_of(gathered));
  return hours;
}

}  // namespace xalink::meaning
