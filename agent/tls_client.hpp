#pragma once
// TLS (RFC 8446) as the one who asks: whom to trust, which name the peer must prove, why a handshake failed.
// The same for every probe, dossier server and the doctor, so that what one accepts no other refuses.

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>

namespace xalink {

/// The certificates in `ca_file` (PEM); an empty name: the system's.
[[nodiscard]] boost::system::error_code trust(boost::asio::ssl::context& context, const std::string& ca_file);

enum class Proof : std::uint8_t { demanded, not_asked };

/// Before the handshake: names `host` to the peer (RFC 6066, section 3: a name only, no address), and lets
/// the handshake fail unless the peer's certificate is one for it. False: `host` is nothing that a
/// certificate can hold, and the handshake must not begin.
[[nodiscard]] bool expect_host(SSL* connection, const std::string& host, Proof proof = Proof::demanded);

/// Nothing: no fault of the certificate. Otherwise OpenSSL's words for it, e.g. "certificate has expired".
[[nodiscard]] std::string certificate_fault(SSL* connection);

/// Why a handshake failed with `error`: the certificate's fault where it has one, and that the clock of the
/// board may be behind where the certificate is not valid yet.
[[nodiscard]] std::string handshake_failure(SSL* connection, const boost::system::error_code& error);

}  // namespace xalink
