#include "agent/linux/system_readings.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

/// The first word as a number: "0.42 0.40 0.38 1/123 4567".
std::optional<double> first_decimal(const fs::path& file) {
  const auto text = read_small_file(file);
  if (!text) return std::nullopt;
  const std::string_view digits = trimmed(*text);
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  return number;
}

/// "MemAvailable:    1234 kB"
std::optional<std::uint64_t> memory_line(std::string_view text, std::string_view key) {
  std::size_t at = text.starts_with(key) ? 0 : text.find("\n" + std::string(key));
  if (at == std::string_view::npos) return std::nullopt;
  if (at != 0) ++at;
  std::string_view line = text.substr(at, text.find('\n', at) - at);
  line.remove_prefix(key.size());
  if (!line.ends_with(" kB")) return std::nullopt;
  line.remove_suffix(3);
  const auto kibibytes = parse_count(line);
  if (!kibibytes) return std::nullopt;
  return *kibibytes * 1024;
}

std::optional<double> hottest_zone(const fs::path& folder) {
  // Sensors that are switched off answer 0 K and the like.
  constexpr std::int64_t kColdest = -40'000;
  constexpr std::int64_t kHottest = 150'000;
  std::optional<std::int64_t> hottest;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with("thermal_zone")) continue;
    const auto text = read_small_file(entry->path() / "temp");
    const auto millidegrees = text ? parse_number(*text) : std::nullopt;
    if (!millidegrees || *millidegrees < kColdest || *millidegrees > kHottest) continue;
    hottest = std::max(hottest.value_or(*millidegrees), *millidegrees);
  }
  if (!hottest) return std::nullopt;
  return static_cast<double>(*hottest) / 1000.0;
}

}  // namespace

SystemReadings read_system(const fs::path& storage, const fs::path& root) {
  SystemReadings readings;
  if (const auto uptime = first_decimal(root / "proc/uptime");
      uptime && *uptime < std::numeric_limits<std::uint32_t>::max()) {
    readings.uptime_s = static_cast<std::uint32_t>(*uptime);
  }
  readings.load_1m = first_decimal(root / "proc/loadavg");
  if (const auto memory = read_small_file(root / "proc/meminfo")) {
    readings.memory_available = memory_line(*memory, "MemAvailable:");
    readings.memory_total = memory_line(*memory, "MemTotal:");
  }
  struct statvfs file_system {};
  if (::statvfs(storage.c_str(), &file_system) == 0) {
    const std::uint64_t block = file_system.f_frsize;
    readings.disk_available = block * file_system.f_bavail;
    readings.disk_total = block * file_system.f_blocks;
  }
  readings.temperature = hottest_zone(root / "sys/class/thermal");
  return readings;
}

}  // namespace xalink
