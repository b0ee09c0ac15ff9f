#pragma once
// `xalink-agent export FILE`: what waits, onto a stick.

#include <filesystem>

#include "agent/config.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/own_key.hpp"
#include "sparkplug/program.hpp"

namespace xalink {

struct ExportOrder {
  std::filesystem::path file;  ///< or a folder, which gets a file with a name of its own
  bool everything = false;     ///< acknowledged rows that are still held, too
  bool force = false;          ///< replace whatever is there
  bool json = false;
};

/// Works whether or not the agent runs. Prints one sentence or one JSON object.
[[nodiscard]] ExitCode export_records(const AgentConfig& config, const ExportOrder& order, Language language,
                                      const Clock& clock, ClockQuality quality);

/// The board's key: its TLS key, else "<outbox>.key".
[[nodiscard]] Result<OwnKey> board_key(const AgentConfig& config);

}  // namespace xalink
