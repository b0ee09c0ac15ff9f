#pragma once
// How far each file of the drop folder was taken, as the note that goes into the outbox with the rows.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

struct FileProgress {
  std::uint64_t offset = 0;  ///< bytes whose rows were taken or reported
  std::string digest;        ///< SHA-256 of those bytes, hex: the same name may come with another content
  std::uint64_t rows_taken = 0;
  std::uint64_t rows_rejected = 0;
  std::uint64_t report_bytes = 0;  ///< of the report of rejected rows, durable
  bool complete = false;           ///< to the end; only the file itself is still to be moved
  friend bool operator==(const FileProgress&, const FileProgress&) = default;
};

/// By file name. Only files that are begun and not yet moved are in it: as a rule, one.
using FolderProgress = std::map<std::string, FileProgress>;

[[nodiscard]] std::string encode(const FolderProgress& progress);
/// Fails on text that encode() has not written.
[[nodiscard]] Result<FolderProgress> decode_progress(std::string_view text);

}  // namespace xalink
