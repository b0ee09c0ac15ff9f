#pragma once
// Texts that programs make of parts, said in another language: on the wire and in logs they are English, a
// reader sees them in his own.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace xalink {

/// One text and how it is said in the other language. "{}" stands for a part that differs: the first one in
/// `english` is the first one in `other`, and so on. A part is taken as short as what follows allows.
struct Wording {
  std::string_view english;
  std::string_view other;
};

/// By the first wording that fits the whole of `text`; its parts are said by the same wordings. What none
/// fits stays as it is: names, addresses, numbers, and what a system said.
[[nodiscard]] std::string say_in_other(std::span<const Wording> wordings, std::string_view text);

/// Each text has as many parts in the one language as in the other. To be asserted where wordings are
/// written.
[[nodiscard]] constexpr bool parts_agree(std::span<const Wording> wordings) {
  const auto parts = [](std::string_view text) {
    std::size_t count = 0;
    for (auto at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", at + 2)) ++count;
    return count;
  };
  for (const Wording& wording : wordings) {
    if (parts(wording.english) != parts(wording.other)) return false;
  }
  return true;
}

}  // namespace xalink
