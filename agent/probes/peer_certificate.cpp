#include "agent/probes/peer_certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <string_view>
#include <utility>

#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr std::size_t kLongestIssuer = 64;

WallTime time_of(const ASN1_TIME* text, WallTime otherwise) {
  std::tm parts{};
  if (text == nullptr || ASN1_TIME_to_tm(text, &parts) != 1) return otherwise;
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

std::string part_of(const X509_NAME* name, int kind) {
  const int place = X509_NAME_get_index_by_NID(name, kind, -1);
  if (place < 0) return {};
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)));
  if (size < 0) return {};
  std::string text(bytes, bytes + size);
  OPENSSL_free(bytes);
  return text;
}

/// It comes from whoever answers, and goes into records: no controls, no half letters, no novels.
std::string fit_for_records(std::string text) {
  for (char& letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7f || letter == '"') letter = ' ';
  }
  if (text.size() > kLongestIssuer) {
    std::size_t end = kLongestIssuer;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text.resize(end);
  }
  return find_broken_utf8(text) == std::string_view::npos ? text : std::string("?");
}

std::string issuer_of(const X509* certificate) {
  const X509_NAME* name = X509_get_issuer_name(certificate);
  std::string issuer = part_of(name, NID_commonName);
  if (issuer.empty()) issuer = part_of(name, NID_organizationName);
  return fit_for_records(issuer.empty() ? "nobody" : std::move(issuer));
}

}  // namespace

bool is_self_signed(const PeerCertificate& certificate) {
  return certificate.error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

bool is_untrusted(const PeerCertificate& certificate) {
  switch (certificate.error) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    // Somebody signed with the name of an authority that is trusted.
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return true;
    default: return false;
  }
}

bool is_of_another_host(const PeerCertificate& certificate) {
  return certificate.error == X509_V_ERR_HOSTNAME_MISMATCH ||
         certificate.error == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

bool look_at_certificate(bool verified, X509_STORE_CTX* context,
                         std::optional<PeerCertificate>& certificate) {
  const X509* const leaf = X509_STORE_CTX_get0_cert(context);
  if (leaf == nullptr) return verified;
  if (!certificate) certificate.emplace();
  PeerCertificate& seen = *certificate;
  seen.issuer = issuer_of(leaf);
  seen.not_before = time_of(X509_get0_notBefore(leaf), WallTime::min());
  seen.not_after = time_of(X509_get0_notAfter(leaf), WallTime::max());
  // With the root: OpenSSL minds its date too, though RFC 5280 (section 6.1) would not.
  const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context);
  for (int place = 1; place < sk_X509_num(chain); ++place) {
    const X509* const between = sk_X509_value(chain, place);
    seen.not_before = std::max(seen.not_before, time_of(X509_get0_notBefore(between), seen.not_before));
    seen.not_after = std::min(seen.not_after, time_of(X509_get0_notAfter(between), seen.not_after));
  }
  if (verified) return true;
  const int error = X509_STORE_CTX_get_error(context);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) {
    if (!seen.fault) {
      seen.fault =
          error == X509_V_ERR_CERT_HAS_EXPIRED ? ValidityFault::expired : ValidityFault::not_yet_valid;
    }
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return true;
  }
  seen.error = error;
  return false;
}

}  // namespace xalink
