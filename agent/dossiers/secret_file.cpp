#include "agent/dossiers/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/dossiers/durable_files.hpp"

namespace xalink {

Result<std::string> read_secret(const std::filesystem::path& file, std::string_view what, std::size_t least,
                                std::size_t most, const std::string& next) {
  const std::string name(what);
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (in.get() < 0) return failure(file.string(), name + " cannot be read", next);
  struct stat status = {};
  if (::fstat(in.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return failure(file.string(), "is not a file with " + name, next);
  }
  if ((status.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP)) != 0) {
    return failure(file.string(), "others can read or change " + name, "run: chmod 600 " + file.string());
  }
  std::string secret(most + 2, '\0');
  const ssize_t got = ::read(in.get(), secret.data(), secret.size());
  secret.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < least || secret.size() > most) {
    return failure(file.string(),
                   name + " has " + std::to_string(secret.size()) + " bytes; it needs " +
                       std::to_string(least) + " to " + std::to_string(most),
                   next);
  }
  return secret;
}

}  // namespace xalink
