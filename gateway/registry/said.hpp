#pragma once
// A sentence in both languages, for what a person is told about a file of theirs.

#include <string>

#include "sparkplug/language.hpp"

namespace xalink::registry {

struct Said {
  std::string english;
  std::string vietnamese;

  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::vietnamese ? vietnamese : english;
  }
  [[nodiscard]] bool empty() const { return english.empty(); }
  friend bool operator==(const Said&, const Said&) = default;
};

}  // namespace xalink::registry
