#include "sparkplug/signing_key.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "sparkplug/folder.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

constexpr std::size_t kLargestKeyFile = 64 * 1024;
constexpr std::size_t kLongestBase64 = 256 * 1024;  // an acknowledgement with its certificates

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* pointer) { EVP_PKEY_free(static_cast<EVP_PKEY*>(pointer)); }};
}

EVP_PKEY* raw(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

Bio reader_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(BIO* bio) {
  char* begin = nullptr;
  const auto size = BIO_get_mem_data(bio, &begin);
  return size > 0 ? std::string(begin, static_cast<std::size_t>(size)) : std::string();
}

std::string der_of(EVP_PKEY* key) {
  const int size = i2d_PUBKEY(key, nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* end = reinterpret_cast<unsigned char*>(der.data());
  i2d_PUBKEY(key, &end);
  return der;
}

// Ed25519 hashes by itself; all others sign a SHA-256.
const EVP_MD* digest_for(EVP_PKEY* key) {
  const bool own = EVP_PKEY_is_a(key, "ED25519") != 0 || EVP_PKEY_is_a(key, "ED448") != 0;
  return own ? nullptr : EVP_sha256();
}

// A key with a passphrase must not make a service ask a terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<std::string> read_small(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const auto why = std::generic_category().message(errno);
    return Unexpected(
        refusal(file.string(), Said("cannot be read: ", "không đọc được: ") + why,
                {"Correct the path, or run this as root", "Sửa đường dẫn, hoặc chạy lệnh với quyền root"}));
  }
  std::string text(kLargestKeyFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLargestKeyFile) {
    return Unexpected(
        refusal(file.string(), {"is larger than a key can be", "lớn hơn mọi tệp khóa"},
                {"Name the file that holds the key in PEM", "Chỉ đúng tệp chứa khóa ở dạng PEM"}));
  }
  return text;
}

Unexpected cannot_make(const std::filesystem::path& file, int code) {
  return Unexpected(refusal(
      file.string(),
      Said("the key cannot be made: ", "không tạo được khóa: ") + std::generic_category().message(code),
      code == ENOSPC || code == EDQUOT
          ? Said("Free space on this disk", "Giải phóng chỗ trên đĩa này")
          : Said("Let the program's user write in the folder, or run this as root",
                 "Cho người dùng của chương trình quyền ghi vào thư mục, hoặc chạy lệnh với quyền root")));
}

/// Whole or not at all: linked to its name only when it is on the disk.
Result<void> write_key(const std::filesystem::path& file, const std::string& pem) {
  const auto folder = folder_of(file);
  const auto draft = file.string() + "." + std::to_string(::getpid()) + ".new";
  const int out = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (out < 0) return cannot_make(file, errno);
  struct stat owner {};
  bool good = ::stat(folder.c_str(), &owner) == 0;
  if (good && ::geteuid() == 0) good = ::fchown(out, owner.st_uid, owner.st_gid) == 0;
  good = good && ::write(out, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size());
  good = good && ::fsync(out) == 0;
  int code = errno;
  ::close(out);
  // A link fails where there is a key already: of two that make one at a time, one wins and both use it.
  if (good && ::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    code = errno;
    good = (code == EPERM || code == EOPNOTSUPP) && ::rename(draft.c_str(), file.c_str()) == 0;
  }
  ::unlink(draft.c_str());
  if (!good) return cannot_make(file, code == 0 ? EIO : code);
  return {};
}

/// A key whose name a power cut takes away again must sign nothing: the next one would be a stranger to
/// whoever was given this one. Also of a key that is there, because who made it may have come no further.
Result<void> keep_name(const std::filesystem::path& file, bool made) {
  const int code = sync_names(folder_of(file));
  // Who may not look into the folder did not make the key.
  if (code == 0 || (code == EACCES && !made)) return {};
  return Unexpected(refusal(
      file.string(),
      Said(
          "the key is not used, because a power cut could take it away again: its folder cannot be "
          "written out: ",
          "không dùng khóa này, vì mất điện có thể làm mất nó: không ghi được thư mục của khóa xuống đĩa: ") +
          std::generic_category().message(code),
      code == EACCES
          ? Said("Let the program's user read the folder, or run this as root",
                 "Cho người dùng của chương trình quyền đọc thư mục, hoặc chạy lệnh với quyền root")
          : Said("Check the disk (dmesg) and try again, or keep the key on another disk",
                 "Kiểm tra đĩa (dmesg) rồi thử lại, hoặc để khóa trên đĩa khác")));
}

Said use_another() {
  return {"Use an RSA, EC or Ed25519 key", "Dùng khóa RSA, EC hoặc Ed25519"};
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<void> key, std::string der)
    : key_(std::move(key)), der_(std::move(der)) {}

Result<PublicKey> PublicKey::from_der(std::string_view der) {
  const auto* at = bytes_of(der);
  auto key = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key || at != bytes_of(der) + der.size())
    return failure("", "is not a public key | không phải khóa công khai");
  auto same = der_of(raw(key));
  return PublicKey(std::move(key), std::move(same));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem, const std::string& where) {
  auto in = reader_of(pem);
  auto key = owned(PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    in = reader_of(pem);
    const std::unique_ptr<X509, Free> certificate(
        PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    if (certificate) key = owned(X509_get_pubkey(certificate.get()));
  }
  if (!key) {
    return Unexpected(refusal(where, {"holds no public key", "không có khóa công khai"},
                              {"Give a PEM file that begins with BEGIN PUBLIC KEY or BEGIN CERTIFICATE",
                               "Dùng tệp PEM bắt đầu bằng BEGIN PUBLIC KEY hoặc BEGIN CERTIFICATE"}));
  }
  auto der = der_of(raw(key));
  return PublicKey(std::move(key), std::move(der));
}

Result<PublicKey> PublicKey::load(const std::filesystem::path& pem_file) {
  const auto text = read_small(pem_file);
  if (!text) return Unexpected(text.error());
  return from_pem(*text, pem_file.string());
}

std::string PublicKey::pem() const {
  const Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(out.get(), raw(key_));
  return text_of(out.get());
}

std::string PublicKey::fingerprint() const {
  constexpr std::size_t kShown = 16;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(der_.data(), der_.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, EVP_sha256(),
             nullptr);
  std::string text;
  for (std::size_t i = 0; i < kShown; ++i) {
    if (i > 0 && i % 2 == 0) text += '-';
    const auto byte = static_cast<unsigned char>(hash[i]);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const Digest context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest_for(raw(key_)), nullptr, raw(key_)) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& pem_file) {
  const auto text = read_small(pem_file);
  if (!text) return Unexpected(text.error());
  const auto in = reader_of(*text);
  auto key = owned(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    return Unexpected(refusal(pem_file.string(),
                              {"holds no private key that can be used", "không có khóa riêng dùng được"},
                              {"Give a PEM file with BEGIN PRIVATE KEY and without a passphrase",
                               "Dùng tệp PEM có BEGIN PRIVATE KEY và không đặt mật khẩu"}));
  }
  auto der = der_of(raw(key));
  return SigningKey(PublicKey(std::move(key), std::move(der)));
}

Result<SigningKey> SigningKey::load_or_make(const std::filesystem::path& pem_file) {
  std::error_code error;
  if (std::filesystem::exists(pem_file, error)) {
    if (auto kept = keep_name(pem_file, /*made=*/false); !kept) return Unexpected(kept.error());
    return load(pem_file);
  }
  auto key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) {
    return Unexpected(refusal(pem_file.string(),
                              {"OpenSSL makes no Ed25519 key", "OpenSSL không tạo được khóa Ed25519"}, {}));
  }
  const Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(out.get(), raw(key), nullptr, nullptr, 0, nullptr, nullptr);
  if (auto written = write_key(pem_file, text_of(out.get())); !written) return Unexpected(written.error());
  if (auto kept = keep_name(pem_file, /*made=*/true); !kept) return Unexpected(kept.error());
  return load(pem_file);
}

Result<std::string> SigningKey::sign(std::string_view message) const {
  auto* key = raw(public_key_.key_);
  const Digest context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, digest_for(key), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1) {
    return Unexpected(
        refusal("", {"this type of key cannot sign", "loại khóa này không ký được"}, use_another()));
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(message), message.size()) != 1) {
    return Unexpected(refusal("", {"the key does not sign", "khóa không ký được"}, use_another()));
  }
  signature.resize(size);
  return signature;
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kLongestBase64) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                      static_cast<int>(text.size())) < 0) {
    return {};
  }
  for (auto end = text.size(); end > text.size() - 2 && text[end - 1] == '='; --end) bytes.pop_back();
  return bytes;
}

}  // namespace xalink
