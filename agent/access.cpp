#include "agent/access.hpp"

#include <algorithm>

#include "agent/linux/modem_words.hpp"

namespace xalink {
namespace {

// A VLAN over a bond over a bridge over a socket; more is a mistake in somebody's set-up.
constexpr int kMostLayers = 4;

/// The interface itself and what it stands on, from the top down; ends where there are several ways on.
std::vector<std::string> layers(const std::string& interface, const AccessSources& sources) {
  std::vector<std::string> all = {interface};
  while (all.size() < kMostLayers) {
    auto below = sources.below(all.back());
    if (below.size() != 1) break;
    all.push_back(std::move(below.front()));
  }
  return all;
}

bool is_connected(const ModemReading& modem) {
  return modem.state == kModemConnected;
}

/// The modem whose data go through this interface.
const ModemReading* modem_of(const std::string& interface, InterfaceKind kind, const AccessSources& sources) {
  for (const ModemReading& modem : sources.modems) {
    if (std::ranges::find(modem.interfaces, interface) != modem.interfaces.end()) return &modem;
  }
  // A modem without a network interface of its own is dialled by PPP; only one can be told from others.
  if (kind != InterfaceKind::ppp) return nullptr;
  const ModemReading* only = nullptr;
  for (const ModemReading& modem : sources.modems) {
    if (!is_connected(modem) || !modem.interfaces.empty()) continue;
    if (only != nullptr) return nullptr;
    only = &modem;
  }
  return only;
}

std::optional<std::string> seen(const std::string& interface, const AccessSources& sources) {
  switch (sources.kind(interface)) {
    case InterfaceKind::ethernet: return "ethernet";
    case InterfaceKind::wifi: return "wifi";
    case InterfaceKind::mobile: return "mobile";
    case InterfaceKind::ppp:
    case InterfaceKind::unknown: break;
  }
  return std::nullopt;
}

}  // namespace

bool needs_modems(const std::string& interface, const AccessSources& sources) {
  const auto all = layers(interface, sources);
  return std::ranges::any_of(all, [&](const std::string& layer) {
    const InterfaceKind kind = sources.kind(layer);
    return kind == InterfaceKind::mobile || kind == InterfaceKind::ppp || kind == InterfaceKind::unknown;
  });
}

Access judge_access(const std::optional<std::string>& interface, const AccessSources& sources) {
  Access access;
  if (!interface) return access;
  access.interface = interface;
  const auto all = layers(*interface, sources);
  bool modem_found = false;
  for (const std::string& layer : all) {
    const auto* modem = modem_of(layer, sources.kind(layer), sources);
    if (modem == nullptr) continue;
    modem_found = true;
    access.technology = mobile_generation(modem->technologies);
    access.known_by = "detected";
    if (access.technology) return access;
  }
  for (const std::string& layer : all) {
    const auto found = sources.configured.find(layer);
    if (found == sources.configured.end()) continue;
    access.technology = found->second;
    access.known_by = "configured";
    return access;
  }
  access.known_by = "detected";
  for (const std::string& layer : all) {
    access.technology = seen(layer, sources);
    if (access.technology) return access;
  }
  if (modem_found) {
    access.technology = "mobile";
    return access;
  }
  access.known_by = "unknown";
  return access;
}

}  // namespace xalink
