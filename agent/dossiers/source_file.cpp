#include "agent/dossiers/source_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

namespace xalink {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

FileIdentity identity_of(const struct stat& status) {
  FileIdentity identity;
  identity.size = static_cast<std::uint64_t>(status.st_size);
  identity.changed_ns =
      static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
  identity.inode = status.st_ino;
  return identity;
}

EVP_MD_CTX* evp(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

void must(int openssl_result) {
  if (openssl_result != 1) throw std::bad_alloc();  // SHA-256 in memory fails for nothing else
}

}  // namespace

Result<FileIdentity> identify(const std::filesystem::path& file, bool& regular) {
  struct stat status = {};
  if (::lstat(file.c_str(), &status) != 0) return system_failure(file, "cannot be looked at");
  regular = S_ISREG(status.st_mode);
  return identity_of(status);
}

SourceFile::SourceFile(std::filesystem::path name, int descriptor, FileIdentity identity)
    : name_(std::move(name)),
      file_(std::make_unique<FileDescriptor>(descriptor)),
      identity_(identity),
      left_(identity.size),
      piece_(kPiece, '\0') {}

Result<SourceFile> SourceFile::open(const std::filesystem::path& file) {
  // O_NONBLOCK: a pipe with our suffix must not hold the loop.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return system_failure(file, "cannot be read");
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return failure(file.string(), "is not a plain file", "put the file itself there");
  }
  return SourceFile(file, descriptor, identity_of(status));
}

Result<std::string_view> SourceFile::read() {
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_.size()));
  ssize_t got = 0;
  do {
    got = ::read(file_->get(), piece_.data(), wanted);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return system_failure(name_, "cannot be read");
  left_ -= static_cast<std::uint64_t>(got);
  return std::string_view(piece_).substr(0, static_cast<std::size_t>(got));
}

bool SourceFile::unchanged() const {
  bool regular = false;
  const Result<FileIdentity> now = identify(name_, regular);
  return now && *now == identity_;
}

Result<std::string> digest_of_file(const std::filesystem::path& file) {
  Result<SourceFile> source = SourceFile::open(file);
  if (!source) return Unexpected(std::move(source.error()));
  PrefixDigest digest;
  while (true) {
    const Result<std::string_view> piece = source->read();
    if (!piece) return Unexpected(piece.error());
    if (piece->empty()) return digest.hex();
    digest.add(*piece);
  }
}

PrefixDigest::PrefixDigest() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  must(EVP_DigestInit_ex(evp(context_.get()), EVP_sha256(), nullptr));
}

void PrefixDigest::Free::operator()(void* context) const {
  EVP_MD_CTX_free(evp(context));
}

void PrefixDigest::add(std::string_view bytes) {
  must(EVP_DigestUpdate(evp(context_.get()), bytes.data(), bytes.size()));
}

std::string PrefixDigest::hex() const {
  const std::unique_ptr<void, Free> copy(EVP_MD_CTX_new());
  if (!copy) throw std::bad_alloc();
  must(EVP_MD_CTX_copy_ex(evp(copy.get()), evp(context_.get())));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  must(EVP_DigestFinal_ex(evp(copy.get()), digest.data(), &length));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 0xFU];
  }
  return text;
}

}  // namespace xalink
