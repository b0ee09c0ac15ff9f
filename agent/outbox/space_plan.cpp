#include "agent/outbox/space_plan.hpp"

#include <algorithm>

namespace xalink {
namespace {

// https://sqlite.org/walformat.html: a header of 32 bytes, 24 before each page; the wal-index holds 4062
// frames in its first 32 KiB and 4096 in each further.
constexpr std::uint64_t kWalHeader = 32;
constexpr std::uint64_t kFrameHeader = 24;
constexpr std::uint64_t kIndexBlock = 32 * 1024;
constexpr std::uint64_t kFramesOfBlock = 4096;
constexpr std::uint64_t kFramesLessInFirst = 34;

// A WAL that still grows makes ext4 write its journal for each commit: size, extents, bitmaps. One that is
// short is soon overwritten in place (measured on ext4, one commit a minute: 37.7 KiB a minute to the device
// with 300 pages, 55.9 KiB with 4000 that take eleven hours to fill), and so is the shared memory that lists
// its pages. With less than 100 pages the checkpoints themselves begin to cost more.
constexpr std::uint64_t kCheckpointFrames = 256;
// Room for a write under way is room that no record has: of a small bound it gets a tenth, which is what its
// sources hand over at once (rows_per_append, kMostTextPerAppend) with something to spare. About
// 4 MiB at most: some ten thousand records.
constexpr std::uint64_t kMostTransactionPages = 4'000;
// Positions, marks, gaps and a handful of new shapes, when events fill all the rest.
constexpr std::uint64_t kBookkeepingPages = 64;

}  // namespace

std::uint64_t wal_bytes(std::uint64_t frames, std::uint64_t page_bytes) {
  return frames == 0 ? 0 : kWalHeader + frames * (kFrameHeader + page_bytes);
}

std::uint64_t shared_memory_bytes(std::uint64_t frames) {
  return (frames + kFramesLessInFirst + kFramesOfBlock - 1) / kFramesOfBlock * kIndexBlock;
}

SpacePlan plan_space(std::uint64_t max_bytes, std::uint64_t page_bytes) {
  SpacePlan plan;
  plan.max_bytes = max_bytes;
  plan.page_bytes = page_bytes;
  const auto part = [&](std::uint64_t divisor) { return max_bytes / divisor / (page_bytes + kFrameHeader); };
  plan.checkpoint_frames = std::clamp<std::uint64_t>(part(16), 100, kCheckpointFrames);
  plan.transaction_pages = std::clamp<std::uint64_t>(part(10), 400, kMostTransactionPages);
  const std::uint64_t frames = plan.checkpoint_frames + plan.transaction_pages;
  plan.database_pages =
      (max_bytes - wal_bytes(frames, page_bytes) - shared_memory_bytes(frames)) / page_bytes;
  plan.event_pages = plan.database_pages - kBookkeepingPages;
  plan.measurement_pages = plan.event_pages - std::clamp<std::uint64_t>(plan.database_pages / 16, 64, 1024);
  plan.step_bytes = plan.transaction_pages * page_bytes / 4;
  plan.headroom_pages = plan.database_pages / 64;
  return plan;
}

}  // namespace xalink
