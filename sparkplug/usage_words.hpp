#pragma once
// Mistakes on a command line, said to who typed it. CLI11 (2.1) finds them, and knows English alone.

#include <string>

#include "sparkplug/language.hpp"

namespace xalink {

/// "what. Next: PROGRAM --help", or in Vietnamese. `what`: CLI11's words; those that are not known here stay
/// as they are.
[[nodiscard]] std::string told_usage(const std::string& what, const std::string& help, Language language);

/// That the command line asks for, before it is known whether the rest of it can be understood; else the
/// environment's.
[[nodiscard]] Language language_on(int argc, const char* const* argv);

}  // namespace xalink
