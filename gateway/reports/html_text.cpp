#include "gateway/reports/html_text.hpp"

#include <array>
#include <charconv>

#include "gateway/reports/cell_text.hpp"

namespace xalink::reports {

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : printable(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string at(double coordinate) {
  std::array<char, 400> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), coordinate, std::chars_format::fixed, 1).ptr;
  std::string result(text.data(), end);
  return result == "-0.0" ? "0.0" : result;
}

std::string colour(std::uint32_t rgb) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (int shift = 20; shift >= 0; shift -= 4) text += kDigits[(rgb >> static_cast<unsigned>(shift)) & 0xFU];
  return text;
}

std::string shortened(std::string_view text, std::size_t letters) {
  std::size_t seen = 0;
  std::size_t last_kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen + 1 == letters) last_kept = i;
    if (seen++ == letters) return std::string(text.substr(0, last_kept)) + "…";
  }
  return std::string(text);
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view text,
                     std::string_view more) {
  std::string element = "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"";
  element += anchor;
  element += "\"";
  if (!more.empty()) {
    element += ' ';
    element += more;
  }
  return element + ">" + escaped(text) + "</text>";
}

}  // namespace xalink::reports
