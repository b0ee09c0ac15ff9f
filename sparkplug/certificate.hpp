#pragma once
// Certificates of boards and gateways (design, section 9): whose name stands in one that our authority
// signed.

#include <filesystem>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

struct CertifiedName {
  std::string common_name;  ///< node id of a board; Sparkplug host id of a gateway
  PublicKey key;
  WallTime not_after{};
};

/// The first certificate in `pem`, when the authorities in `ca_file` vouch for it through the others there.
/// Its purpose must allow a TLS client, which both boards and gateways are to the broker.
/// Expiry is told, not refused: the board was cut off, perhaps for months, and what it signed with its own
/// key must come home; a wrong clock must not decide that either. Sessions over the net stay strict.
[[nodiscard]] Result<CertifiedName> check_certificate(std::string_view pem,
                                                      const std::filesystem::path& ca_file);

/// What stands in a certificate, whoever vouches for it.
struct CertificateLabel {
  std::string common_name;  ///< empty: it names nobody, or more than one
  WallTime not_before{};
  WallTime not_after{};
};
/// Of the first certificate in `pem`.
[[nodiscard]] Result<CertificateLabel> read_certificate_label(std::string_view pem);

}  // namespace xalink
