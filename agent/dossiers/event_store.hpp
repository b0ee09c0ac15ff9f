#pragma once
// What a source needs of the outbox.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A small outbox takes some 300 KiB at a time; long texts fill them sooner than a number of rows says:
/// a source appends when the texts of its rows reach this.
inline constexpr std::size_t kMostTextPerAppend = 64 * 1024;
/// And when it has so many rows, whatever they say: each may change a page of its own in the memory of what
/// was said (Outbox::append_news), and a small outbox has room for fewer of those beside the rows.
[[nodiscard]] constexpr std::size_t rows_per_append(std::uint64_t outbox_bytes) {
  return outbox_bytes < std::uint64_t{16} << 20U ? 64 : 500;
}
[[nodiscard]] inline std::size_t text_bytes(const std::vector<Value>& values) {
  std::size_t bytes = 0;
  for (const Value& value : values) {
    if (const auto* text = std::get_if<std::string>(&value)) bytes += text->size();
  }
  return bytes;
}

/// Each call runs on the store thread and is awaited on the loop (Recorder).
struct EventStore {
  /// Outbox::append_news: all that is news, the note and what is remembered, or nothing.
  std::function<boost::asio::awaitable<Result<Told>>(std::vector<Telling> tellings, std::string note_key,
                                                     std::string note_value, Outbox::NoteWhen when,
                                                     std::string remembered)>
      tell;
  /// Outbox::remembers.
  std::function<boost::asio::awaitable<Result<bool>>(std::string subject)> remembers;
  /// Outbox::note.
  std::function<boost::asio::awaitable<Result<std::optional<std::string>>>(std::string key)> note;
  /// Now, with this boot's id and what is known of the clock.
  std::function<Stamp()> stamp_now;
};

}  // namespace xalink
