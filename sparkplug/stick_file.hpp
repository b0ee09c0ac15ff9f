#pragma once
// Files on a stick that may be pulled out at any moment: one that is written is there whole or not at all.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"
#include "sparkplug/signed_file.hpp"

namespace xalink {

/// Written as FILE.partial beside FILE, which becomes FILE only by finish(), when all of it is on the
/// medium. Dropped without finish() (an error, a stick that is gone), it removes what it wrote as far as the
/// medium lets it; a left-over FILE.partial has no signature, and the next one to write FILE replaces it.
/// Works on FAT: no links, modes or odd names are needed.
class StickFile final : public ByteSink {
 public:
  /// Fails when FILE is no regular file, the folder refuses, or somebody else writes FILE now. Whether FILE
  /// may be replaced is the caller's to know.
  [[nodiscard]] static Result<std::unique_ptr<StickFile>> create(const std::filesystem::path& file);
  ~StickFile() override;

  [[nodiscard]] Result<void> write(std::string_view bytes) override;
  /// On the medium under its name on return.
  [[nodiscard]] Result<void> finish();
  /// Bytes that the medium still takes; nothing told: the most there is.
  [[nodiscard]] std::uint64_t free_bytes() const;

 private:
  StickFile(std::filesystem::path file, std::filesystem::path partial, int descriptor);
  [[nodiscard]] Result<void> flush();

  std::filesystem::path file_;
  std::filesystem::path partial_;
  int descriptor_;
  std::string buffer_;
};

/// A regular file, read from its begin. Knows its size.
class StickSource final : public ByteSource {
 public:
  [[nodiscard]] static Result<std::unique_ptr<StickSource>> open(const std::filesystem::path& file);
  /// Takes a descriptor that somebody opened; owns it from now on. `name` is for messages.
  [[nodiscard]] static Result<std::unique_ptr<StickSource>> adopt(int descriptor, std::string name);
  ~StickSource() override;

  [[nodiscard]] Result<std::size_t> read(char* to, std::size_t most) override;
  void rewind() { at_ = 0; }
  /// A read was refused: the stick, not what stands on it, is at fault.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  StickSource(int descriptor, std::string name, std::uint64_t size);
  int descriptor_;
  std::string name_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
  bool failed_ = false;
};

/// What could not be done with a file.
enum class StickAttempt : std::uint8_t { read, written, named };

/// "The stick was pulled out", "free space on it", ...: what to do about errno `code` met on `file`.
[[nodiscard]] Error stick_error(const std::filesystem::path& file, StickAttempt attempt, int code);

}  // namespace xalink
