#include "agent/by_exception.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace xalink {
namespace {

// A power cut in the middle of a failure leaves its end unknown from the last row on.
constexpr Milliseconds kFailureHeartbeat = std::chrono::minutes(5);
// The part of a heartbeat that it may come early to go with others. In an ordinary office that makes a tenth
// more rows, and a sixth less minutes with any.
constexpr int kEarlyPart = 4;

std::optional<double> number_in(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

bool changed_state(const Value& now, const Value& before) {
  if (is_null(now) != is_null(before)) return true;
  return !number_in(now) && now != before;
}

bool left(const Deadband& band, const Value& now, const Value& before) {
  const auto number = number_in(now);
  const auto last = number_in(before);
  if (!number || !last) return now != before;
  const double width = std::max(band.absolute, band.relative * std::abs(*last));
  return width > 0 ? std::abs(*number - *last) > width : now != before;
}

}  // namespace

bool ByException::records_always(const Schema& measured) const {
  if (!settings_.enabled || measured.lane != Lane::measurements) return true;
  return std::any_of(settings_.every_run.begin(), settings_.every_run.end(), [&](const std::string& name) {
    return measured.group == name || measured.group.starts_with(name + "/");
  });
}

Schema ByException::recorded(const Schema& measured) const {
  return records_always(measured) ? measured : with_runs(measured);
}

ByException::Group& ByException::group_of(const Schema& measured) {
  const auto [place, is_new] = groups_.try_emplace(measured.device + "/" + measured.group);
  Group& group = place->second;
  if (!is_new) return group;
  group.schema = recorded(measured);
  group.always = records_always(measured);
  group.reason = column_index(measured, "Reason");
  for (std::size_t column = 0; column < measured.columns.size(); ++column) {
    const auto* declared = find_declaration(measured.device, measured.metric_name(column));
    group.deadbands.push_back(declared == nullptr ? Deadband{} : declared->deadband);
  }
  return group;
}

std::optional<ByException::Row> ByException::step(const Schema& measured, const Record& record,
                                                  Company company) {
  Group& group = group_of(measured);
  const bool first = group.recorded.empty();
  const BootTime at = record.stamp.boot_time;
  ++group.runs;

  bool news = first;
  bool worth = first || group.always;
  const bool failed = group.reason && !is_null(record.values[*group.reason]);
  const auto heartbeat = failed ? std::min(settings_.heartbeat, kFailureHeartbeat) : settings_.heartbeat;
  if (!first) {
    for (std::size_t column = 0; column < record.values.size(); ++column) {
      const Deadband& band = group.deadbands[column];
      if (band.silent) continue;
      const Value& before = group.recorded[column];
      news = news || changed_state(record.values[column], before);
      worth = worth || left(band, record.values[column], before);
    }
    const auto since_last_run = at - group.measured_at;
    const auto due = company == Company::waits ? heartbeat - heartbeat / kEarlyPart : heartbeat;
    worth = worth || at - group.recorded_at + since_last_run / 2 >= due;
  }
  group.measured_at = at;
  if (!worth) return std::nullopt;

  Row row{group.schema, record, news};
  if (!group.always) row.record.values.emplace_back(std::uint64_t{group.runs});
  group.recorded = record.values;
  group.recorded_at = at;
  group.runs = 0;
  return row;
}

}  // namespace xalink
