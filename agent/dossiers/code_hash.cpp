#include "agent/dossiers/code_hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>
#include <utility>

#include "agent/dossiers/secret_file.hpp"

namespace xalink {
namespace {

constexpr std::size_t kLeastKey = 32;
constexpr std::size_t kMostKey = 4096;
constexpr std::size_t kPseudonymBytes = 16;
constexpr const char* kMakeOne =
    "make one with: head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE; give it to the agent's user, "
    "and "
    "keep a copy in a safe place";

}  // namespace

Result<CodeHash> CodeHash::load(const std::filesystem::path& key_file) {
  Result<std::string> key = read_secret(key_file, "the key of the code hash", kLeastKey, kMostKey, kMakeOne);
  if (!key) return Unexpected(std::move(key.error()));
  return CodeHash(std::move(*key));
}

std::string CodeHash::operator()(std::string_view code) const {
  if (!on()) return std::string(code);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  // The library takes plain unsigned bytes.
  const auto* bytes = reinterpret_cast<const unsigned char*>(code.data());
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes, code.size(), digest.data(),
           &length) == nullptr) {
    throw std::bad_alloc();  // in memory it fails for nothing else
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < kPseudonymBytes; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 0xFU];
  }
  return text;
}

}  // namespace xalink
