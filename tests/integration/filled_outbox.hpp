#pragma once
// An outbox that a board has filled while it was cut off.

#include <cstddef>
#include <filesystem>

namespace xalink::test {

/// Appends `count` records: pings to three targets, readings of the board, a dossier event among every
/// twenty; with absent values, over several boots and qualities of the clock. Each is told from all others
/// by its content; to go on later, `first` is how many there were before. Throws when the disk refuses.
void fill_outbox(const std::filesystem::path& file, std::size_t count, std::size_t first = 0);

}  // namespace xalink::test
