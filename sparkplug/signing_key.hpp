#pragma once
// Keys that sign what is carried by hand, and certificates that say whose they are. Any type that TLS
// takes: RSA, EC, Ed25519. Only signing_key.cpp and certificate.cpp know OpenSSL.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

/// Values; cheap to copy. Thread-safety: as a value.
class PublicKey {
 public:
  /// SubjectPublicKeyInfo, as OpenSSL writes it.
  [[nodiscard]] static Result<PublicKey> from_der(std::string_view der);
  /// "BEGIN PUBLIC KEY", or the key of the first certificate. `where` is for messages.
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem, const std::string& where);
  [[nodiscard]] static Result<PublicKey> load(const std::filesystem::path& pem_file);

  [[nodiscard]] const std::string& der() const { return der_; }
  [[nodiscard]] std::string pem() const;
  /// For people to compare: SHA-256 of the DER, its first 16 bytes in hexadecimal, in groups of four
  /// letters with '-' between.
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.der_ == b.der_; }

 private:
  friend class SigningKey;
  PublicKey(std::shared_ptr<void> key, std::string der);
  std::shared_ptr<void> key_;  ///< EVP_PKEY
  std::string der_;
};

class SigningKey {
 public:
  /// PEM without a passphrase.
  [[nodiscard]] static Result<SigningKey> load(const std::filesystem::path& pem_file);
  /// As above; where there is no such file, a new Ed25519 key that is on the disk on return, for its owner
  /// only (mode 0600). The owner is the folder's, also when root makes it: a service must be able to read
  /// it later.
  [[nodiscard]] static Result<SigningKey> load_or_make(const std::filesystem::path& pem_file);

  [[nodiscard]] Result<std::string> sign(std::string_view message) const;
  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }

 private:
  explicit SigningKey(PublicKey key) : public_key_(std::move(key)) {}
  PublicKey public_key_;  ///< its key_ holds the private part too
};

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Nothing that is no base64 comes back: an empty text instead.
[[nodiscard]] std::string from_base64(std::string_view text);

}  // namespace xalink
