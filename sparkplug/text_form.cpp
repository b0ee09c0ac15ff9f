#include "sparkplug/text_form.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

namespace xalink {
namespace {

// The last one ends files of DOS.
constexpr std::array<std::string_view, 10> kBlanks = {
    " ", "\t", "\r", "\n", "\v", "\f", "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\x1A"};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* result = nullptr;
  // The library takes plain unsigned bytes.
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t length =
      utf8proc_map(bytes, static_cast<utf8proc_ssize_t>(text.size()), &result,
                   static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (length == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (length < 0) return std::string(text);  // not UTF-8: nothing to fold
  std::string out(reinterpret_cast<const char*>(result), static_cast<std::size_t>(length));
  std::free(result);
  return out;
}

std::size_t blank_at(std::string_view text) {
  for (const std::string_view blank : kBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

std::size_t blank_before(std::string_view text) {
  for (const std::string_view blank : kBlanks) {
    if (text.ends_with(blank)) return blank.size();
  }
  return 0;
}

}  // namespace

std::string composed(std::string_view utf8) {
  return is_ascii(utf8) ? std::string(utf8) : mapped(utf8, 0);
}

std::string folded(std::string_view utf8) {
  std::string text;
  if (is_ascii(utf8)) {
    text = utf8;
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  } else {
    text = mapped(utf8, UTF8PROC_CASEFOLD);
    // Old converters write the Icelandic Ð (U+00D0) for Đ (U+0110); nobody sees the difference.
    for (std::size_t at = text.find("ð"); at != std::string::npos; at = text.find("ð", at)) {
      text.replace(at, 2, "đ");
    }
  }
  std::string one_space;
  std::string_view rest = without_blank_ends(text);
  while (!rest.empty()) {
    const std::size_t blank = blank_at(rest);
    if (blank == 0) {
      one_space += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    if (one_space.back() != ' ') one_space += ' ';
    rest.remove_prefix(blank);
  }
  return one_space;
}

std::string_view without_blank_ends(std::string_view text) {
  while (const std::size_t blank = blank_at(text)) text.remove_prefix(blank);
  while (const std::size_t blank = blank_before(text)) text.remove_suffix(blank);
  return text;
}

}  // namespace xalink
