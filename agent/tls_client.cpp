#include "agent/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/ip/address.hpp>

namespace xalink {
namespace {

bool is_address(const std::string& host) {
  boost::system::error_code not_an_address;
  (void)boost::asio::ip::make_address(host, not_an_address);
  return !not_an_address;
}

bool name_to_peer(SSL* connection, std::string host) {
  // SSL_set_tlsext_host_name, spelled out: the macro casts in the old style.
  return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

}  // namespace

boost::system::error_code trust(boost::asio::ssl::context& context, const std::string& ca_file) {
  boost::system::error_code error;
  if (ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(ca_file, error);
  }
  return error;
}

bool expect_host(SSL* connection, const std::string& host, Proof proof) {
  const bool by_address = is_address(host);
  bool done = by_address || name_to_peer(connection, host);
  if (proof == Proof::demanded) {
    SSL_set_verify(connection, SSL_VERIFY_PEER, nullptr);
    done = done && (by_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1
                               : SSL_set1_host(connection, host.c_str()) == 1);
  } else {
    SSL_set_verify(connection, SSL_VERIFY_NONE, nullptr);
  }
  ERR_clear_error();
  return done;
}

std::string certificate_fault(SSL* connection) {
  const long verdict = SSL_get_verify_result(connection);
  return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

std::string handshake_failure(SSL* connection, const boost::system::error_code& error) {
  std::string reason = certificate_fault(connection);
  if (reason.empty()) return error.message();
  if (SSL_get_verify_result(connection) == X509_V_ERR_CERT_NOT_YET_VALID)
    reason += "; the clock of the board may be behind";
  return reason;
}

}  // namespace xalink
