#include "agent/doctor/reading.hpp"

#include <algorithm>
#include <variant>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

const Value* value_in(const ProbeReading& reading, std::string_view column) {
  const auto place = column_index(reading.schema, column);
  if (!place || *place >= reading.record.values.size()) return nullptr;
  return &reading.record.values[*place];
}

}  // namespace

std::string text_in(const ProbeReading& reading, std::string_view column) {
  const auto* value = value_in(reading, column);
  return value == nullptr || is_null(*value) ? std::string() : to_text(*value);
}

std::optional<bool> flag_in(const ProbeReading& reading, std::string_view column) {
  const auto* value = value_in(reading, column);
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag == nullptr ? std::nullopt : std::optional(*flag);
}

const ProbeReading* find(const std::vector<ProbeReading>& readings, std::string_view group) {
  const auto found = std::find_if(readings.begin(), readings.end(),
                                  [&](const auto& reading) { return reading.schema.group == group; });
  return found == readings.end() ? nullptr : &*found;
}

bool any_service_answers(const WayFacts& way) {
  return std::any_of(way.readings.begin(), way.readings.end(), [](const auto& reading) {
    return reading.schema.group.starts_with("Reach/") && flag_in(reading, "Success").value_or(false);
  });
}

std::string target_of(const WayFacts& way, const ProbeReading& reading) {
  const auto target = way.targets.find(reading.schema.group);
  return target == way.targets.end() ? std::string() : target->second + ": ";
}

bool could_not_ask(const ProbeReading& reading) {
  const auto reason = text_in(reading, "Reason");
  return reason.starts_with("no ICMP socket") || reason.starts_with("no time left") ||
         reason.starts_with("the probe failed");
}

}  // namespace xalink
