#pragma once
// What a source needs of the outbox.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

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
