#pragma once
// An outbox on a database file that is sound, for as long as it is.

#include <filesystem>
#include <memory>
#include <optional>
#include <variant>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/outbox_file.hpp"

namespace xalink {

class SoundOutbox : public Outbox {
 public:
  /// Why the last call that failed did so, when it was the disk or the file; once.
  [[nodiscard]] virtual std::optional<OpenRefusal> take_refusal() = 0;
  /// The bdSeq that is stored; nothing before the first, or when it cannot be read.
  [[nodiscard]] virtual std::optional<std::uint8_t> last_bdseq() = 0;
};

/// `known`: as for open_outbox_file(). The caller holds the lock, for longer than the outbox lives.
[[nodiscard]] std::variant<std::unique_ptr<SoundOutbox>, OpenRefusal> open_sound_outbox(
    const std::filesystem::path& path, bool known, OutboxOptions options);

}  // namespace xalink
