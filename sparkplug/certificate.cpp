#include "sparkplug/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "sparkplug/said.hpp"

namespace xalink {
namespace {

constexpr std::size_t kLongestName = 256;
constexpr int kMostIntermediates = 8;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using Certificate = std::unique_ptr<X509, Free>;

int no_passphrase(char*, int, int, void*) {
  return -1;
}

Certificate next_certificate(BIO* in) {
  return Certificate(PEM_read_bio_X509(in, nullptr, no_passphrase, nullptr));
}

std::string common_name(X509* certificate) {
  const auto* subject = X509_get_subject_name(certificate);
  const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (place < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, place) >= 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
  std::string name;
  if (size > 0 && static_cast<std::size_t>(size) <= kLongestName)
    name.assign(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name;
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm when{};
  if (ASN1_TIME_to_tm(time, &when) != 1) return {};
  return WallTime(std::chrono::seconds(::timegm(&when)));
}

std::string public_key_der(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  std::string bytes;
  if (size > 0) bytes.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Result<CertifiedName> check_certificate(std::string_view pem, const std::filesystem::path& ca_file) {
  const std::unique_ptr<BIO, Free> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto leaf = next_certificate(in.get());
  if (!leaf) return failure("certificate", "cannot be read | không đọc được");
  const std::unique_ptr<STACK_OF(X509), Free> others(sk_X509_new_null());
  while (sk_X509_num(others.get()) < kMostIntermediates) {
    auto more = next_certificate(in.get());
    if (!more) break;
    sk_X509_push(others.get(), more.release());
  }
  const std::unique_ptr<X509_STORE, Free> store(X509_STORE_new());
  if (X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
    return Unexpected(refusal(
        ca_file.string(),
        {"holds no certificates of an authority", "không có chứng thư của cơ quan cấp chứng thư"},
        {"give the file that signed the boards' certificates", "chỉ tệp đã ký chứng thư của các máy"}));
  }
  const std::unique_ptr<X509_STORE_CTX, Free> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), others.get());
  auto* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
  if (X509_verify_cert(context.get()) != 1) {
    return failure("certificate",
                   std::string(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))),
                   "See that " + ca_file.string() + " is the authority that signed it");
  }
  auto name = common_name(leaf.get());
  if (name.empty())
    return failure("certificate",
                   "names nobody, or more than one (CN) | không ghi tên ai, hoặc ghi nhiều hơn một (CN)");
  auto key = PublicKey::from_der(public_key_der(leaf.get()));
  if (!key) return failure("certificate", "has a key that cannot be used | có khóa không dùng được");
  return CertifiedName{std::move(name), std::move(*key), time_of(X509_get0_notAfter(leaf.get()))};
}

Result<CertificateLabel> read_certificate_label(std::string_view pem) {
  const std::unique_ptr<BIO, Free> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto certificate = next_certificate(in.get());
  if (!certificate) return failure("certificate", "holds no certificate in PEM form");
  return CertificateLabel{common_name(certificate.get()), time_of(X509_get0_notBefore(certificate.get())),
                          time_of(X509_get0_notAfter(certificate.get()))};
}

}  // namespace xalink
