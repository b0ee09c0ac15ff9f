#pragma once
// Texts and numbers inside HTML and SVG.

#include <cstdint>
#include <string>
#include <string_view>

namespace xalink::reports {

/// For element content and quoted attributes. Control characters, which XML has no place for, become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);
/// A coordinate: one digit after the point.
[[nodiscard]] std::string at(double coordinate);
/// "#2b8a5f" of 0x2B8A5F.
[[nodiscard]] std::string colour(std::uint32_t rgb);
/// The first so many letters, with "…" where there were more.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t letters);

/// `<text>` of SVG. `anchor`: start, middle or end.
[[nodiscard]] std::string svg_text(double x, double y, std::string_view anchor, std::string_view text,
                                   std::string_view more = {});

}  // namespace xalink::reports
