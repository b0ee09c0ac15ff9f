#pragma once
// The newest moment at which the board is known to have run, kept on the disk: what a power cut is timed by.

#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/record.hpp"

namespace xalink {

/// Under this key of the outbox's notes. It is written with every flush of the recorder, so that it costs a
/// card no write of its own while there is anything to record, and every kFlushesWithoutSign flush intervals
/// while not: a commit a minute would wear the card as much as all records together.
inline constexpr std::string_view kSignOfLifeNote = "board/alive";
inline constexpr int kFlushesWithoutSign = 5;

[[nodiscard]] std::string sign_of_life(const Stamp& stamp);
/// Nothing when it is none.
[[nodiscard]] std::optional<Stamp> read_sign_of_life(std::string_view text);

}  // namespace xalink
