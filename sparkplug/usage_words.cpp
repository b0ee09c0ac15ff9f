#include "sparkplug/usage_words.hpp"

#include <string_view>

#include "sparkplug/said.hpp"
#include "sparkplug/wording.hpp"

namespace xalink {
namespace {

// CLI/Error.hpp and CLI/Validators.hpp, in their order; then our own.
constexpr Wording kWords[] = {
    {"The value {} is not an allowed value for {}", "{} không phải giá trị cho phép của {}"},
    {"Could not convert: {} = {}", "{}: không hiểu giá trị {}"},
    {"{}: too many inputs for a flag", "{}: tùy chọn này không nhận nhiều giá trị"},
    {"{}: Should be true/false or a number", "{}: phải là true, false hoặc một số"},
    {"A subcommand is required", "cần một lệnh con"},
    {"communes: {} or {} is required", "communes: cần một trong các lệnh {} hoặc {}"},
    {"{} is required", "thiếu {}"},
    {"Expected exactly {} arguments to {}, got {}", "cần đúng {} giá trị cho {}, nhận được {}"},
    {"{}: {} required {} missing", "{}: còn thiếu (cần {} giá trị kiểu {})"},
    {"{} was given a disallowed flag override", "{}: tùy chọn này không nhận giá trị"},
    {"{} requires {}", "{} cần có {}"},
    {"{} excludes {}", "{} không dùng cùng {}"},
    {"The following arguments were not expected: {}", "không hiểu các từ: {}"},
    {"The following argument was not expected: {}", "không hiểu từ: {}"},
    {"{}: {} not in {}", "{}: {} không thuộc {}"},
    {"say what to do: {} or {}", "hãy nói cần làm gì: {} hoặc {}"},
};
static_assert(parts_agree(kWords));

}  // namespace

std::string told_usage(const std::string& what, const std::string& help, Language language) {
  const Said words{what, say_in_other(kWords, what)};
  return words.in(language) + Said(". Next: ", ". Tiếp theo: ").in(language) + help;
}

Language language_on(int argc, const char* const* argv) {
  constexpr std::string_view kOption = "--lang";
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == kOption && i + 1 < argc) {
      word = argv[i + 1];
    } else if (word.starts_with(kOption) && word.substr(kOption.size()).starts_with('=')) {
      word.remove_prefix(kOption.size() + 1);
    } else {
      continue;
    }
    if (const auto language = language_named(word)) return *language;
  }
  return language_of_environment();
}

}  // namespace xalink
