#include "agent/linux/boot_id.hpp"

#include "agent/linux/small_file.hpp"

namespace xalink {

std::string read_boot_id(const std::filesystem::path& root) {
  const auto text = read_small_file(root / "proc/sys/kernel/random/boot_id");
  return text ? std::string(trimmed(*text)) : std::string();
}

}  // namespace xalink
