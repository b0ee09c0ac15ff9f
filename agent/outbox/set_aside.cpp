#include "agent/outbox/set_aside.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <system_error>

#include "sparkplug/folder.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDamaged = ".damaged-";
// Two tell whether the card goes on breaking; more only fill it.
constexpr std::size_t kMostKept = 3;

fs::path with(const fs::path& file, std::string_view suffix) {
  auto path = file;
  path += suffix;
  return path;
}

bool there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

/// By number.
std::map<std::uint64_t, fs::path> damaged_ones(const fs::path& file) {
  std::map<std::uint64_t, fs::path> found;
  const auto prefix = file.filename().string() + std::string(kDamaged);
  std::error_code error;
  for (fs::directory_iterator entry(folder_of(file), error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    std::uint64_t number = 0;
    const auto* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + prefix.size(), end, number);
    if (parsed.ec == std::errc{}) found[number] = with(file, std::string(kDamaged) + std::to_string(number));
  }
  return found;
}

Unexpected refused(const fs::path& file, const char* what) {
  const auto reason = std::generic_category().message(errno);
  return failure(file.string(), std::string(what) + ": " + reason,
                 "Check that the agent's user may write in " + folder_of(file).string() +
                     " and look for errors of the card with dmesg");
}

Result<void> sync_folder(const fs::path& file) {
  const auto folder = folder_of(file);
  errno = sync_names(folder);
  if (errno != 0) return refused(folder, "the folder cannot be made durable");
  return {};
}

Result<void> move(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
    return refused(from, "the damaged outbox cannot be moved aside");
  }
  return {};
}

/// A WAL or journal must never lie beside another database than its own.
Result<void> move_journals(const fs::path& file, const fs::path& kept) {
  std::error_code ignored;
  fs::remove(with(file, "-shm"), ignored);
  for (const char* journal : {"-wal", "-journal"}) {
    if (auto moved = move(with(file, journal), with(kept, journal)); !moved) return moved;
  }
  return sync_folder(file);
}

std::uint64_t bytes_of(const fs::path& kept) {
  std::uint64_t bytes = 0;
  for (const char* part : {"", "-wal", "-journal"}) {
    std::error_code absent;
    const auto size = fs::file_size(with(kept, part), absent);
    if (!absent) bytes += size;
  }
  return bytes;
}

}  // namespace

fs::path fresh_name(const fs::path& file) {
  return with(file, ".fresh");
}

fs::path next_damaged_name(const fs::path& file) {
  const auto found = damaged_ones(file);
  const auto number = found.empty() ? 1 : found.rbegin()->first + 1;
  return with(file, std::string(kDamaged) + std::to_string(number));
}

Result<void> replace_damaged(const fs::path& file, const fs::path& kept) {
  // The fresh one's name must be safe before the old one's goes.
  if (auto synced = sync_folder(file); !synced) return synced;
  if (auto moved = move(file, kept); !moved) return moved;
  // Nor may its WAL go first: the file alone would be salvaged anew, without its last commits.
  if (auto synced = sync_folder(file); !synced) return synced;
  if (auto moved = move_journals(file, kept); !moved) return moved;
  if (auto moved = move(fresh_name(file), file); !moved) return moved;
  return sync_folder(file);
}

Result<void> finish_replacement(const fs::path& file) {
  const auto fresh = fresh_name(file);
  if (!there(fresh)) return {};
  if (there(file)) {
    std::error_code error;
    for (const char* part : {"-wal", "-shm", "-journal", ""}) fs::remove(with(fresh, part), error);
    if (error) return refused(fresh, "the rest of an interrupted salvage cannot be removed");
    return {};
  }
  const auto found = damaged_ones(file);
  const auto kept = found.empty() ? with(file, std::string(kDamaged) + "1") : found.rbegin()->second;
  if (auto moved = move_journals(file, kept); !moved) return moved;
  if (auto moved = move(fresh, file); !moved) return moved;
  return sync_folder(file);
}

std::uint64_t prune_damaged(const fs::path& file, std::uint64_t room) {
  const auto found = damaged_ones(file);
  std::uint64_t bytes = 0;
  for (const auto& [number, kept] : found) bytes += bytes_of(kept);
  std::size_t left = found.size();
  for (const auto& [number, kept] : found) {
    if (left <= kMostKept && bytes <= room) break;
    const auto size = bytes_of(kept);
    std::error_code ignored;
    for (const char* part : {"-wal", "-journal", ""}) fs::remove(with(kept, part), ignored);
    --left;
    if (there(kept)) continue;
    bytes -= std::min(bytes, size);
    spdlog::warn("{}: this damaged outbox, {} bytes that were kept to be looked at, is deleted: {}",
                 kept.string(), size,
                 bytes + size > room ? "outbox.max_bytes has no more room for it" : "newer ones are kept");
  }
  return bytes;
}

}  // namespace xalink
