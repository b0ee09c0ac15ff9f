#pragma once
// Pseudonyms for codes, for offices that do not let the codes themselves out of the house.

#include <filesystem>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

/// HMAC-SHA-256 of the code under a key of the office, its first 128 bits as 32 hex digits. Who has the key
/// can find a dossier by its code; who has not can neither turn a pseudonym back nor try codes out. With
/// another key every dossier becomes another one: those that are still in the exports come once more as new.
class CodeHash {
 public:
  /// No key: codes stay as they are.
  CodeHash() = default;
  explicit CodeHash(std::string key) : key_(std::move(key)) {}

  /// At least 32 bytes that nobody but the file's owner (and its group, to read) can reach. A line end at
  /// the end of the file is no part of the key.
  [[nodiscard]] static Result<CodeHash> load(const std::filesystem::path& key_file);

  [[nodiscard]] bool on() const { return !key_.empty(); }
  /// The code itself when there is no key.
  [[nodiscard]] std::string operator()(std::string_view code) const;

  friend bool operator==(const CodeHash&, const CodeHash&) = default;

 private:
  std::string key_;
};

}  // namespace xalink
