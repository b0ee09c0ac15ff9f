#pragma once
// Looks into an outbox that no agent uses, without leaving a trace.

#include <filesystem>
#include <string>

#include "sparkplug/clock.hpp"

namespace xalink {

struct RestingOutbox {
  bool unfinished = false;  ///< its log was not folded back: the agent did not end in order
  bool whole = false;       ///< the whole file was checked, and it is sound
  std::string trouble;      ///< why it cannot be relied on
};

/// A file whose log is unfinished is not judged: what it holds is only whole together with that log, and
/// reading both would make files that the agent's user may then not write. Ends after ten seconds, checked or
/// not.
[[nodiscard]] RestingOutbox check_resting_outbox(const std::filesystem::path& file, const Clock& clock);

}  // namespace xalink
