#include "agent/outbox/file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace xalink {
namespace {

constexpr std::size_t kSector = 512;

}  // namespace

FileBytes::FileBytes(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  struct stat status = {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return;
  size_ = static_cast<std::uint64_t>(status.st_size);
}

FileBytes::~FileBytes() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string FileBytes::read(std::uint64_t at, std::size_t count) const {
  std::string bytes(at < size_ ? static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - at)) : 0,
                    '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto got =
        ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    // A sector that the card refuses stays zero; the one behind it may be fine.
    done +=
        static_cast<std::size_t>(got > 0 ? static_cast<std::uint64_t>(got) : kSector - (at + done) % kSector);
  }
  return bytes;
}

std::uint32_t big_endian_32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::uint16_t big_endian_16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

}  // namespace xalink
