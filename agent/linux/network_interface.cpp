#include "agent/linux/network_interface.hpp"

#include <net/if_arp.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <system_error>

#include "agent/linux/routes.hpp"
#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> count_in(const fs::path& file) {
  const auto text = read_small_file(file);
  return text ? parse_count(*text) : std::nullopt;
}

}  // namespace

bool is_interface_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

InterfaceReading read_interface(const std::string& interface, const fs::path& root) {
  InterfaceReading reading;
  const fs::path folder = root / "sys/class/net" / interface;
  std::error_code ignored;
  if (!is_interface_name(interface) || !fs::exists(folder, ignored)) {
    reading.carrier = false;
    return reading;
  }
  if (const auto text = read_small_file(folder / "carrier")) {
    if (const auto carrier = parse_number(*text)) reading.carrier = *carrier != 0;
  } else if (const auto state = read_small_file(folder / "operstate")) {
    // The carrier of an interface that is down cannot be read (EINVAL).
    if (trimmed(*state) == "down") reading.carrier = false;
  }
  if (const auto text = read_small_file(folder / "speed")) {
    // -1, or 2^32-1 from some drivers: unknown.
    const auto speed = parse_number(*text);
    if (speed && *speed > 0 && *speed < std::numeric_limits<std::int32_t>::max()) {
      reading.speed_mbit = static_cast<std::uint32_t>(*speed);
    }
  }
  const fs::path statistics = folder / "statistics";
  reading.received_bytes = count_in(statistics / "rx_bytes");
  reading.sent_bytes = count_in(statistics / "tx_bytes");
  reading.receive_errors = count_in(statistics / "rx_errors");
  reading.send_errors = count_in(statistics / "tx_errors");
  reading.receive_drops = count_in(statistics / "rx_dropped");
  reading.send_drops = count_in(statistics / "tx_dropped");
  return reading;
}

std::vector<std::string> outward_interfaces(const fs::path& root) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/class/net", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const bool has_hardware = fs::exists(entry->path() / "device", ignored);
    const auto kind = count_in(entry->path() / "type");
    if (has_hardware || kind == std::uint64_t{ARPHRD_PPP}) names.push_back(entry->path().filename());
  }
  for (DefaultRoute& route : default_routes(root)) {
    if (route.interface != "lo") names.push_back(std::move(route.interface));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace xalink
