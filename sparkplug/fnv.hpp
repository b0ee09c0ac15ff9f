#pragma once
// FNV-1a of 64 bits (draft-eastlake-fnv): the same on every machine and in every version of a library.

#include <cstdint>
#include <string_view>

namespace xalink {

[[nodiscard]] constexpr std::uint64_t fnv_1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : text) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace xalink
