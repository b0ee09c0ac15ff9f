#pragma once
// How the bytes that an outbox may take are shared out among its files.

#include <cstddef>
#include <cstdint>

namespace xalink {

/// Everything follows from the bound and the size of a page. All together never exceed max_bytes:
/// database_pages, a WAL of checkpoint_frames + transaction_pages, and the shared memory for it.
struct SpacePlan {
  std::uint64_t max_bytes = 0;
  std::uint64_t page_bytes = 0;
  /// The WAL goes into the database when it has more frames than this.
  std::uint64_t checkpoint_frames = 0;
  std::uint64_t transaction_pages = 0;  ///< the most that one transaction may write
  std::uint64_t database_pages = 0;     ///< the most that the database may ever have

  // Pages in use, of database_pages.
  std::uint64_t measurement_pages = 0;  ///< measurements may fill it up to here: the rest is for events
  std::uint64_t event_pages = 0;        ///< events up to here: the rest is for marks, notes and gaps

  std::uint64_t step_bytes = 0;      ///< of rows that one transaction of thinning or dropping takes away
  std::uint64_t headroom_pages = 0;  ///< made free at a time, so that not every append has to make room
};

/// `page_bytes`: PRAGMA page_size.
[[nodiscard]] SpacePlan plan_space(std::uint64_t max_bytes, std::uint64_t page_bytes);

/// Size of a WAL of so many frames, and of the shared memory (wal-index) that goes with it.
[[nodiscard]] std::uint64_t wal_bytes(std::uint64_t frames, std::uint64_t page_bytes);
[[nodiscard]] std::uint64_t shared_memory_bytes(std::uint64_t frames);

/// What a row takes in a leaf of a lane's table, for a body of so many bytes; within a few, never less.
[[nodiscard]] constexpr std::uint64_t row_bytes(std::size_t body) {
  return body + 44;
}

}  // namespace xalink
