#pragma once
// Why messages of a board were not taken, in the reader's language; in the store and in JSON it is English.

#include <string>
#include <string_view>

#include "sparkplug/language.hpp"

namespace xalink {

/// A reason of gateway/admission or of what was set aside. What is not known stays as it is.
[[nodiscard]] std::string curbed_reason_in(Language language, std::string_view reason);

}  // namespace xalink
