#include "agent/portal_judgement.hpp"

#include "agent/linux/small_file.hpp"

namespace xalink {
namespace {

constexpr unsigned kLoginRequired = 511;  // RFC 6585, section 6

}  // namespace

std::string_view to_string(PortalFinding::Kind kind) {
  switch (kind) {
    case PortalFinding::Kind::clear: return "clear";
    case PortalFinding::Kind::portal: return "portal";
    case PortalFinding::Kind::unexpected: return "unexpected";
  }
  return "";
}

PortalFinding judge_answer(const ServiceUrl& asked, const ExpectedAnswer& expected, unsigned status,
                           std::string_view location, std::string_view body) {
  PortalFinding finding;
  const bool right_body = expected.body.empty() || trimmed(body) == trimmed(expected.body);
  if (status == expected.status && right_body) return finding;
  finding.kind = PortalFinding::Kind::portal;
  if (status >= 300 && status < 400) {
    const auto url = parse_service_url(location);
    finding.sent_to = url ? url->host : asked.host;
    finding.reason = "sent to " + finding.sent_to + " (status " + std::to_string(status) + ")";
  } else if (status == kLoginRequired) {
    finding.reason = "the network wants a login (status 511)";
  } else if (status == expected.status) {
    finding.reason = "another text than the expected one";
  } else if (status >= 200 && status < 300) {
    finding.reason = "status " + std::to_string(status) + " in place of " + std::to_string(expected.status);
  } else {
    finding.kind = PortalFinding::Kind::unexpected;
    finding.reason = "status " + std::to_string(status);
  }
  return finding;
}

}  // namespace xalink
