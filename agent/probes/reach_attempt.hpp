#pragma once
// One visit to a service, step by step.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/probes/peer_certificate.hpp"
#include "agent/probes/reach.hpp"
#include "sparkplug/clock.hpp"

// OpenSSL's own name; its headers stay in .cpp files.
using SSL_SESSION = struct ssl_session_st;

namespace xalink {

/// What is known so far; readable after the attempt was cancelled in the middle.
struct ReachProgress {
  enum class Step : std::uint8_t { name, proxy, connect, tls, http, done };
  Step step = Step::name;
  std::optional<Duration> connect;
  std::optional<Duration> handshake;
  std::optional<Duration> first_byte;
  std::optional<std::uint16_t> http_status;
  std::optional<PeerCertificate> certificate;  ///< in the visit, or in the handshake that it resumed
  std::optional<WallTime> date;                ///< of the answer (RFC 9110, section 6.6.1)
  bool wrong_address = false;                  ///< somebody else's, while the service is where it was
  bool known_address = false;                  ///< the service has proved to be at one that it was asked at
  std::optional<boost::asio::ip::address> former_address;  ///< where it proved to be, and was asked in vain
  bool resumed = false;                                    ///< with the session of an earlier visit
  std::string reason;                                      ///< why `step` failed, without the step
};

/// A TLS session to go on with: the server then sends no certificates, which are most of a visit's bytes.
class TlsMemory {
 public:
  TlsMemory() = default;
  ~TlsMemory() { forget(); }
  TlsMemory(const TlsMemory&) = delete;
  TlsMemory& operator=(const TlsMemory&) = delete;

  void forget();
  /// Takes over one reference.
  void keep(SSL_SESSION* session) {
    forget();
    session_ = session;
  }
  [[nodiscard]] SSL_SESSION* session() const { return session_; }

  std::optional<PeerCertificate> certificate;  ///< of the handshake that began it
  SteadyTime since{};                          ///< of that handshake

 private:
  SSL_SESSION* session_ = nullptr;
};

/// Whom to connect to, to get to the service.
[[nodiscard]] NextHost next_host(const ReachSettings& settings);

/// "name", "proxy", "connect", "TLS", "HTTP".
[[nodiscard]] std::string to_string(ReachProgress::Step step);

/// True when the service answered as it should at one of the addresses, a certificate that is out of its time
/// excepted: see ReachProgress::certificate. Failures of the network are told in `progress`; throws
/// operation_aborted when cancelled. Through a proxy the addresses are the proxy's. What is referred to must
/// outlive the coroutine.
boost::asio::awaitable<bool> attempt_reach(Clock& clock, const ReachSettings& settings,
                                           const std::vector<boost::asio::ip::address>& addresses,
                                           SteadyTime deadline, TlsMemory& memory, ReachProgress& progress);

}  // namespace xalink
