#include "agent/linux/power_readings.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>
#include <vector>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> word(const fs::path& file) {
  const auto text = read_small_file(file);
  if (!text) return std::nullopt;
  std::string value(trimmed(*text));
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> number(const fs::path& file) {
  const auto text = read_small_file(file);
  return text ? parse_number(*text) : std::nullopt;
}

/// In the order of their names, so that two readings look at the same one first.
std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    all.push_back(entry->path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

void read_battery(const fs::path& supply, PowerReadings& readings) {
  const auto percent = number(supply / "capacity");
  if (number(supply / "present") == 0) return;
  const bool known = percent && *percent >= 0 && *percent <= 100;
  const bool least = known && (!readings.charge_percent || *percent < std::int64_t{*readings.charge_percent});
  // One without a figure speaks only while no other has spoken.
  if (!least && readings.battery_status) return;
  if (known) readings.charge_percent = static_cast<std::uint8_t>(*percent);
  readings.battery_status = word(supply / "status");
  readings.runtime_s.reset();
  const auto seconds = number(supply / "time_to_empty_now");
  if (seconds && *seconds > 0 && *seconds <= std::numeric_limits<std::uint32_t>::max())
    readings.runtime_s = static_cast<std::uint32_t>(*seconds);
  readings.battery_volts.reset();
  if (const auto microvolts = number(supply / "voltage_now"); microvolts && *microvolts > 0)
    readings.battery_volts = static_cast<double>(*microvolts) / 1e6;
}

/// What a battery says of the supply that loads it, where nothing else speaks of that: many a UPS board has
/// no other entry.
std::optional<bool> is_supplied(const fs::path& battery) {
  if (number(battery / "present") == 0) return std::nullopt;
  const auto status = word(battery / "status");
  if (status == "Discharging") return false;
  if (status == "Charging" || status == "Full") return true;
  return std::nullopt;
}

void read_supplies(const fs::path& folder, PowerReadings& readings) {
  std::optional<bool> by_batteries;
  for (const fs::path& supply : folders_in(folder)) {
    const auto type = word(supply / "type");
    if (!type || word(supply / "scope") == "Device") continue;
    if (*type == "Battery" || *type == "UPS") {
      read_battery(supply, readings);
      if (const auto supplied = is_supplied(supply)) by_batteries = by_batteries.value_or(true) && *supplied;
    } else if (const auto online = number(supply / "online")) {
      // "Mains", "USB", "Wireless": 2 is a supply of which there are several kinds.
      readings.mains = readings.mains.value_or(false) || *online > 0;
    }
  }
  if (!readings.mains) readings.mains = by_batteries;
}

/// Hexadecimal, with or without "0x".
std::optional<std::uint32_t> firmware_flags(const fs::path& file) {
  const auto text = word(file);
  if (!text) return std::nullopt;
  std::string_view digits = *text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint32_t flags = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), flags, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return flags;
}

}  // namespace

PowerReadings read_power(const fs::path& root) {
  PowerReadings readings;
  read_supplies(root / "sys/class/power_supply", readings);
  constexpr std::uint32_t kUnderVoltage = 1U << 0U;
  constexpr std::uint32_t kSlower = 1U << 1U | 1U << 2U | 1U << 3U;  // capped, throttled, soft limit of heat
  constexpr std::uint32_t kUnderVoltageBefore = 1U << 16U;
  if (const auto flags = firmware_flags(root / "sys/devices/platform/soc/soc:firmware/get_throttled")) {
    readings.under_voltage = (*flags & kUnderVoltage) != 0;
    readings.under_voltage_since_boot = (*flags & (kUnderVoltage | kUnderVoltageBefore)) != 0;
    readings.throttled = (*flags & kSlower) != 0;
    return readings;
  }
  for (const fs::path& sensor : folders_in(root / "sys/class/hwmon")) {
    if (word(sensor / "name") != "rpi_volt") continue;
    if (const auto alarm = number(sensor / "in0_lcrit_alarm")) readings.under_voltage = *alarm != 0;
  }
  return readings;
}

}  // namespace xalink
