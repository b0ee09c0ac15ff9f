#pragma once
// `xalink-agent acknowledge FILE`: what the gateway says it has, from a stick.
//
// A forged file would make the board forget records that nobody has. So it is believed only when it is
// signed by
//   the certificate of the gateway: of the broker's ca_file, with the primary host's id as common name, or
//   the key that somebody once confirmed here with --trust, kept in "<outbox>.gateway.pem".
// Even then acknowledged rows stay as spares while there is space, and `export --all` still carries them.

#include <filesystem>
#include <string>

#include "agent/config.hpp"
#include "sparkplug/acknowledgement_file.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/program.hpp"

namespace xalink {

struct AcknowledgeOrder {
  std::filesystem::path file;
  std::string trust;  ///< fingerprint of the gateway's key, typed in by whoever compared it; empty: none
  bool json = false;
};

/// Works whether or not the agent runs. Prints one sentence or one JSON object.
[[nodiscard]] ExitCode acknowledge_records(const AgentConfig& config, const AcknowledgeOrder& order,
                                           Language language);

/// Is this the gateway of this board? Keeps the key when `trust` is its fingerprint.
[[nodiscard]] Result<void> check_gateway(const AgentConfig& config, const Acknowledgement& acknowledgement,
                                         const std::string& trust, const std::string& where);

}  // namespace xalink
