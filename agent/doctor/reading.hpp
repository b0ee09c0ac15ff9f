#pragma once
// Values of a probe's record by the names of their columns.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/doctor/facts.hpp"

namespace xalink {

/// As text; empty for null and for a column that is not there.
[[nodiscard]] std::string text_in(const ProbeReading& reading, std::string_view column);
[[nodiscard]] std::optional<bool> flag_in(const ProbeReading& reading, std::string_view column);
/// Of this group; nullptr when there is none.
[[nodiscard]] const ProbeReading* find(const std::vector<ProbeReading>& readings, std::string_view group);
/// "1.1.1.1: " for a probe with a target of that name in the configuration; empty for others.
[[nodiscard]] std::string target_of(const WayFacts& way, const ProbeReading& reading);
/// Of the visits to services one ended well.
[[nodiscard]] bool any_service_answers(const WayFacts& way);
/// The board's own trouble, which says nothing of the network.
[[nodiscard]] bool could_not_ask(const ProbeReading& reading);

}  // namespace xalink
