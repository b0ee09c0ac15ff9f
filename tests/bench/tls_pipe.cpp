#include "tests/bench/tls_pipe.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdexcept>
#include <string>

namespace xalink::bench {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL_free>>;

void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("OpenSSL refuses: ") + what);
}

Context context(const SSL_METHOD* method, const char* name) {
  Context made(SSL_CTX_new(method));
  must(made != nullptr, "a context");
  SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION);
  const std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Freed<X509_free>> certificate(X509_new());
  must(key && certificate, "a key");
  constexpr long kYear = 31'536'000;
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kYear);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "a certificate");
  must(SSL_CTX_use_certificate(made.get(), certificate.get()) == 1 &&
           SSL_CTX_use_PrivateKey(made.get(), key.get()) == 1,
       "its own certificate");
  // Whose certificate it is does not matter to its size.
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  return made;
}

Session session(SSL_CTX* of) {
  Session made(SSL_new(of));
  must(made != nullptr, "a session");
  SSL_set_bio(made.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return made;
}

/// What `from` has to say, to `to`.
std::size_t carry(SSL* from, SSL* to) {
  std::string bytes(BIO_ctrl_pending(SSL_get_wbio(from)), '\0');
  if (bytes.empty()) return 0;
  BIO_read(SSL_get_wbio(from), bytes.data(), static_cast<int>(bytes.size()));
  BIO_write(SSL_get_rbio(to), bytes.data(), static_cast<int>(bytes.size()));
  return bytes.size();
}

void read_all(SSL* from) {
  char bytes[4096];
  while (SSL_read(from, bytes, sizeof bytes) > 0) {
  }
}

std::size_t send(SSL* from, SSL* to, std::string_view bytes) {
  must(SSL_write(from, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()),
       "to write");
  const auto taken = carry(from, to);
  read_all(to);
  return taken;
}

}  // namespace

struct TlsPipe::Ends {
  Context board_context = context(TLS_client_method(), "xa-lung-cu");
  Context broker_context = context(TLS_server_method(), "broker.tuyenquang.gov.vn");
  Session board = session(board_context.get());
  Session broker = session(broker_context.get());
  std::size_t up = 0;
  std::size_t down = 0;
};

TlsPipe::TlsPipe() : ends_(std::make_unique<Ends>()) {
  SSL* board = ends_->board.get();
  SSL* broker = ends_->broker.get();
  SSL_set_connect_state(board);
  SSL_set_accept_state(broker);
  char name[] = "broker.tuyenquang.gov.vn";
  SSL_ctrl(board, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name);
  for (int flight = 0; flight < 10; ++flight) {
    SSL_do_handshake(board);
    ends_->up += carry(board, broker);
    SSL_do_handshake(broker);
    ends_->down += carry(broker, board);
  }
  read_all(board);
  must(SSL_is_init_finished(board) == 1 && SSL_is_init_finished(broker) == 1, "the handshake");
}

TlsPipe::~TlsPipe() = default;

std::size_t TlsPipe::handshake_up() const {
  return ends_->up;
}
std::size_t TlsPipe::handshake_down() const {
  return ends_->down;
}
std::size_t TlsPipe::up(std::string_view bytes) {
  return send(ends_->board.get(), ends_->broker.get(), bytes);
}
std::size_t TlsPipe::down(std::string_view bytes) {
  return send(ends_->broker.get(), ends_->board.get(), bytes);
}

}  // namespace xalink::bench
