#pragma once
// Whether the answer to a plain HTTP question is the one that its server gives, or that of somebody in
// between who wants a login first (RFC 8952). Rules without I/O.

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/probes/service_url.hpp"

namespace xalink {

struct ExpectedAnswer {
  unsigned status = 204;
  std::string body;  ///< blanks at its ends aside; empty: whatever comes
};

struct PortalFinding {
  enum class Kind : std::uint8_t { clear, portal, unexpected };
  Kind kind = Kind::clear;
  std::string sent_to;  ///< host of a redirection, without its path, which may hold who was asked to log in
  std::string reason;
};

/// "clear", "portal", "unexpected".
[[nodiscard]] std::string_view to_string(PortalFinding::Kind kind);

/// `location`: the answer's, may be empty.
[[nodiscard]] PortalFinding judge_answer(const ServiceUrl& asked, const ExpectedAnswer& expected,
                                         unsigned status, std::string_view location, std::string_view body);

}  // namespace xalink
