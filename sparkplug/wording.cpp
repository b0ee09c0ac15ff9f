#include "sparkplug/wording.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace xalink {
namespace {

constexpr std::string_view kPart = "{}";

/// What stands for the parts when the whole of `text` is as `pattern`. Nothing is left of a part that is
/// empty.
std::optional<std::vector<std::string_view>> parts_of(std::string_view pattern, std::string_view text) {
  std::vector<std::string_view> parts;
  const auto first = pattern.find(kPart);
  if (first == std::string_view::npos) return pattern == text ? std::optional(parts) : std::nullopt;
  if (!text.starts_with(pattern.substr(0, first))) return std::nullopt;
  text.remove_prefix(first);
  pattern.remove_prefix(first + kPart.size());
  while (true) {
    const auto next = pattern.find(kPart);
    const auto fixed = pattern.substr(0, next);
    if (next == std::string_view::npos) {
      if (text.size() <= fixed.size() || !text.ends_with(fixed)) return std::nullopt;
      parts.push_back(text.substr(0, text.size() - fixed.size()));
      return parts;
    }
    const auto end = text.find(fixed, 1);
    if (text.empty() || end == std::string_view::npos) return std::nullopt;
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + fixed.size());
    pattern.remove_prefix(next + kPart.size());
  }
}

}  // namespace

std::string say_in_other(std::span<const Wording> wordings, std::string_view text) {
  for (const Wording& wording : wordings) {
    const auto parts = parts_of(wording.english, text);
    if (!parts) continue;
    std::string said;
    std::string_view rest = wording.other;
    for (const auto part : *parts) {
      const auto at = rest.find(kPart);
      said += rest.substr(0, at);
      // A pattern of nothing but a part would be asked for ever.
      said += part.size() < text.size() ? say_in_other(wordings, part) : std::string(part);
      rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + kPart.size());
    }
    said += rest;
    return said;
  }
  return std::string(text);
}

}  // namespace xalink
