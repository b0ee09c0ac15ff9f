#include "agent/ladder.hpp"

#include <algorithm>
#include <array>

namespace xalink {
namespace {

constexpr std::array<std::string_view, kRungCount> kNames = {
    "power", "board", "modem", "link", "first hop", "internet", "dns", "services", "gateway"};

}  // namespace

std::string_view to_string(Rung rung) {
  return kNames[index(rung)];
}

std::optional<Rung> rung_named(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Rung>(found - kNames.begin());
}

Rung highest_rung(const std::vector<RungReading>& ladder) {
  Rung highest = Rung::power;
  for (const auto& reading : ladder) {
    if (!reading.holds) continue;
    if (!*reading.holds) break;
    highest = reading.rung;
  }
  return highest;
}

}  // namespace xalink
