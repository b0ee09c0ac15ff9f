#include "tests/fakes/web_server.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace xalink::test {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
template <class T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Freed<T, kFree>>;

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

template <class Write>
std::string pem(Write write) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  must(write(out.get()) == 1, "PEM");
  char block[4096];
  const int size = BIO_read(out.get(), block, sizeof block);
  must(size > 0, "PEM");
  return std::string(block, static_cast<std::size_t>(size));
}

void add_extension(X509* certificate, int kind, const char* value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

void set_common_name(X509* certificate, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, bytes,
                                  static_cast<int>(text.size()), -1, 0) == 1,
       "name");
}

Owned<BIO, BIO_free_all> reading(const std::string& text) {
  Owned<BIO, BIO_free_all> in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  must(in != nullptr, "memory");
  return in;
}

Certificate make(const std::string& names, std::chrono::seconds valid_from, std::chrono::seconds valid_until,
                 const Certificate* authority) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  must(key != nullptr, "key");
  const Owned<X509, X509_free> certificate(X509_new());
  must(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1, "certificate");
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), authority == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), static_cast<long>(valid_from.count()));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(valid_until.count()));
  X509_set_pubkey(certificate.get(), key.get());
  // Verifiers take a certificate whose issuer has its own name for one that signs itself.
  set_common_name(certificate.get(), authority == nullptr ? "test server" : "test service");
  add_extension(certificate.get(), NID_basic_constraints,
                authority == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate.get(), NID_subject_alt_name, names.c_str());
  if (authority == nullptr) {
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1, "issuer");
    must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "signature");
  } else {
    const Owned<X509, X509_free> issuer(
        PEM_read_bio_X509(reading(authority->certificate).get(), nullptr, nullptr, nullptr));
    const Owned<EVP_PKEY, EVP_PKEY_free> issuer_key(
        PEM_read_bio_PrivateKey(reading(authority->key).get(), nullptr, nullptr, nullptr));
    must(issuer != nullptr && issuer_key != nullptr, "authority");
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) == 1, "issuer");
    must(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0, "signature");
  }
  Certificate made;
  made.key = pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  made.certificate = pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  return made;
}

}  // namespace

Certificate make_certificate(const std::string& names, std::chrono::seconds valid_from,
                             std::chrono::seconds valid_until) {
  return make(names, valid_from, valid_until, nullptr);
}

Certificate make_certificate(const std::string& names, std::chrono::seconds valid_from,
                             std::chrono::seconds valid_until, const Certificate& authority) {
  return make(names, valid_from, valid_until, &authority);
}

struct WebServer::Visit {
  explicit Visit(tcp::socket accepted) : socket(std::move(accepted)) {}
  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;
  std::array<char, 4096> block{};
  std::string response;
};

WebServer::WebServer(asio::io_context& loop, Manner manner, const Certificate* certificate,
                     std::string response)
    : loop_(loop),
      manner_(manner),
      responses_{std::move(response)},
      acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  if (certificate != nullptr) show(*certificate);
  accept();
}

void WebServer::show(const Certificate& certificate) {
  tls_.emplace(asio::ssl::context::tls_server);
  tls_->use_certificate(asio::buffer(certificate.certificate), asio::ssl::context::pem);
  tls_->use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
}

void WebServer::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error) return;
    const auto visit = std::make_shared<Visit>(std::move(socket));
    if (manner_ == Manner::accepts_silently) {
      // Held open until the client goes away.
      visit->socket.async_wait(tcp::socket::wait_error, [visit](const error_code&) {});
    } else if (tls_) {
      visit->tls.emplace(visit->socket, *tls_);
      visit->tls->async_handshake(asio::ssl::stream_base::server, [this, visit](const error_code& failed) {
        if (!failed) serve(*visit->tls, visit);
      });
    } else {
      serve(visit->socket, visit);
    }
    accept();
  });
}

template <class Stream>
void WebServer::serve(Stream& stream, const std::shared_ptr<Visit>& visit) {
  stream.async_read_some(
      asio::buffer(visit->block), [this, &stream, visit](const error_code& error, std::size_t size) {
        if (error) return;
        request_.assign(visit->block.data(), size);
        if (manner_ == Manner::hangs_up) return;
        if (manner_ == Manner::reads_silently) return serve(stream, visit);
        ++visits_;
        visit->response = responses_.front();
        if (responses_.size() > 1) responses_.pop_front();
        asio::async_write(stream, asio::buffer(visit->response), [visit](const error_code&, std::size_t) {});
      });
}

}  // namespace xalink::test
