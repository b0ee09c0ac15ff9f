#pragma once
// Bytes of a file on a card that may refuse some of them.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace xalink {

class FileBytes {
 public:
  /// A file that cannot be opened counts as empty.
  explicit FileBytes(const std::filesystem::path& file);
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// As many as there are; zeros where the card refuses.
  [[nodiscard]] std::string read(std::uint64_t at, std::size_t count) const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// Big-endian, as everywhere in SQLite's files.
[[nodiscard]] std::uint32_t big_endian_32(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint16_t big_endian_16(std::string_view bytes, std::size_t at);

}  // namespace xalink
