#include "sparkplug/said.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace xalink {
namespace {

constexpr std::string_view kBetween = " | ";
constexpr std::string_view kNext = "Next: ";
constexpr std::string_view kNextVietnamese = "Tiếp theo: ";

}  // namespace

Error refusal(std::string where, const Said& what, const Said& next) {
  const std::string between(kBetween);
  Error error;
  error.where = std::move(where);
  error.what = what.english + between + what.vietnamese;
  if (!next.empty()) {
    error.next = std::string(kNext) + next.english + between + std::string(kNextVietnamese) + next.vietnamese;
  }
  return error;
}

Said halves(const std::string& text) {
  std::vector<std::size_t> marks;
  for (auto at = text.find(kBetween); at != std::string::npos; at = text.find(kBetween, at + 1)) {
    marks.push_back(at);
  }
  if (marks.size() % 2 == 0) return Said::same(text);
  const auto middle = marks[marks.size() / 2];
  return {text.substr(0, middle), text.substr(middle + kBetween.size())};
}

std::string told(const Error& error, Language language) {
  return Error{error.where, halves(error.what).in(language), halves(error.next).in(language)}.to_string();
}

}  // namespace xalink
