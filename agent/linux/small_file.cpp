#include "agent/linux/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>

namespace xalink {
namespace {

constexpr std::size_t kLongest = std::size_t{1024} * 1024;

template <class Number>
std::optional<Number> parse(std::string_view text) {
  const std::string_view digits = trimmed(text);
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::string> read_small_file(const std::filesystem::path& file) {
  // O_NONBLOCK: a pipe put in the place of a value must not stop the loop.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  std::string text;
  bool whole = false;
  char block[4096];
  while (text.size() <= kLongest) {
    const ssize_t count = ::read(descriptor, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      whole = count == 0;
      break;
    }
    text.append(block, static_cast<std::size_t>(count));
  }
  ::close(descriptor);
  if (!whole) return std::nullopt;
  return text;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  return parse<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  return parse<std::uint64_t>(text);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhite = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

}  // namespace xalink
