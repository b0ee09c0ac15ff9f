#pragma once
// Files that are carried by hand between board and gateway: a run of frames, then a signature over all of
// them. Written and read as streams, in constant memory, so that a file may be larger than memory.
//
//   file       magic (8 bytes), kind (1 byte: 'E' export, 'A' acknowledgement), version (1 byte), frames
//   frame      type (1 byte), length (4 bytes, little-endian), payload, check (16 bytes)
//   check      the first half of SHA-256 over all bytes of the file before it: says where a file was altered
//   last frame type 'S': signature over kContext and the whole SHA-256 over all bytes before this frame
//
// Nothing follows the last frame. A frame is as long as a Sparkplug message may be, whatever it claims.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

/// Takes bytes in order. An error ends the writing.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;
  [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
};

/// Gives bytes in order.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  /// Up to `most` bytes to `to`; 0 at the end.
  [[nodiscard]] virtual Result<std::size_t> read(char* to, std::size_t most) = 0;
};

/// Bytes that are in memory already. `bytes` outlives this.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] Result<std::size_t> read(char* to, std::size_t most) override;

 private:
  std::string_view left_;
};

enum class SignedFileKind : char { export_file = 'E', acknowledgement = 'A' };

inline constexpr std::size_t kLargestFrame = std::size_t{1} << 20U;
inline constexpr std::string_view kSignedFileMagic = "\x89XAL\r\n\x1a\n";

using FrameCheck = std::array<char, 16>;

class SignedFileWriter {
 public:
  /// `sink` outlives this.
  SignedFileWriter(ByteSink& sink, SignedFileKind kind);
  ~SignedFileWriter();
  SignedFileWriter(const SignedFileWriter&) = delete;
  SignedFileWriter& operator=(const SignedFileWriter&) = delete;

  /// `type` is any letter but 'S'. Fails when `payload` is longer than a frame may be.
  [[nodiscard]] Result<void> add(char type, std::string_view payload);
  [[nodiscard]] Result<void> finish(const SigningKey& key);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  class Hash;
  [[nodiscard]] Result<void> put(std::string_view bytes);
  [[nodiscard]] Result<void> put_frame(char type, std::string_view payload);

  ByteSink& sink_;
  std::unique_ptr<Hash> hash_;
  std::string begin_;  ///< what the file begins with, until it is written
  std::uint64_t bytes_ = 0;
};

/// Trusts nothing it reads. Errors name `where` and what is wrong: empty, no such file of ours, of the
/// other kind, of a newer version, altered (near which byte), truncated.
class SignedFileReader {
 public:
  /// `source` outlives this.
  SignedFileReader(ByteSource& source, SignedFileKind kind, std::string where);
  ~SignedFileReader();
  SignedFileReader(const SignedFileReader&) = delete;
  SignedFileReader& operator=(const SignedFileReader&) = delete;

  struct Frame {
    char type = 0;
    std::string payload;
  };
  /// The next frame; nothing after the last one, when the signature has been read and the file ends.
  [[nodiscard]] Result<std::optional<Frame>> next();
  /// Of all bytes up to the end of the last frame given.
  [[nodiscard]] const FrameCheck& check() const { return check_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// After the last frame: is the signature by this key?
  [[nodiscard]] Result<void> verify(const PublicKey& key) const;

  [[nodiscard]] Unexpected altered(const std::string& how) const;

 private:
  class Hash;
  /// Exactly `size` bytes added to `to`; fewer are a truncated file.
  [[nodiscard]] Result<void> take(std::string& to, std::size_t size);
  [[nodiscard]] Result<void> take_beginning();
  [[nodiscard]] Unexpected truncated() const;

  ByteSource& source_;
  SignedFileKind kind_;
  std::string where_;
  std::unique_ptr<Hash> hash_;
  FrameCheck check_{};
  std::string signed_hash_;
  std::string signature_;
  std::uint64_t bytes_ = 0;
  bool begun_ = false;
  bool ended_ = false;        ///< with its signature
  bool ended_early_ = false;  ///< without
};

}  // namespace xalink
