#pragma once
// A TLS session without a network: what a session's bytes become on their way, by OpenSSL's own account.

#include <cstddef>
#include <memory>
#include <string_view>

namespace xalink::bench {

/// TLS 1.3 with a certificate of its own on each side (ECDSA P-256), as a board and its broker have them.
class TlsPipe {
 public:
  TlsPipe();
  ~TlsPipe();
  TlsPipe(const TlsPipe&) = delete;
  TlsPipe& operator=(const TlsPipe&) = delete;

  /// Bytes of the handshake, the session tickets behind it included.
  [[nodiscard]] std::size_t handshake_up() const;
  [[nodiscard]] std::size_t handshake_down() const;
  /// Carries the bytes over in one record; gives the bytes that this took.
  [[nodiscard]] std::size_t up(std::string_view bytes);
  [[nodiscard]] std::size_t down(std::string_view bytes);

 private:
  struct Ends;
  std::unique_ptr<Ends> ends_;
};

}  // namespace xalink::bench
