#include "agent/linux/storage_health.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

/// "0x0b"; nothing for 0, which is "not defined", and for what is no such number.
std::optional<std::uint8_t> hex_byte(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

/// "0x02 0x01": memory of type A and of type B. The worse one counts.
std::optional<std::uint8_t> life_used(std::string_view text) {
  constexpr std::uint8_t kPastItsEnd = 0x0B;
  text = trimmed(text);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto worse = std::max(hex_byte(text.substr(0, blank)), hex_byte(text.substr(blank)));
  if (!worse || *worse > kPastItsEnd) return std::nullopt;
  return static_cast<std::uint8_t>(*worse * 10);
}

}  // namespace

StorageHealth read_storage_health(const fs::path& storage, const fs::path& root) {
  StorageHealth health;
  struct statvfs file_system {};
  if (::statvfs(storage.c_str(), &file_system) == 0)
    health.read_only = (file_system.f_flag & static_cast<unsigned long>(ST_RDONLY)) != 0;
  struct stat about {};
  if (::stat(storage.c_str(), &about) != 0) return health;
  const std::string number = std::to_string(major(about.st_dev)) + ":" + std::to_string(minor(about.st_dev));
  std::error_code error;
  const fs::path part = fs::canonical(root / "sys/dev/block" / number, error);
  if (error) return health;  // no device of its own: tmpfs, overlay
  const fs::path disk = fs::exists(part / "partition", error) ? part.parent_path() : part;
  health.device = disk.filename().string();
  if (const auto life = read_small_file(disk / "device/life_time")) health.life_used = life_used(*life);
  if (const auto eol = read_small_file(disk / "device/pre_eol_info")) {
    const auto state = hex_byte(*eol);
    if (state && *state <= 3) health.pre_eol = state;
  }
  if (const auto errors = read_small_file(root / "sys/fs/ext4" / part.filename() / "errors_count"))
    health.errors = parse_count(*errors);
  return health;
}

}  // namespace xalink
