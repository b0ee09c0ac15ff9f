#pragma once
// A file of the drop folder while it is read: in pieces, and with a fingerprint of what was read.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "agent/dossiers/durable_files.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What tells that a file was touched.
struct FileIdentity {
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Does not follow links. `regular` gets whether it is a plain file.
[[nodiscard]] Result<FileIdentity> identify(const std::filesystem::path& file, bool& regular);

class SourceFile {
 public:
  /// Refuses links and everything that is not a plain file.
  [[nodiscard]] static Result<SourceFile> open(const std::filesystem::path& file);

  [[nodiscard]] const FileIdentity& identity() const { return identity_; }
  /// The next piece of at most 64 KiB, not beyond the size at open(); empty at the end.
  [[nodiscard]] Result<std::string_view> read();
  /// Whether the name still stands for what was opened.
  [[nodiscard]] bool unchanged() const;

 private:
  SourceFile(std::filesystem::path name, int descriptor, FileIdentity identity);

  std::filesystem::path name_;
  std::unique_ptr<FileDescriptor> file_;
  FileIdentity identity_;
  std::uint64_t left_;
  std::string piece_;
};

/// SHA-256 of the whole file, hex. Reads all of it: for the worker thread.
[[nodiscard]] Result<std::string> digest_of_file(const std::filesystem::path& file);

/// SHA-256 of what was added so far; may be asked for at any time.
class PrefixDigest {
 public:
  PrefixDigest();
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex() const;

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace xalink
