#include "gateway/registry/entry.hpp"

#include <stdexcept>

namespace xalink::registry {

const std::string& Entry::at(std::string_view column) const {
  const auto& columns = shape_of(kind).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return fields.at(i);
  }
  throw std::logic_error("no column " + std::string(column));
}

std::string Entry::key() const {
  constexpr char kUnitSeparator = '\x1f';
  std::string key;
  const auto& columns = shape_of(kind).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].key) key += fields.at(i) + kUnitSeparator;
  }
  return key;
}

Said told_place(const Place& place) {
  constexpr std::string_view kHeld = "registry ";  // as RegistryStore::entries() names its rows' place
  if (place.line > 0 || !place.file.starts_with(kHeld)) return Said::same(place.file);
  const auto version = place.file.substr(kHeld.size());
  return {"version " + version + " of the registry", "danh bạ phiên bản " + version};
}

std::string Mistake::to_string(Language language) const {
  const bool vietnamese = language == Language::vietnamese;
  std::string text = told_place(place).in(language);
  if (place.line > 0) text += ":" + std::to_string(place.line);
  text += ": ";
  if (column > 0) {
    text += (vietnamese ? "cột " : "column ") + std::to_string(column);
    text += heading.empty() ? ": " : " (" + heading + "): ";
  } else if (!heading.empty()) {
    text += heading + ": ";
  }
  if (warning) text += vietnamese ? "cảnh báo: " : "warning: ";
  text += what.in(language);
  if (!next.empty()) text += (vietnamese ? ". Tiếp theo: " : ". Next: ") + next.in(language);
  return text;
}

}  // namespace xalink::registry
