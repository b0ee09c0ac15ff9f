#include "agent/linux/wireless.hpp"

#include <algorithm>
#include <sstream>
#include <system_error>

#include "agent/linux/interface_kind.hpp"
#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

/// "54." of the columns whose value is new since the last look, "54" of the others.
std::optional<std::int64_t> number_of(std::string word) {
  if (word.ends_with('.')) word.pop_back();
  return parse_number(word);
}

}  // namespace

WirelessReading read_wireless(const std::string& interface, const std::filesystem::path& root) {
  WirelessReading reading;
  const auto text = read_small_file(root / "proc/net/wireless");
  std::istringstream lines(text.value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || trimmed(line.substr(0, colon)) != interface) continue;
    std::istringstream words(line.substr(colon + 1));
    std::string status;
    std::string quality;
    std::string level;
    if (!(words >> status >> quality >> level)) continue;
    const auto link = number_of(std::move(quality));
    const auto signal = number_of(std::move(level));
    // Old drivers have a scale of their own that starts at 0; zeros all over are "not connected".
    if (signal && *signal < 0) reading.signal_dbm = static_cast<double>(*signal);
    if (link && *link >= 0 && *link <= 255 && (*link > 0 || reading.signal_dbm))
      reading.quality = static_cast<std::uint8_t>(*link);
  }
  return reading;
}

std::vector<std::string> wireless_interfaces(const std::filesystem::path& root) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root / "sys/class/net", error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (interface_kind(name, root) == InterfaceKind::wifi) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace xalink
