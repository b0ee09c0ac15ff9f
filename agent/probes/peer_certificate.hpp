#pragma once
// What a TLS server shows of itself, whether or not it is believed.

#include <cstdint>
#include <optional>
#include <string>

#include "sparkplug/clock.hpp"

// OpenSSL's own name; its headers stay in .cpp files.
using X509_STORE_CTX = struct x509_store_ctx_st;

namespace xalink {

enum class ValidityFault : std::uint8_t { expired, not_yet_valid };

struct PeerCertificate {
  std::string issuer;  ///< common name, else organisation, of who signed it; at most 64 bytes of UTF-8
  /// What all certificates of the chain have in common.
  WallTime not_before{};
  WallTime not_after{};
  std::optional<ValidityFault> fault;  ///< by the clock of the check
  int error = 0;                       ///< X509_V_ERR_... of what else is wrong; 0 is nothing

  [[nodiscard]] bool valid_at(WallTime time) const { return not_before <= time && time <= not_after; }
  friend bool operator==(const PeerCertificate&, const PeerCertificate&) = default;
};

/// A certificate whose issuer is not trusted: unknown to the board, or nobody but itself.
[[nodiscard]] bool is_untrusted(const PeerCertificate& certificate);
[[nodiscard]] bool is_self_signed(const PeerCertificate& certificate);
[[nodiscard]] bool is_of_another_host(const PeerCertificate& certificate);

/// For a verify callback of OpenSSL (SSL_CTX_set_verify(3)), which returns what this does. Notes what is
/// shown, and lets a certificate pass that is only out of its time: who asks further hears which clock is
/// wrong. Whoever uses the connection must look at `fault`.
bool look_at_certificate(bool verified, X509_STORE_CTX* context, std::optional<PeerCertificate>& certificate);

}  // namespace xalink
