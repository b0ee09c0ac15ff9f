#pragma once
// A configuration file (TOML), read so that every mistake in it is told at once, each with its place and
// what to do. Both programs read theirs through this.
//
// Asking for a key makes it known. After everything was asked, finish() reports each key of the file
// that nobody asked for, with the nearest known one, so a misspelt key can't be silently ignored.

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

#ifdef __cpp_lib_expected
template <class T>
using Checked = std::expected<T, std::vector<Error>>;
using Mistakes = std::unexpected<std::vector<Error>>;
#else
/// A value, or every mistake that was found on the way to it.
template <class T>
using Checked = tl::expected<T, std::vector<Error>>;
using Mistakes = tl::unexpected<std::vector<Error>>;
#endif

/// One line for each.
[[nodiscard]] std::string to_string(const std::vector<Error>& errors);

class Settings;

/// One table of the file, e.g. [probe.ping]. A table that is not there gives every default.
/// A value that is wrong (type, range, word) is remembered as an error and the default is given, so that
/// reading goes on. Valid while its Settings lives. Thread-safety: none.
class SettingsTable {
 public:
  [[nodiscard]] std::string text(std::string_view key, std::string fallback);
  /// Missing or empty is an error; `why` ends the sentence "set it to ...".
  [[nodiscard]] std::string required_text(std::string_view key, std::string_view why);
  [[nodiscard]] std::filesystem::path path(std::string_view key, std::filesystem::path fallback);
  [[nodiscard]] bool flag(std::string_view key, bool fallback);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                     std::int64_t most);
  [[nodiscard]] double number(std::string_view key, double fallback, double least, double most);
  /// A number (of milliseconds when the key ends with "_ms", else of seconds; 0.5 is fine) or a text with
  /// its unit: "250ms", "10s", "5m", "2h", "1d".
  [[nodiscard]] Milliseconds duration(std::string_view key, Milliseconds fallback, Milliseconds least,
                                      Milliseconds most);
  /// A number of bytes, or a text with its unit: "4096B", "512KiB", "64MiB", "1.5GiB", "64MB".
  [[nodiscard]] std::uint64_t bytes(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                                    std::uint64_t most);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::vector<std::string> fallback);
  /// A table of texts whose keys are the file's own choice, e.g. targets = { gateway = "gateway" }.
  /// Replaces the fallback whole when present.
  [[nodiscard]] std::map<std::string, std::string> named_texts(std::string_view key,
                                                               std::map<std::string, std::string> fallback);
  /// As above with whole numbers.
  [[nodiscard]] std::map<std::string, std::int64_t> named_integers(std::string_view key, std::int64_t least,
                                                                   std::int64_t most);

  /// One of a few words, each with its meaning.
  template <class T>
  using Words = std::initializer_list<std::pair<std::string_view, T>>;
  template <class T>
  [[nodiscard]] T choice(std::string_view key, T fallback, Words<T> words) {
    std::vector<std::string_view> names;
    for (const auto& [name, meaning] : words) names.push_back(name);
    const std::optional<std::size_t> found = chosen(key, names);
    return found ? (words.begin() + *found)->second : fallback;
  }
  /// As above where the word is its own meaning.
  [[nodiscard]] std::string word(std::string_view key, std::string fallback,
                                 std::initializer_list<std::string_view> words);

  [[nodiscard]] bool has(std::string_view key) const;
  /// A mistake that only the reader of several keys can see, told at `key`'s place.
  void mistake(std::string_view key, std::string what, std::string next);
  /// As above for an entry of named_texts or named_integers.
  void mistake(std::string_view key, std::string_view entry, std::string what, std::string next);

 private:
  friend class Settings;
  struct State;
  SettingsTable(std::shared_ptr<State> state, std::string path);
  [[nodiscard]] std::optional<std::size_t> chosen(std::string_view key,
                                                  const std::vector<std::string_view>& words);

  std::shared_ptr<State> state_;
  std::string path_;  ///< dotted; empty for the root
};

/// Thread-safety: none.
class Settings {
 public:
  /// `next_if_missing`: what to do when there is no such file.
  [[nodiscard]] static Result<Settings> load(const std::filesystem::path& file, std::string next_if_missing);
  /// `file_name` is only for messages.
  [[nodiscard]] static Result<Settings> parse(std::string_view text, std::string file_name);

  /// `path` dotted, e.g. "probe.ping".
  [[nodiscard]] SettingsTable table(std::string_view path);

  /// Call last: all mistakes in the file's order, unknown keys and tables included.
  [[nodiscard]] std::vector<Error> finish();

 private:
  explicit Settings(std::shared_ptr<SettingsTable::State> state);
  std::shared_ptr<SettingsTable::State> state_;
};

/// The [broker] table, the same in both programs: url, username, password_file, ca_file,
/// certificate_file, key_file, mqtt_version, keep_alive_seconds. Files must be there and readable.
[[nodiscard]] BrokerSettings read_broker(Settings& settings);
/// [log] level.
[[nodiscard]] std::string read_log_level(Settings& settings);

}  // namespace xalink
