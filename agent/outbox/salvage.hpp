#pragma once
// What can still be read of a damaged outbox, in a new one that counts on where the old one stopped.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct Salvage {
  std::string old_epoch;  ///< empty when it could not be read
  std::string new_epoch;
  std::string reason;                                ///< what was wrong with the old file
  std::string kept_as;                               ///< name of the old file, set aside in the same folder
  std::array<std::uint64_t, kLaneCount> salvaged{};  ///< rows, acknowledged ones too
  std::array<std::uint64_t, kLaneCount> lost{};      ///< rows known to be missing; they travel as gaps
  bool bdseq_known = false;

  friend bool operator==(const Salvage&, const Salvage&) = default;
};

/// One line for a log: what happened and what to do.
[[nodiscard]] std::string to_string(const Salvage& salvage);

/// As it is kept in a note of the new outbox.
[[nodiscard]] std::string encode(const Salvage& salvage);
[[nodiscard]] Result<Salvage> decode_salvage(std::string_view text);

/// Key of that note.
inline constexpr std::string_view kSalvageNote = "outbox/salvage";

/// Reads `damaged` and its WAL page by page and makes an outbox of them at `fresh`, which must not exist.
///
/// Rows keep their ids, so that the new outbox counts on where the old one stopped, and "rows up to n are
/// the same in both" is all that the gateway needs to know to take none twice. All rows that pass their
/// checks are taken, the acknowledged ones too: should the mark itself be damaged, the gateway's next word
/// puts it right as long as the rows are there. What is known to be missing above the mark becomes a gap
/// with the reason "damaged". Notes, and what sources said before, come along.
///
/// The file is on the disk on return; the folder is not synced. Fails when the disk refuses.
[[nodiscard]] Result<Salvage> salvage_outbox(const std::filesystem::path& damaged,
                                             const std::filesystem::path& fresh, std::string reason,
                                             std::string kept_as);

}  // namespace xalink
