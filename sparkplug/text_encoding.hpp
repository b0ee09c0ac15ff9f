#pragma once
// Files as old and new programs of Vietnamese offices write them, as UTF-8.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace xalink {

/// What a file is written in. A byte order mark says so itself (UTF-8, UTF-16), whatever is chosen; and
/// text that is UTF-8 is always read as UTF-8. The choice is for the rest: nothing is guessed.
enum class TextEncoding : std::uint8_t {
  automatic,     ///< what is neither marked nor UTF-8 is rejected
  utf8,          ///< the same
  utf16,         ///< without a mark: little-endian, as Windows writes it, unless it begins with a zero byte
  windows_1258,  ///< Vietnamese Windows code page
  tcvn3,         ///< TCVN 5712:1993, the ".VnTime" fonts ("ABC")
};

/// Bytes of a file → bytes of UTF-8 where the file is UTF-16; else the bytes as they are. What is no
/// character (half a surrogate pair, an odd byte at the end) becomes one byte 0xFF, so that the row it stands
/// in, and only that one, is not UTF-8. Does not depend on how the bytes are cut.
class ByteOrder {
 public:
  explicit ByteOrder(TextEncoding chosen) : chosen_(chosen) {}
  /// What can be said after these bytes; valid until the next call.
  [[nodiscard]] std::string_view feed(std::string_view bytes);
  [[nodiscard]] std::string_view finish();

 private:
  enum class Form : std::uint8_t { unknown, bytes, little, big };
  void settle(bool complete);
  void take_unit(unsigned unit);
  void append(unsigned code_point);

  TextEncoding chosen_;
  Form form_ = Form::unknown;
  std::string waiting_;  ///< bytes that are not enough for a decision or a unit
  unsigned high_ = 0;    ///< first half of a surrogate pair; 0: none
  std::string out_;
};

/// Text of one field in composed UTF-8. Thread-safety: none.
class FieldDecoder {
 public:
  explicit FieldDecoder(TextEncoding chosen);
  /// Nothing when it is not text of this encoding.
  [[nodiscard]] std::optional<std::string> decode(std::string_view field) const;

 private:
  struct Close {
    void operator()(void* converter) const;
  };
  std::unique_ptr<void, Close> converter_;  ///< null: UTF-8 only
};

}  // namespace xalink
