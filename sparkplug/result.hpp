#pragma once
// The result of anything that judges input from outside: a value, or one clear error.

#include <string>
#include <utility>

#include <version>
#ifdef __cpp_lib_expected
#include <expected>
#else
#include <tl/expected.hpp>
#endif

namespace xalink {

/// One mistake in something that came from outside (a configuration file, a payload, a CSV row,
/// a database file), told so that its reader can act on it.
struct Error {
  std::string where;  ///< file:line and key, topic, or row; empty when there is no place to name
  std::string what;   ///< what is wrong, one sentence without a full stop
  std::string next;   ///< what to do about it; may be empty

  /// "where: what. next." with the empty parts left out.
  [[nodiscard]] std::string to_string() const {
    std::string text = where.empty() ? what : where + ": " + what;
    if (!next.empty()) text += ". " + next;
    return text;
  }
  friend bool operator==(const Error&, const Error&) = default;
};

#ifdef __cpp_lib_expected
template <class T>
using Result = std::expected<T, Error>;
using Unexpected = std::unexpected<Error>;
#else
template <class T>
using Result = tl::expected<T, Error>;
using Unexpected = tl::unexpected<Error>;
#endif

/// Shorthand for returning an error from a function that gives a Result.
[[nodiscard]] inline Unexpected failure(std::string where, std::string what,
                                        std::string next = {}) {
  return Unexpected(Error{std::move(where), std::move(what), std::move(next)});
}

}  // namespace xalink
