#include "agent/ladder.hpp"

#include <array>

namespace xalink {
namespace {

constexpr std::array<std::string_view, 7> kNames = {"board", "link",     "first hop", "internet",
                                                    "dns",   "services", "gateway"};

const Value* value_of(const ProbeStatus& probe, std::string_view column) {
  if (!probe.last) return nullptr;
  for (std::size_t i = 0; i < probe.schema.columns.size(); ++i) {
    if (probe.schema.columns[i].name == column) return &probe.last->values[i];
  }
  return nullptr;
}

bool is_true(const Value* value) {
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag != nullptr && *flag;
}

std::string text_of(const Value* value) {
  return value == nullptr ? std::string() : to_text(*value);
}

// What one probe says of its rung.
bool holds(const ProbeStatus& probe) {
  const std::string_view group = probe.schema.group;
  if (group.starts_with("Link/")) {
    return is_true(value_of(probe, "Carrier")) && is_true(value_of(probe, "Default Route"));
  }
  if (group.starts_with("Ping/")) {
    const auto* mean = value_of(probe, "RTT mean");
    return mean != nullptr && !is_null(*mean);
  }
  if (group.starts_with("DNS/")) return text_of(value_of(probe, "Status")) == "NOERROR";
  return is_true(value_of(probe, "Success"));
}

std::optional<Rung> rung_of(const ProbeStatus& probe) {
  const std::string_view group = probe.schema.group;
  if (group.starts_with("Link/")) return Rung::link;
  if (group == "Ping/gateway") return Rung::first_hop;
  if (group.starts_with("Ping/")) return Rung::internet;
  if (group.starts_with("DNS/")) return Rung::dns;
  if (group.starts_with("Reach/")) return Rung::services;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Rung rung) {
  return kNames[static_cast<std::size_t>(rung)];
}

std::vector<RungReading> read_ladder(const std::vector<ProbeStatus>& probes, EdgeNodeState session) {
  std::vector<RungReading> ladder;
  for (std::size_t i = 0; i < kNames.size(); ++i) ladder.push_back(RungReading{static_cast<Rung>(i), {}, {}});
  ladder[0].holds = true;
  for (const auto& probe : probes) {
    const auto rung = rung_of(probe);
    if (!rung || !probe.last) continue;
    auto& reading = ladder[static_cast<std::size_t>(*rung)];
    const bool good = holds(probe);
    if (good && !reading.holds.value_or(false)) reading.evidence.clear();  // failures no longer matter
    reading.holds = reading.holds.value_or(false) || good;
    if (good != *reading.holds) continue;
    if (!reading.evidence.empty()) reading.evidence += ", ";
    reading.evidence += probe.schema.group;
    const auto reason = text_of(value_of(probe, "Reason"));
    if (!good && !reason.empty()) reading.evidence += " (" + reason + ")";
  }
  auto& top = ladder.back();
  top.holds = session == EdgeNodeState::online;
  top.evidence = to_string(session);
  return ladder;
}

Rung highest_rung(const std::vector<RungReading>& ladder) {
  Rung highest = Rung::board;
  for (const auto& reading : ladder) {
    if (reading.holds.value_or(false)) highest = reading.rung;
  }
  return highest;
}

}  // namespace xalink
