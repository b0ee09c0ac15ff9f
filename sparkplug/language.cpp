#include "sparkplug/language.hpp"

#include <cstdlib>

namespace xalink {

std::optional<Language> language_named(std::string_view name) {
  if (name == "en") return Language::english;
  if (name == "vi") return Language::vietnamese;
  return std::nullopt;
}

Language language_of_environment() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets them
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale == "vi" || locale.starts_with("vi_") || locale.starts_with("vi.") ? Language::vietnamese
                                                                                    : Language::english;
  }
  return Language::english;
}

}  // namespace xalink
