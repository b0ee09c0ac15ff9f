#pragma once
// `xalink-agent doctor`: what is wrong at this office, why, and what to do next.

#include <string>

#include "sparkplug/language.hpp"

namespace xalink {

struct DoctorOrder {
  std::string config_file;
  bool json = false;
};

/// Checks the board and the program, and asks the network, all at once; prints what it found. Works with and
/// without a running agent, and changes nothing. All of it is over within 40 s, whatever hangs. Returns the
/// exit code: 0 nothing is wrong, 1 something is.
[[nodiscard]] int run_doctor(const DoctorOrder& order, Language language);

}  // namespace xalink
