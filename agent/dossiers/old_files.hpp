#pragma once
// Originals that were taken hold names and addresses that never leave the board: they are not kept for longer
// than somebody may want to look at them, nor until they fill the card.

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Removes the plain files directly in `folder` that were put there more than `keep` before `now`; how many
/// they were. When a file was put there its inode tells (a rename touches it), so copies that keep an old
/// modification time are kept as long as any. A file that seems to come from the future, or from before
/// this program was written, was put there under a wrong clock: its time begins anew.
///
/// `now` must come from a clock that can be trusted. Blocks; any thread. A file that cannot be removed is an
/// error, after all others were tried.
[[nodiscard]] Result<std::size_t> remove_old_files(const std::filesystem::path& folder,
                                                   std::chrono::days keep, WallTime now);

}  // namespace xalink
