#pragma once
// Where the board's power comes from, and whether it is enough.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace xalink {

/// Each value stands alone: what cannot be read is empty.
struct PowerReadings {
  /// Some supply from outside is online; where none tells, by what the batteries do.
  std::optional<bool> mains;
  std::optional<std::uint8_t> charge_percent;    ///< of the battery or UPS that has the least
  std::optional<std::string> battery_status;     ///< its state in the kernel's words: "Discharging"
  std::optional<std::uint32_t> runtime_s;        ///< until it is empty, as it says itself
  std::optional<double> battery_volts;           ///< across it
  std::optional<bool> under_voltage;             ///< the supply is too weak now
  std::optional<bool> under_voltage_since_boot;  ///< it was at some time
  std::optional<bool> throttled;                 ///< runs slower now, for want of power or for heat
  friend bool operator==(const PowerReadings&, const PowerReadings&) = default;
};

/// Below `root`: /sys/class/power_supply (sysfs-class-power of the kernel's ABI documents; batteries of mice
/// and the like are left out), the firmware's word on a Raspberry Pi (bits of vcgencmd get_throttled), and
/// its voltage sensor where the firmware is not asked.
[[nodiscard]] PowerReadings read_power(const std::filesystem::path& root = "/");

}  // namespace xalink
