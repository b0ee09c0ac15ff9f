#pragma once
// Damaged outboxes, kept beside the new one for whoever wants to look into them.

#include <cstdint>
#include <filesystem>

#include "sparkplug/result.hpp"

namespace xalink {

/// "<file>.damaged-N", N one above the highest there is: boards have no clock to name files by.
[[nodiscard]] std::filesystem::path next_damaged_name(const std::filesystem::path& file);

/// Where the outbox that takes a damaged one's place is made.
[[nodiscard]] std::filesystem::path fresh_name(const std::filesystem::path& file);

/// Moves `file` with its WAL to `kept` and `fresh_name(file)` to its place, durably, so that a crash at
/// any moment leaves what finish_replacement() brings to its end.
[[nodiscard]] Result<void> replace_damaged(const std::filesystem::path& file,
                                           const std::filesystem::path& kept);
/// Before opening: ends a replacement that a crash has interrupted, or clears away one that had only begun.
[[nodiscard]] Result<void> finish_replacement(const std::filesystem::path& file);

/// Deletes damaged outboxes, the oldest first and with a line in the log, until there are only a few and all
/// of them fit into `room` bytes. Gives how many bytes the rest takes.
std::uint64_t prune_damaged(const std::filesystem::path& file, std::uint64_t room);

}  // namespace xalink
