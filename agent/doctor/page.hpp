#pragma once
// The doctor's findings as a page for people and as JSON for programs.

#include <cstdint>
#include <string>

#include "agent/doctor/judge.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"

namespace xalink {

struct PageHead {
  std::string site;  ///< "VN-03/xa-lung-cu"; empty when the configuration cannot be read
  WallTime at{};
};

enum class Colours : bool { none, terminal };

/// Three parts from the bottom up (board, program, way to the province); a line a finding, what to do below
/// it; how far the office reaches, how many lines of each kind, and where to begin.
[[nodiscard]] std::string findings_as_text(const Diagnosis& diagnosis, const PageHead& head,
                                           Language language, Colours colours);

/// One object: "site", "at", "version", "well", "reaches", "begin_with" (an id or null), "findings" with
/// "id", "part", "mark", and "name", "reason", "next" as objects with "en" and "vi".
[[nodiscard]] std::string findings_as_json(const Diagnosis& diagnosis, const PageHead& head);

}  // namespace xalink
