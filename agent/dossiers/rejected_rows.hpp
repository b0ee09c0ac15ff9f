#pragma once
// The report of a file's bad rows, for the person who repairs them: CSV with file, line, field, reason and
// the mapped columns of the row, UTF-8 with a BOM so that spreadsheets show Vietnamese right.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/dossiers/durable_files.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Grows as a hidden part file and gets its name when the source file is complete; so nobody takes a half
/// report for a whole one. It holds nothing of columns that are not mapped, and is readable for the agent's
/// user and group only. Nothing is on the disk before the first bad row. Thread-safety: none.
class RejectedRows {
 public:
  /// Goes on after `durable_bytes` of an earlier run: what follows them is dropped.
  RejectedRows(std::filesystem::path folder, std::string file, std::uint64_t durable_bytes);

  /// After an error of this or of write(), begin anew with a new object.
  [[nodiscard]] Result<void> add(std::size_t line, std::string_view field, std::string_view reason,
                                 std::string_view shown);

  /// Hands all that was added to the system.
  [[nodiscard]] Result<void> write();
  /// What makes it durable (an fsync: may be run on another thread, and later than this object lives);
  /// empty when there is nothing to do.
  [[nodiscard]] std::function<Result<void>()> take_sync();
  /// Bytes written so far, in this run and before.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// Where the rows wait for the file's end.
  [[nodiscard]] static std::filesystem::path part_of(const std::filesystem::path& folder,
                                                     std::string_view file);

 private:
  [[nodiscard]] Result<void> open();

  std::filesystem::path folder_;
  std::string file_name_;
  std::filesystem::path part_;
  std::shared_ptr<FileDescriptor> part_file_;
  std::string waiting_;
  std::uint64_t bytes_;
  bool unsynced_ = false;
};

}  // namespace xalink
