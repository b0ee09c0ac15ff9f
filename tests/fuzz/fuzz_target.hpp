#pragma once
// What a fuzz target is made of. Each is one file with LLVMFuzzerTestOneInput(): libFuzzer drives it where
// clang builds it (preset fuzz), corpus_test.cpp runs its corpus and mutations of it everywhere else.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace xalink::fuzz {

inline std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// What must hold for every input; ends the process where it does not, which is what a fuzzer looks for.
inline void claim(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Gives pieces of an input one after the other.
class Pieces {
 public:
  explicit Pieces(std::string_view left) : left_(left) {}
  [[nodiscard]] bool empty() const { return left_.empty(); }
  [[nodiscard]] std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }
  /// A length in two bytes, little-endian, and so many bytes, or what is left.
  [[nodiscard]] std::string_view piece() {
    const std::size_t low = byte();
    const std::size_t size = low + (std::size_t{byte()} << 8U);
    const auto given = left_.substr(0, size);
    left_.remove_prefix(given.size());
    return given;
  }
  [[nodiscard]] std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

}  // namespace xalink::fuzz
