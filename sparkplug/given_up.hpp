#pragma once
// Why records are given up: a closed set, so that every birth can declare a counter for each
// ("Outbox/Given Up/<reason>") and none ever needs a rebirth.

#include <string_view>

namespace xalink::given_up {

/// Stands in an hourly summary instead.
inline constexpr std::string_view kThinned = "thinned";
/// Dropped because the outbox was full; summaries too.
inline constexpr std::string_view kSpace = "space";
/// Dropped because it was older than the outbox may keep it.
inline constexpr std::string_view kAge = "age";
/// Never reached the disk: it refused for so long that memory was full. Had no row id.
inline constexpr std::string_view kMemory = "memory";
/// Could not be read out of a damaged outbox.
inline constexpr std::string_view kDamaged = "damaged";

inline constexpr std::string_view kReasons[] = {kThinned, kSpace, kAge, kMemory, kDamaged};

}  // namespace xalink::given_up
