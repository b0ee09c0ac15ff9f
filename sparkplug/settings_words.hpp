#pragma once
// Mistakes in configuration files, said to their reader. They are made in English, where they are found
// (settings.hpp, and what each program reads with it); the words of the other language stand here together.

#include <string>

#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/said.hpp"

namespace xalink {

/// What a mistake says, or what to do about it, in both languages. What is not known here is the same in
/// both.
[[nodiscard]] Said setting_said(const std::string& text);

/// "where: what. next", or "where: what. Tiếp theo: next" in Vietnamese.
[[nodiscard]] std::string told_setting(const Error& mistake, Language language);

}  // namespace xalink
