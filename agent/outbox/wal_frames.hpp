#pragma once
// The frames of a WAL (sqlite.org/fileformat2.html, section 4), judged without SQLite.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/outbox/file_bytes.hpp"

namespace xalink {

struct WalFrames {
  static constexpr std::size_t kHeader = 32;
  static constexpr std::size_t kFrameHeader = 24;

  /// Page number of each frame in its place; 0 where the frame is of no use. Ends with a commit.
  std::vector<std::uint32_t> pages;
  /// Transactions that were complete are cut off by a frame or a header that changed: SQLite would pass
  /// over them in silence, and the outbox would give their row ids to other rows. A power cut does not
  /// look like that: it can only tear the last transaction.
  bool damaged = false;
};

[[nodiscard]] WalFrames read_wal_frames(const FileBytes& wal, std::size_t page_size);

/// As SQLite does: the size that the database's header says, 1024 when that makes no sense.
[[nodiscard]] std::size_t page_size_of(const FileBytes& database);

}  // namespace xalink
