#include "agent/sign_of_life.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace xalink {
namespace {

constexpr std::string_view kForm = "alive 1 ";

}  // namespace

std::string sign_of_life(const Stamp& stamp) {
  return std::string(kForm) + std::to_string(stamp.boot_time.count()) + " " +
         std::to_string(stamp.wall.time_since_epoch().count()) + " " +
         std::to_string(static_cast<int>(stamp.quality)) + " " + stamp.boot_id;
}

std::optional<Stamp> read_sign_of_life(std::string_view text) {
  if (!text.starts_with(kForm)) return std::nullopt;
  text.remove_prefix(kForm.size());
  std::array<std::int64_t, 3> numbers{};
  for (std::int64_t& number : numbers) {
    const auto end = text.find(' ');
    if (end == std::string_view::npos) return std::nullopt;
    const auto read = std::from_chars(text.data(), text.data() + end, number);
    if (read.ec != std::errc() || read.ptr != text.data() + end) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  const auto& [boot_time, wall, quality] = numbers;
  if (text.empty() || boot_time < 0 || quality < 0 ||
      quality > static_cast<std::int64_t>(ClockQuality::synchronised)) {
    return std::nullopt;
  }
  return Stamp{WallTime(Milliseconds(wall)), BootTime(boot_time), std::string(text),
               static_cast<ClockQuality>(quality)};
}

}  // namespace xalink
