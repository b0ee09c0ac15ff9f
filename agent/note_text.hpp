#pragma once
// Text of the outbox's notes: lines of fields, with a tab between fields.

#include <string>
#include <string_view>

namespace xalink {

/// Without what would end a field or a line.
[[nodiscard]] inline std::string one_field(std::string_view text) {
  std::string field(text);
  for (char& byte : field) {
    if (static_cast<unsigned char>(byte) < 0x20) byte = ' ';
  }
  return field;
}

/// Takes what stands before `separator` off the text, or all of it.
[[nodiscard]] inline std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

}  // namespace xalink
