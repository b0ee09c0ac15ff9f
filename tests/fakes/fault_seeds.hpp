#pragma once
// Which accidents a randomised fault test goes through: few in CI, others and more of them in a long run.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>

namespace xalink::test {

/// Seeds first, first + 1, ..., first + count - 1. A test prints the seed that failed; the same numbers
/// in the environment bring the same accident back.
struct FaultSeeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
};

/// XALINK_SEEDS multiplies `usual`, XALINK_FAULT_SEED is the first seed (default 1). `tests/run.sh faults
/// --hours N` sets both anew for each round.
[[nodiscard]] inline FaultSeeds fault_seeds(std::uint64_t usual) {
  const auto number = [](const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    const auto value = text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    return value == 0 ? fallback : std::uint64_t{value};
  };
  return {number("XALINK_FAULT_SEED", 1), usual * number("XALINK_SEEDS", 1)};
}

/// One of 0..end - 1, the same on a 32-bit board as on any other machine.
[[nodiscard]] inline std::size_t below(std::mt19937_64& random, std::size_t end) {
  return static_cast<std::size_t>(random() % end);
}

}  // namespace xalink::test
