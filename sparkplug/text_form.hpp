#pragma once
// One form for texts that people see as the same. Vietnamese letters come composed ("ế" as one code point)
// from Windows and decomposed (three) from macOS and from some converters.

#include <string>
#include <string_view>

namespace xalink {

/// Unicode's composed form (NFC). `utf8` must be UTF-8.
[[nodiscard]] std::string composed(std::string_view utf8);

/// For comparing names and words: composed, without regard to case, each run of blanks (no-break spaces
/// and line breaks too) as one space, none at the ends.
[[nodiscard]] std::string folded(std::string_view utf8);

/// Without blanks, no-break spaces and invisible marks (U+FEFF, U+200B) at the ends.
[[nodiscard]] std::string_view without_blank_ends(std::string_view text);

}  // namespace xalink
