#pragma once
// What a board says went wrong, in the reader's language. In records, on the wire and in logs it is English.

#include <string>
#include <string_view>

#include "sparkplug/language.hpp"

namespace xalink {

/// A reason of a probe, of an outage or of the session, or the evidence of an outage: "connect: Connection
/// refused", "Ping/anchor (no reply), Path (no hop answers)". What is not known, or is a name, stays as it
/// is. So are errors of sources, "where: what. next".
[[nodiscard]] std::string reason_in(Language language, std::string_view reason);

}  // namespace xalink
