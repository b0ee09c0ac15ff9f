#pragma once
// What people are told, in both languages at once: sentences of reports, findings, and errors at the edge.

#include <string>
#include <utility>

#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A text in both languages. Words of the system (an error message, a name) are the same in both.
struct Said {
  std::string english;
  std::string vietnamese;

  Said() = default;
  Said(std::string in_english, std::string in_vietnamese)
      : english(std::move(in_english)), vietnamese(std::move(in_vietnamese)) {}
  [[nodiscard]] static Said same(const std::string& text) { return {text, text}; }

  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::vietnamese ? vietnamese : english;
  }
  [[nodiscard]] bool empty() const { return english.empty(); }
  Said& operator+=(const Said& more) {
    english += more.english;
    vietnamese += more.vietnamese;
    return *this;
  }
  friend Said operator+(Said left, const Said& right) { return left += right; }
  friend Said operator+(Said left, const std::string& right) { return left += same(right); }
  friend bool operator==(const Said&, const Said&) = default;
};

/// An error of which a person is told in their language: `what` and `next` hold "English | tiếng Việt", as
/// messages about rows of files do, so that a log that knows no language has both. `next` without "Next:".
[[nodiscard]] Error refusal(std::string where, const Said& what, const Said& next);

/// "English | tiếng Việt" in its halves; any other text is the same in both. A text that both halves quote
/// may hold the mark itself: the middle one divides.
[[nodiscard]] Said halves(const std::string& text);

/// "where: what. Next: next", or in Vietnamese where the error knows it.
[[nodiscard]] std::string told(const Error& error, Language language);

}  // namespace xalink
