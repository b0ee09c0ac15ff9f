#include "agent/outbox/disk_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <system_error>

#include "agent/outbox/outbox_file.hpp"
#include "agent/outbox/statement_use.hpp"

namespace xalink {
namespace {

constexpr const char* kParts[] = {"", "-wal", "-shm"};

std::uint64_t size_at(std::filesystem::path file, const char* suffix) {
  file += suffix;
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  return absent ? 0 : size;
}

}  // namespace

std::uint64_t bytes_of_files(const std::filesystem::path& file) {
  std::uint64_t bytes = 0;
  for (const char* part : kParts) bytes += size_at(file, part);
  return bytes;
}

DiskSpace::DiskSpace(SQLite::Database& database, std::filesystem::path file, std::uint64_t max_bytes)
    : database_(database),
      file_(std::move(file)),
      plan_(plan_space(max_bytes,
                       static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_size").getInt64()))),
      page_count_(database, "PRAGMA page_count"),
      freelist_count_(database, "PRAGMA freelist_count") {
  database.exec("PRAGMA wal_autocheckpoint = " + std::to_string(plan_.checkpoint_frames));
  // The WAL does not stay larger after a big append.
  database.exec("PRAGMA journal_size_limit = " +
                std::to_string(wal_bytes(plan_.checkpoint_frames, plan_.page_bytes)));
  // The last resort: room is made long before this.
  database.exec("PRAGMA max_page_count = " + std::to_string(plan_.database_pages));
  reserve_wal();
}

/// Blocks for what the WAL grows to until its first checkpoint, taken at once: else each commit until then
/// makes ext4 note another block as taken, in two blocks of its own. Neither size nor content change. Refused
/// by a full disk, or by a file system that cannot: then it grows as it always did.
void DiskSpace::reserve_wal() const {
  auto wal = file_;
  wal += "-wal";
  const int file = ::open(wal.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  const auto bytes = wal_bytes(plan_.checkpoint_frames, plan_.page_bytes);
  (void)::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
  ::close(file);  // SQLite has no lock on it that this could drop
}

std::uint64_t DiskSpace::number(SQLite::Statement& pragma) {
  StatementUse use(pragma);
  return use->executeStep() ? static_cast<std::uint64_t>(use->getColumn(0).getInt64()) : 0;
}

std::uint64_t DiskSpace::size_of(const char* suffix) const {
  return size_at(file_, suffix);
}

std::uint64_t DiskSpace::used_pages() {
  return number(page_count_) - number(freelist_count_);
}

bool DiskSpace::oversized() {
  return number(page_count_) > plan_.database_pages;
}

bool DiskSpace::fits(std::uint64_t pages) {
  const auto count = number(page_count_);
  const auto spare = number(freelist_count_);
  const auto grown = count + (pages > spare ? pages - spare : 0);
  const auto database =
      std::max(size_of(""), std::max(count, std::min(grown, plan_.database_pages)) * plan_.page_bytes);
  const auto frame = wal_bytes(1, plan_.page_bytes);  // counts the WAL's header with each: never too little
  const auto wal = size_of("-wal") + pages * frame;
  const auto shared = std::max(size_of("-shm"), shared_memory_bytes(wal / (plan_.page_bytes + 1)));
  return database + wal + shared <= plan_.max_bytes;
}

void DiskSpace::empty_wal() {
  const int refused =
      sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (refused != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), refused);
  reserve_wal();
}

void DiskSpace::prepare(std::uint64_t pages) {
  if (fits(pages)) return;
  empty_wal();
  if (fits(pages)) return;
  // A file from a larger bound is not made any larger, but goes on being used.
  if (oversized() && size_of("-wal") + pages * wal_bytes(1, plan_.page_bytes) <=
                         wal_bytes(plan_.checkpoint_frames + plan_.transaction_pages, plan_.page_bytes)) {
    return;
  }
  throw NoRoom(Error{file_.string(), "the outbox has no room for so much at once within its bound",
                     "Raise [outbox] max_bytes"});
}

}  // namespace xalink
