#pragma once
// One line of `xalink-agent doctor`: what was looked at, how it stands, why, and what to do next.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sparkplug/said.hpp"

namespace xalink {

enum class Mark : std::uint8_t {
  good,
  notable,    ///< works, and somebody ought to see to it before it stops
  wrong,      ///< does not work
  unchecked,  ///< switched off, not there, or there was no way to ask
};

enum class Part : std::uint8_t { board, program, way };
inline constexpr std::array kParts{Part::board, Part::program, Part::way};

struct Finding {
  std::string id;  ///< for programs; stays the same: "clock", "dns/portal"
  Part part = Part::board;
  Mark mark = Mark::unchecked;
  Said name;
  Said reason;
  Said next;  ///< empty where there is nothing to do
  friend bool operator==(const Finding&, const Finding&) = default;
};
using Findings = std::vector<Finding>;

/// "good", "notable", "wrong", "unchecked".
[[nodiscard]] std::string_view to_string(Mark mark);
/// "board", "program", "way".
[[nodiscard]] std::string_view to_string(Part part);

}  // namespace xalink
